"""The options of `snaplint check` as a table, and two readers of it.

argparse reads every form of command line, writes the help and the errors, and takes as long to start as all of
snaplint's rules. `read_plain` reads the plain forms and leaves the rest to argparse; both give the same `Options`.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.report.registry import REPORTERS, format_help

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import Any


class Option(NamedTuple):
    """One option. `value` is None for a flag, which stores `stored`; else the value's name in the help.

    `help` is a function where the help takes time to make, which only argparse should spend. `many` gathers each value
    into a list; `choices` limits the values.
    """

    names: tuple[str, ...]
    help: str | Callable[[], str]
    default: object = None
    value: str | None = None
    choices: tuple[str, ...] = ()
    many: bool = False
    stored: object = True
    stored_as: str = ""

    @property
    def words(self) -> str:
        """The help itself."""
        return self.help if isinstance(self.help, str) else self.help()

    @property
    def key(self) -> str:
        """The name under which the namespace holds it."""
        return self.stored_as or self.names[-1].lstrip("-").replace("-", "_")


CHECK_OPTIONS = (
    Option(("--format",), format_help, "text", "FORMAT", tuple(REPORTERS)),
    Option(("--strict",), "assume nothing; exit 4 if a documented condition cannot be told"),
    Option(("--no-strict",), "the opposite, whatever the settings say", stored=False, stored_as="strict"),
    Option(
        ("--fail-on",),
        "the lowest severity that gives exit code 1 (default: error)",
        value="SEVERITY",
        choices=("error", "warning", "info"),
    ),
    Option(("--rules",), "a folder of your own rules; may be repeated", value="DIR", many=True),
    Option(("--exclude",), "leave out paths like this; may be repeated", value="PATTERN", many=True),
    Option(("--force-exclude",), "leave them out even if they are named", False),
    Option(("--allow-outside",), "let preflight files name files outside the project", False),
    Option(("--config",), "the settings to use instead of those found upward", value="FILE"),
    Option(("-v", "--verbose"), "list the rules that pass as well", False),
    Option(("-q", "--quiet"), "one line for each failure, and the sum if there is any", False),
    Option(("--color",), "when to use colour (default: auto)", "auto", "WHEN", ("auto", "always", "never")),
)


class Options:
    """What was asked for, by the options' keys, and `paths`."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        for option in CHECK_OPTIONS:
            setattr(self, option.key, [] if option.many else option.default)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def read_plain(arguments: Sequence[str]) -> Options | None:
    """Read a command line of plain paths, flags and `--option value` or `--option=value`; None for anything else."""
    by_name = {name: option for option in CHECK_OPTIONS for name in option.names}
    options, rest = Options(), iter(arguments)
    for argument in rest:
        if not argument.startswith("-") or argument == "-":
            options.paths.append(argument)
            continue
        name, equals, value = argument.partition("=")
        option = by_name.get(name)
        if option is None or (equals and option.value is None):
            return None
        if option.value is None:
            setattr(options, option.key, option.stored)
            continue
        given = value if equals else next(rest, "-")
        if given.startswith("-") or not given or (option.choices and given not in option.choices):
            return None
        if option.many:
            getattr(options, option.key).append(given)
        else:
            setattr(options, option.key, given)
    options.paths = options.paths or ["."]
    return options


def parser() -> argparse.ArgumentParser:
    """The same table for argparse."""
    from snaplint.cli.parser import Parser

    made = Parser("snaplint check", description="Answer every condition of the proposed requests in preflight files.")
    made.add_argument("paths", metavar="PATH", nargs="*", help="files, folders, or - for standard input (default: .)")
    for option in CHECK_OPTIONS:
        add_to(made, option)
    return made


def add_to(made: argparse.ArgumentParser | argparse._ArgumentGroup, option: Option) -> None:
    """Add one option of the table to a parser."""
    how: dict[str, Any] = {"dest": option.key, "help": option.words.replace("%", "%%")}
    if option.value is None:
        how |= {"action": "store_const", "const": option.stored, "default": option.default}
    elif option.many:
        how |= {"action": "append", "metavar": option.value, "default": []}
    else:
        how |= {"choices": option.choices or None, "default": option.default}
        how |= {} if option.choices else {"metavar": option.value}
    made.add_argument(*option.names, **how)


def read(arguments: Sequence[str]) -> Options:
    """Read a command line. argparse ends the process with a message where it is wrong, and after `--help`."""
    options = read_plain(arguments)
    if options is None:
        options = Options()
        # argparse loses the `--` in one of the two passes that intermixed arguments take
        end = arguments.index("--") if "--" in arguments else len(arguments)
        vars(options).update(vars(parser().parse_intermixed_args(arguments[:end])))
        options.paths = [*options.paths, *arguments[end + 1 :]] or ["."]
    return options
