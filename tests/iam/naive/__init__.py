"""A second evaluator, slow and simple, written from AWS's documentation alone: one function per documented rule.

It shares no code with `snaplint.iam`, has no third truth value, and reads every policy again for each request. It
answers only for a *world*: every key is known or absent, and every fact that AWS does not document is chosen.
`worlds.py` yields the worlds that are possible for a question. If the two evaluators differ, AWS's page says which one
is wrong.

Policies must be well-formed: what AWS refuses to save has no answer here.
"""

from __future__ import annotations
