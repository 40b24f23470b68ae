"""The interface of a file that results and their causes come from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from snaplint.base.source import Place, Route

    class Locator(Protocol):
        """The file that a result came from: turns routes into places, and places into lines. Neither method raises."""

        def place(self, route: Route) -> Place | None:
            """Return the place of the value at `route`; None if no file has it."""

        def lines(self, path: str, first: int, last: int) -> list[str]:
            """Return the lines `first` to `last` of a file, both included and counted from 1; [] if not available."""
