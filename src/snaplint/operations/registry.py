"""The operations by name: every `Operation` that a module of this package defines."""

from __future__ import annotations

from functools import cache, lru_cache

import snaplint.operations as package
from snaplint.base import tables
from snaplint.operations.copy_snapshot import COPY_SNAPSHOT
from snaplint.operations.operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = COPY_SNAPSHOT
"""The operation of a request that does not name one."""


@cache
def operations() -> Mapping[str, Operation]:
    """Return every operation by its name, the default first."""
    by_name = {DEFAULT.name: DEFAULT}
    for module in tables.table(package).values():
        for value in vars(tables.module(module)).values():
            if isinstance(value, Operation):
                by_name.setdefault(value.name, value)
    return by_name


@lru_cache(64)
def operation_named(name: str) -> Operation:
    """Return the operation with a name. For a name that snaplint does not know, return the default under that name."""
    if name == DEFAULT.name:
        return DEFAULT
    return operations().get(name) or DEFAULT.renamed(name)


def with_operation(operation: Operation, members: Mapping[str, object]) -> dict[str, object]:
    """Return the members of a request, with the member `operation` added if it is not the default."""
    return dict(members) if operation is DEFAULT else {**members, "operation": operation.name}


def operations_of(service: str) -> tuple[Operation, ...]:
    """Return the operations of a service, by its name in boto3."""
    return tuple(each for each in operations().values() if each.service == service)
