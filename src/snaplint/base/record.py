"""`NamedTuple`, made in a fifth of the time.

`typing.NamedTuple` compiles the annotation of every field when a class is made, `collections.namedtuple` a function for
every class, and importing `typing` alone takes a twentieth of the time that a check may take. Annotations are not read
at run time, so this one does not compile them; and what makes a record differs from class to class in the names of its
parameters only, so one function is compiled for each number of fields. Type checkers see `typing.NamedTuple` itself.
"""

from __future__ import annotations

from collections import _tuplegetter, namedtuple  # type: ignore[attr-defined]  # the first makes a field of a name
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from typing import NamedTuple as NamedTuple
else:

    class _Record(tuple):
        """What all records can do, as `collections.namedtuple` has it."""

        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, values: Any) -> Any:
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changes: Any) -> Any:
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        __replace__ = _replace

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    _MAKERS: dict[int, Any] = {}

    def _maker(name: str, fields: tuple[str, ...], defaults: tuple[Any, ...]) -> Any:
        """Return the `__new__` of a record: a named tuple's with as many fields, its parameters renamed."""
        made = _MAKERS.get(len(fields))
        if made is None:
            made = _MAKERS[len(fields)] = namedtuple("Made", [f"f{number}" for number in range(len(fields))]).__new__
        code = made.__code__.replace(co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__")
        return FunctionType(code, made.__globals__, "__new__", defaults)

    class _Made(type):
        """Makes a record of a class body: the names it annotates are the fields, their values the defaults."""

        def __new__(cls, name: str, _bases: tuple[type, ...], body: dict[str, Any]) -> Any:
            fields = tuple(body.pop("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            body |= {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
            body["__new__"] = _maker(name, fields, tuple(defaults.values()))
            body |= {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            return type(name, (_Record,), body)

    class _Base:
        """What stands in a class statement for the metaclass."""

        def __mro_entries__(self, _bases: tuple[object, ...]) -> tuple[type, ...]:
            return (_EMPTY,)

    _EMPTY = type.__new__(_Made, "NamedTuple", (), {})
    NamedTuple = _Base()
