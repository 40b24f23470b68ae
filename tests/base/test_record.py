"""The fast `NamedTuple`: a class created with it is like one of `typing.NamedTuple`."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import typing
from typing import Any

import pytest
from tests.conftest import ROOT

from snaplint.base.record import NamedTuple


class Quick(NamedTuple):
    """A record."""

    name: str
    size: int = 1
    more: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name in messages."""
        return f"<{self.name}>"

    @classmethod
    def of(cls, name: str) -> Quick:
        """Return a record with a name."""
        return cls(name)


class Usual(typing.NamedTuple):
    """A record."""

    name: str
    size: int = 1
    more: tuple[str, ...] = ()


class Child(Quick):
    """A record of another class."""

    __slots__ = ()


BOTH = pytest.mark.parametrize("made", [Quick, Usual])


@BOTH
def test_what_a_record_can_do(made: Any) -> None:
    one = made("a", more=("x",))
    assert (one.name, one.size, one.more) == ("a", 1, ("x",))
    assert one == ("a", 1, ("x",))
    assert hash(one) == hash(("a", 1, ("x",)))
    assert one._replace(size=2)._asdict() == {"name": "a", "size": 2, "more": ("x",)}
    assert (made._fields, made._field_defaults) == (("name", "size", "more"), {"size": 1, "more": ()})
    assert repr(one) == f"{made.__name__}(name='a', size=1, more=('x',))"
    assert (made.__doc__, made.__module__) == ("A record.", __name__)
    assert pickle.loads(pickle.dumps(one)) == copy.copy(one) == one  # noqa: S301  # our own bytes
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        made()
    with pytest.raises(AttributeError):
        one.name = "b"


@BOTH
def test_what_a_record_refuses(made: Any) -> None:
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'other'"):
        made("a", other=1)
    with pytest.raises((TypeError, ValueError), match=r"[Gg]ot unexpected field names: \['other'\]"):
        made("a")._replace(other=1)
    with pytest.raises(TypeError, match="Expected 3 arguments, got 2"):
        made._make(("a", 1))
    assert made._make(("a", 1, ())) == made("a")
    assert made.__match_args__ == made._fields


def test_records_of_as_many_fields_keep_their_own_names() -> None:
    class Other(NamedTuple):
        path: str
        line: int = 7
        rest: tuple[str, ...] = ("x",)

    assert Other(path="a") == ("a", 7, ("x",))
    assert Quick(name="a") == ("a", 1, ())
    with pytest.raises(TypeError, match=r"Other.__new__.* missing 1 required positional argument: 'path'"):
        Other()  # type: ignore[call-arg]


def test_a_record_without_fields_is_empty() -> None:
    class Nothing(NamedTuple):
        """No fields at all."""

    assert Nothing() == ()
    assert repr(Nothing()) == "Nothing()"


def test_methods_properties_and_children() -> None:
    assert Quick.of("a").shown == "<a>"
    assert Child.of("a") == ("a", 1, ())
    assert isinstance(Child("a"), Quick)
    assert not hasattr(Child("a"), "__dict__")


def test_it_does_without_typing() -> None:
    code = "import sys; from snaplint.base.record import NamedTuple; print('typing' in sys.modules)"
    command = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {code}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == "False\n"
