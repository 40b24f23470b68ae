"""Reports stay whole: a result that cannot be written is written without its places, or left out, and is a fault."""

from __future__ import annotations

from snaplint.base.breakage import breakage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.base.source import Fault
    from snaplint.findings.result import Result
    from snaplint.report.causes import CauseEntry
    from snaplint.report.run import Run


def written(result: Result, run: Run, write: Callable[[Result], str]) -> tuple[str, Fault | None]:
    """Return what `write` returns for a result, and the fault if it raises an exception, which the tally counts."""
    try:
        return write(result), None
    except Exception as error:  # noqa: BLE001 - one result must not cut off the report
        first = error
    try:
        text, missing = write(result._replace(source=None)), "the report of a request in it has no places"
    except Exception:  # noqa: BLE001 - the first exception is reported
        text, missing = "", "a request in it is not reported"
    fault = breakage(_path(result), first, missing)
    run.tally.add_fault(fault)
    return text, fault


def _path(result: Result) -> str:
    try:
        place = None if result.source is None else result.source.place(result.route)
    except Exception:  # noqa: BLE001 - this may be what has failed
        place = None
    return "<run>" if place is None else place.path


def written_cause(entry: CauseEntry, run: Run, write: Callable[[CauseEntry], list[str]]) -> list[str]:
    """Return the lines that `write` returns for a cause; if it raises an exception, the cause has no places."""
    try:
        return write(entry)
    except Exception as error:  # noqa: BLE001 - one cause must not cut off the report
        path = "<run>" if entry.place is None else entry.place.path
        fault = breakage(path, error, "the report of a cause in it has no places")
    run.tally.add_fault(fault)
    return [f"error: {fault.message}", *write(entry.without_places())]
