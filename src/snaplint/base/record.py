"""`NamedTuple`, made in half the time.

`typing.NamedTuple` compiles the annotation of every field when a class is made, and importing `typing` alone takes a
twentieth of the time that a check may take. Nobody reads those annotations at run time, so this one leaves them be.
Type checkers see `typing.NamedTuple` itself.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from typing import NamedTuple as NamedTuple
else:

    class _Made(type):
        """Makes a named tuple of a class body: the names it annotates are the fields, their values the defaults."""

        def __new__(cls, name: str, _bases: tuple[type, ...], body: dict[str, Any]) -> Any:
            fields = tuple(body.pop("__annotations__", ()))
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body.pop("__module__"))
            for member, value in body.items():
                setattr(made, member, value)
            return made

    class _Base:
        """What stands in a class statement for the metaclass."""

        def __mro_entries__(self, _bases: tuple[object, ...]) -> tuple[type, ...]:
            return (_EMPTY,)

    _EMPTY = type.__new__(_Made, "NamedTuple", (), {})
    NamedTuple = _Base()
