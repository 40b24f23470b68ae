"""The two routes by which a service may hold READ, WRITE and READ_ACP, and how they are weighed against each other.

The policy route is the service principal in the bucket policy; the ACL route an AWS-owned account, by its canonical
user ID, in the bucket ACL. AWS does not document that half a grant on each adds up: either is complete by itself, or
what it lacks fails.
"""

from __future__ import annotations

from itertools import product

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from snaplint.checks.export.identity import Answer


POLICY, ACL = "policy", "acl"

Truths = tuple[int, ...]
"""One of NO, UNKNOWN and YES for each permission."""


class WayIn:
    """One route: the answers for each of the `permissions` (name: action), and a way to ask for more actions.

    `identity` names who writes; `absent` says, as half a sentence, why the route cannot exist at all, if it cannot.
    """

    __slots__ = ("_ask", "absent", "answers", "identity")

    def __init__(
        self, identity: str, permissions: Mapping[str, str], ask: Callable[[str], Answer], absent: str | None
    ) -> None:
        self.identity = identity
        self.absent = absent
        self._ask = ask
        self.answers = {permission: ask(action) for permission, action in permissions.items()}

    def ask(self, action: str) -> Answer:
        """Whether the route allows one more S3 action on what it acts on: the bucket, or every key."""
        return self._ask(action)

    @property
    def truths(self) -> Truths:
        """The truths of the answers, in the order of the permissions."""
        return tuple(answer.truth for answer in self.answers.values())

    @property
    def grants_nothing(self) -> bool:
        """True if every permission is denied."""
        return all(truth == NO for truth in self.truths)


class Grants:
    """Both routes, weighed."""

    __slots__ = ("acl", "policy")

    def __init__(self, policy: WayIn, acl: WayIn) -> None:
        self.policy = policy
        self.acl = acl

    def verdict(self, permission: str) -> int:
        """YES, NO or UNKNOWN for one permission."""
        return weigh(self.policy.truths, self.acl.truths)[list(self.policy.answers).index(permission)]

    @property
    def route_taken(self) -> str | None:
        """The route that the service takes, the one that grants more; None where that is in doubt."""
        ways = {better(policy, acl) for policy, acl in _worlds(self.policy.truths, self.acl.truths)}
        return ways.pop() if len(ways) == 1 else None

    @property
    def better(self) -> WayIn:
        """The route that grants more, as far as that is known."""
        return self.policy if better(self.policy.truths, self.acl.truths) == POLICY else self.acl

    @property
    def other(self) -> WayIn:
        """The other one."""
        return self.acl if self.better is self.policy else self.policy

    @property
    def halves(self) -> bool:
        """Whether each route is decided and incomplete, and the two together would be complete."""
        policy, acl = self.policy.truths, self.acl.truths
        return UNKNOWN not in policy + acl and weigh(policy, acl)[0] == UNKNOWN

    def holder(self, permission: str) -> WayIn:
        """The route that grants a permission which `verdict` says is allowed."""
        return self.better if self.better.answers[permission].truth == YES else self.other


def better(policy: Truths, acl: Truths) -> str:
    """The route that grants more, and then the one that may grant more; the policy where they are equal."""
    weight = {NO: 0, UNKNOWN: 1, YES: 4}
    return ACL if sum(weight[truth] for truth in acl) > sum(weight[truth] for truth in policy) else POLICY


_WEIGHED: dict[tuple[Truths, Truths], Truths] = {}


def weigh(policy: Truths, acl: Truths) -> Truths:
    """The verdict for each permission, from the truths of both routes.

    Every way in which the unknown truths may turn out is looked at; what comes out the same each time is told.
    """
    known = _WEIGHED.get((policy, acl))
    if known is None:
        decided = [_decide(*world) for world in _worlds(policy, acl)]
        known = tuple(truths[0] if len(set(truths)) == 1 else UNKNOWN for truths in zip(*decided, strict=True))
        _WEIGHED[policy, acl] = known
    return known


def _worlds(policy: Truths, acl: Truths) -> Iterator[tuple[Truths, Truths]]:
    """Every way in which the unknown truths of both routes may turn out."""
    size = len(policy)
    return ((world[:size], world[size:]) for world in product(*(_may_be(truth) for truth in policy + acl)))


def _may_be(truth: int) -> Truths:
    return (YES, NO) if truth == UNKNOWN else (truth,)


def _decide(policy: Truths, acl: Truths) -> Truths:
    """The rule itself, on truths without doubt."""
    best = acl if better(policy, acl) == ACL else policy
    if NO in best and all(YES in pair for pair in zip(policy, acl, strict=True)):
        return (UNKNOWN,) * len(best)
    return best
