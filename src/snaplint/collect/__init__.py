"""From an AWS account to facts: the only part of snaplint that speaks to AWS, by reads alone.

`collect` asks AWS what the requests need to know and answers in the form of a preflight file; `Connection` says as whom
and where, and `reading_policy` what to allow for the reads that were refused.
"""

from __future__ import annotations

from snaplint.collect.aws_errors import Refused
from snaplint.collect.collector import Collected, collect
from snaplint.collect.connection import Connection, NotConnected
from snaplint.collect.policy import reading_policy

__all__ = ["Collected", "Connection", "NotConnected", "Refused", "collect", "reading_policy"]
