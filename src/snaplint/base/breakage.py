"""Exceptions while one file is read, judged or reported: they become that file's fault, and the run goes on."""

from __future__ import annotations

from snaplint.base.source import Fault
from snaplint.base.wording import os_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import TypeVar

    T = TypeVar("T")

_CALLS_CHECKS = ("snaplint.lint.engine", "_findings")
"""The module and function that call the check of a rule, which may be that of a plug-in."""

NO_MEMORY = "there is not enough memory"


class Breakage(Fault):
    """A fault for an error of snaplint or of a plug-in. The run ends with exit code 3."""

    error: Exception = RuntimeError("the exception was not kept")

    @classmethod
    def of(cls, path: str, message: str, error: Exception) -> Breakage:
        """Return the fault of a file for an exception."""
        made = cls(path, 1, 1, message)
        made.error = error
        return made

    def at(self, path: str, line: int) -> Breakage:
        """Return the same fault at another place."""
        made = Breakage(path, line, 1, self.message)
        made.error = self.error
        return made


def breakage(path: str, error: Exception, what_follows: str = "the rest of it is not checked") -> Fault:
    """Return an exception that was raised for a file as a fault of the file; `what_follows` says what is missing.

    Neither a lack of memory nor an error of the operating system is an error of snaplint, so their faults are input
    errors. The message has no text of the exception, which may be anything in the file.
    """
    if lacks_memory(error):
        return Fault(path, 1, 1, f"{NO_MEMORY} to check it")
    if isinstance(error, OSError):
        return Fault(path, 1, 1, f"cannot check it: {os_reason(error)}")
    return Breakage.of(path, f"snaplint broke on `{path}`: {described(error)}; {what_follows}", error)


def broken_check(path: str, rule: str, error: Exception) -> Breakage:
    """Return the fault of a file for one of whose requests the check of a rule raised an exception."""
    message = f"snaplint broke on `{path}` while it checked `{rule}`: {described(error)}; the rule is undetermined"
    return Breakage.of(path, message, error)


def error_of_check(raised: BaseException) -> Exception | None:
    """Return what a check raised as an error; None for an interrupt, which is not about the check.

    A check, perhaps of a plug-in, cannot end the run: its exit code may be that of a success.
    """
    if isinstance(raised, Exception):
        return raised
    if isinstance(raised, (KeyboardInterrupt, GeneratorExit)):
        return None
    return RuntimeError("the check tried to end the process").with_traceback(raised.__traceback__)


def lacks_memory(error: Exception) -> bool:
    """Return True if an exception means that there is not enough memory, which is no error of snaplint.

    Where the system cannot map an extension module into memory, its import fails.
    """
    if isinstance(error, ImportError):
        return "failed to map segment" in str(error) or "cannot allocate memory" in str(error).lower()
    return isinstance(error, MemoryError)


def described(error: Exception) -> str:
    """Return the class of an exception and where it was raised: `KeyError at snaplint.read.world:57`."""
    return f"{type(error).__name__} at {_raised_at(error.__traceback__)}"


def _raised_at(trace: TracebackType | None) -> str:
    """Return module and line of the innermost frame of snaplint, or of a plug-in's check."""
    found, is_check = "an unknown place", False
    while trace is not None:
        code, module = trace.tb_frame.f_code, str(trace.tb_frame.f_globals.get("__name__", ""))
        if is_check or module.partition(".")[0] == "snaplint":
            found = f"{module}:{trace.tb_lineno}"
        is_check = (module, code.co_name) == _CALLS_CHECKS
        trace = trace.tb_next
    return found


def unbroken(path: str, stream: Iterable[T]) -> Iterator[T | Fault]:
    """Yield the items of a stream about one file; an exception ends it and becomes the fault of the file."""
    try:
        yield from stream
    except Exception as error:  # noqa: BLE001 - one file must not cost the results of the others
        yield breakage(path, error)
