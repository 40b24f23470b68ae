"""The operations by name: every `Operation` that a module of this package holds under a name of its own."""

from __future__ import annotations

from functools import cache, lru_cache

import snaplint.operations as package
from snaplint.base import rooms
from snaplint.operations.copy_snapshot import COPY_SNAPSHOT
from snaplint.operations.operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = COPY_SNAPSHOT
"""The operation of a request that names none."""


@cache
def operations() -> Mapping[str, Operation]:
    """Return every operation by its name, the default first."""
    found = {DEFAULT.name: DEFAULT}
    for module in rooms.table(package).values():
        for value in vars(rooms.module(module)).values():
            if isinstance(value, Operation):
                found.setdefault(value.name, value)
    return found


@lru_cache(64)
def named(name: str) -> Operation:
    """Return the operation of a name; for a name that snaplint does not know, the default under that name."""
    if name == DEFAULT.name:
        return DEFAULT
    return operations().get(name) or DEFAULT.renamed(name)


def proposing(operation: Operation, members: Mapping[str, object]) -> dict[str, object]:
    """Return a request with these members that names its operation, where that is not the default."""
    return dict(members) if operation is DEFAULT else {**members, "operation": operation.name}


def of_service(service: str) -> tuple[Operation, ...]:
    """Return the operations of a service, by the name that boto3 has for it."""
    return tuple(each for each in operations().values() if each.service == service)
