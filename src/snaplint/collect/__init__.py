"""Collect facts from an AWS account: the only part of snaplint that calls AWS, and it only reads.

`collect` reads from AWS what requests depend on and returns it in the form of a preflight file. `Connection` sets the
credentials and the Region, `Deadline` the time by which the reads must end. `reading_policy` returns the policy that
would allow the reads that AWS refused.
"""

from __future__ import annotations

from snaplint.collect.aws_errors import Refused
from snaplint.collect.collector import Collected, collect
from snaplint.collect.connection import Connection, NotConnected
from snaplint.collect.deadline import Deadline
from snaplint.collect.policy import reading_policy

__all__ = ["Collected", "Connection", "Deadline", "NotConnected", "Refused", "collect", "reading_policy"]
