"""What the functions for Python accept, and the error for everything else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from snaplint.base.wording import did_you_mean, listed, nearest
from snaplint.findings.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class InvalidArgument(TypeError, ValueError):
    """An argument has the wrong type, or is none of the values that are possible; `argument` is its name."""

    def __init__(self, argument: str, expected: str) -> None:
        super().__init__(argument, expected)
        self.argument = argument
        self.expected = expected

    def __str__(self) -> str:
        """Return what the argument must be, and what it is."""
        return f"`{self.argument}` must be {self.expected}"


def of_type(value: object) -> str:
    """Return the end of a message with the type of a value: `, not None`, ``, not `list` ``."""
    return ", not None" if value is None else f", not `{type(value).__name__}`"


def require_mapping(argument: str, value: object, example: str, *, or_none: bool = False) -> None:
    """Raise InvalidArgument for what is no mapping; `example` shows what is in one."""
    if isinstance(value, Mapping) or (or_none and value is None):
        return
    hint = "; `snaplint.check_files` checks files" if isinstance(value, (str, os.PathLike)) else ""
    raise InvalidArgument(argument, f"a mapping such as {example}{of_type(value)}{hint}")


def require_flag(argument: str, value: object) -> None:
    """Raise InvalidArgument for what is neither True nor False: the text "no" counts as true in Python."""
    if not isinstance(value, bool):
        raise InvalidArgument(argument, f"True or False{of_type(value)}")


def require_text(argument: str, value: object, *, or_none: bool = False) -> None:
    """Raise InvalidArgument for what is no text."""
    if not isinstance(value, str) and not (or_none and value is None):
        raise InvalidArgument(argument, f"text{of_type(value)}")


def require_choice(argument: str, value: object, choices: Sequence[str]) -> None:
    """Raise InvalidArgument for what is none of the choices, and suggest the nearest one."""
    if isinstance(value, str) and value in choices:
        return
    expected = listed((f"`{choice}`" for choice in choices), "or")
    if not isinstance(value, str):
        raise InvalidArgument(argument, expected + of_type(value))
    raise InvalidArgument(argument, f"{expected}, not `{value}`{did_you_mean(nearest(value, choices))}")


def rules_of(rules: object) -> tuple[Rule, ...]:
    """Return the rules that an argument holds. Raise InvalidArgument for what is no list of rules."""
    expected = "a list of rules"
    if not isinstance(rules, Iterable) or isinstance(rules, (str, Rule)):
        raise InvalidArgument("rules", expected + of_type(rules))
    found = tuple(rules)
    for each in found:
        if not isinstance(each, Rule):
            raise InvalidArgument("rules", f"{expected}; one item is a `{type(each).__name__}`")
    return found


def texts_of(argument: str, value: object, what: str) -> list[str]:
    """Return the texts or paths that an argument holds: one, or several. Raise InvalidArgument for anything else."""
    several = [value] if isinstance(value, (str, os.PathLike)) else value
    expected = f"{what}, or a list of them"
    if not isinstance(several, Iterable) or isinstance(several, (bytes, Mapping)):
        raise InvalidArgument(argument, expected + of_type(value))
    found = [os.fspath(each) if isinstance(each, os.PathLike) else each for each in several]
    for each in found:
        if not isinstance(each, str):
            raise InvalidArgument(argument, f"{expected}; one item is a `{type(each).__name__}`")
    return found
