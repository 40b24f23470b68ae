"""The channels of a decision: where the Allows and Denies of the layers are counted.

A channel has the answer of its strongest statement. Allows of the resource side have three channels, because their
effect depends on which principal they name:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

DENY = 0
"""Denies of every layer."""
IDENTITY = 1
"""Allows of the identity policies."""
DELEGATED = 2
"""Allows of the resource side to the principal's account: the account's own policies must allow as well."""
LIMITED = 3
"""Allows of the resource side to the role or user behind a session: in the same account they need no identity
policy, but permissions boundaries and session policies apply."""
DIRECT = 4
"""Allows of the resource side to the principal itself, or to everyone: in the same account they are enough."""
FIRST_LIMIT = 5
"""The first of the channels that limit the principal: one for each permissions boundary, one for the session policies.
Behind them are the channels that limit everyone: one for the endpoint policies, one for each level of SCPs and RCPs,
one for Block Public Access.
"""
