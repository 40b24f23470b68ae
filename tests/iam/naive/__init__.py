"""A second evaluator, slow and obvious, written from AWS's pages alone: one function a documented rule.

It shares no code with `snaplint.iam`, knows no third truth value, and reads every policy anew for each request. It
answers only for a *world*: every key known or absent, and every fact that nobody documents settled one way. `worlds.py`
walks through the worlds that a question leaves open. Where the two evaluators differ, AWS's page says which is wrong.

Well-formed policies only: what AWS refuses to save has no answer here.
"""

from __future__ import annotations
