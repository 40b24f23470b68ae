"""`NamedTuple` whose classes are created in a fifth of the time that those of `typing` need.

`typing.NamedTuple` compiles the annotation of every field when a class is created, `collections.namedtuple` compiles a
function for every class, and importing `typing` alone takes a twentieth of the time that a check may take. snaplint
never reads annotations at run time, so this module does not compile them. The `__new__` functions of two records with
the same number of fields differ only in the names of their parameters, so one function is compiled for each number of
fields. Type checkers see `typing.NamedTuple` itself.
"""

from __future__ import annotations

from collections import _tuplegetter, namedtuple  # type: ignore[attr-defined]  # the descriptor of a field
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from typing import NamedTuple as NamedTuple
else:

    class _Record(tuple):
        """Methods of every record, the same as those of `collections.namedtuple`."""

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
        """Return the `__new__` of a record: that of a named tuple with as many fields, with the parameters renamed."""
        made = _MAKERS.get(len(fields))
        if made is None:
            made = _MAKERS[len(fields)] = namedtuple("Made", [f"f{number}" for number in range(len(fields))]).__new__
        code = made.__code__.replace(co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__")
        return FunctionType(code, made.__globals__, "__new__", defaults)

    class _Made(type):
        """Metaclass that creates a record from a class body: its annotated names are fields, their values defaults."""

        def __new__(cls, name: str, _bases: tuple[type, ...], body: dict[str, Any]) -> Any:
            fields = tuple(body.pop("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            body |= {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
            body["__new__"] = _maker(name, fields, tuple(defaults.values()))
            body |= {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            return type(name, (_Record,), body)

    class _Base:
        """Base in a class statement, which selects the metaclass."""

        def __mro_entries__(self, _bases: tuple[object, ...]) -> tuple[type, ...]:
            return (_EMPTY,)

    _EMPTY = type.__new__(_Made, "NamedTuple", (), {})
    NamedTuple = _Base()
