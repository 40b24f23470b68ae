"""Which statements certainly do not match an action, read from their text: they need not be compiled.

Most statements of a principal are about other actions than the one of a request.
"""

from __future__ import annotations

from snaplint.iam.document.action_element import LONGEST_ACTION, service_of
from snaplint.iam.document.elements import entry_truth
from snaplint.iam.terms.truth import NO

_MOST = 1 << 16


class ActionFilter:
    """The entries of `Action` met so far, because policies repeat the same ones, and whether they match one action."""

    __slots__ = ("_action", "_kind", "_named", "_others", "_service")

    def __init__(self, kind: str, action: str) -> None:
        self._kind = kind
        self._action = action
        self._service = action.partition(":")[0]
        self._others: set[str] = set()
        """The entries that certainly do not match the action."""
        self._named: set[str] = set()
        """The entries that match it or may match it."""

    def excludes(self, statement: object) -> bool:
        """Return True if a raw statement certainly does not match the action: compiled, it would answer NO."""
        if not isinstance(statement, dict) or "NotAction" in statement:
            return False
        entries = statement.get("Action")
        if isinstance(entries, str):
            return entries in self._others or self._is_other(entries)
        if not isinstance(entries, list) or not entries:
            return False
        try:
            return self._others.issuperset(entries) or all(map(self._is_other, entries))
        except TypeError:  # a list or an object in place of a text
            return False

    def _is_other(self, entry: object) -> bool:
        """Return True if an entry certainly does not match the action."""
        if entry in self._others:
            return True
        if not isinstance(entry, str) or entry in self._named:
            return False
        may_match = service_of(entry) in ("", self._service) and entry_truth(entry, self._kind, self._action) != NO
        if len(entry) <= LONGEST_ACTION:
            _filters.room -= 1
            (self._named if may_match else self._others).add(entry)
        return not may_match


class _Filters(dict[tuple[str, str], ActionFilter]):
    """The filters in use; emptied when their entries become too many."""

    __slots__ = ("room",)

    def __init__(self) -> None:
        super().__init__()
        self.room = _MOST


_filters = _Filters()


def filter_for(kind: str, action: str) -> ActionFilter:
    """Return the filter for a kind of policy and an action in lower case."""
    found = _filters.get((kind, action))
    if found is None or _filters.room < 0:
        if _filters.room < 0:
            _filters.clear()
            _filters.room = _MOST
        _filters.room -= 1
        found = _filters[kind, action] = ActionFilter(kind, action)
    return found
