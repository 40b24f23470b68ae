"""Time limits for reads: one for each answer, and one for all reads of an audit together.

botocore's own timeouts limit the wait for the next bytes only, so a server that sends a byte a second is never too
late. A call cannot be interrupted either. So each call is made in a thread, which is left to itself if it takes too
long: the threads are daemons, and do not keep the process alive.
"""

from __future__ import annotations

import threading
import time
from math import inf
from queue import Empty, SimpleQueue

from snaplint.collect.aws_errors import AwsError, Unanswered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

ANSWER_SECONDS = 30.0
"""How long AWS may take for one answer (one page of a listing), all attempts included."""

ALL_SECONDS = 300.0
"""How long all reads together may take."""

_WAIT = 0.5


class Deadline:
    """The time by which all reads together must end: `seconds` from now; 0 sets no limit.

    Raises ValueError if `seconds` is negative or not a number.
    """

    def __init__(self, seconds: float = ALL_SECONDS) -> None:
        if not seconds >= 0:
            raise ValueError(f"a time limit is a number of seconds, and 0 is no limit: {seconds}")
        self.seconds = seconds
        self._end = time.monotonic() + seconds if seconds else inf

    def left(self) -> float:
        """Return the seconds that are left."""
        return self._end - time.monotonic()

    def passed(self) -> Unanswered:
        """Return what to raise instead of an answer once the time is over."""
        return Unanswered(AwsError("out of time", f"not read within {self.seconds:g} s, the time limit for all reads"))


def next_of(queue: SimpleQueue[T], seconds: float = inf) -> T:
    """Return the next item of a queue. Raises Empty if there is none within `seconds`.

    Windows delivers Ctrl-C only between waits, so the waits are short.
    """
    end = time.monotonic() + seconds
    while True:
        left = max(0, end - time.monotonic())
        try:
            return queue.get(timeout=min(left, _WAIT))
        except Empty:
            if left <= _WAIT:
                raise


def within(seconds: float, deadline: Deadline, call: Callable[[], T]) -> T:
    """Return what a call returns, and raise what it raises; Unanswered if it does not end within `seconds`, or by the
    deadline. Nothing is called after the deadline."""
    left = deadline.left()
    if left <= 0:
        raise deadline.passed()
    ended: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((call(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            ended.put((None, error))

    threading.Thread(target=run, name="snaplint-call", daemon=True).start()
    try:
        answer, error = next_of(ended, min(seconds, left))
    except Empty:
        if left <= seconds:
            raise deadline.passed() from None
        raise Unanswered(AwsError("overdue", f"no complete answer within {seconds:g} s")) from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]  # there is an answer if there is no error
