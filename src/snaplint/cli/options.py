"""The options of `snaplint check` as a table, and two parsers for it.

argparse parses every form of command line and writes the help and the errors, but loading it takes as long as loading
all of snaplint's rules. `read_plain` parses the plain forms and leaves the rest to argparse; both return the same
`Options`.
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
    """One option. `value` is the name of its value in the help; it is None for a flag, which stores `stored`.

    `help` is a function if the help is slow to make, so that only argparse calls it. `many` collects the values in a
    list, and `choices` limits them.
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
    def help_text(self) -> str:
        """The help text."""
        return self.help if isinstance(self.help, str) else self.help()

    @property
    def key(self) -> str:
        """The name of the attribute that holds the value."""
        return self.stored_as or self.names[-1].lstrip("-").replace("-", "_")


CHECK_OPTIONS = (
    Option(("--format",), format_help, "text", "FORMAT", tuple(REPORTERS)),
    Option(
        ("--strict",),
        "assume nothing; exit with 4 if a condition is undetermined that AWS documents, or whose severity is error",
    ),
    Option(
        ("--no-strict",), "the opposite of --strict, even if the settings enable it", stored=False, stored_as="strict"
    ),
    Option(
        ("--fail-on",),
        "the lowest severity of a failure that causes exit code 1 (default: error)",
        value="SEVERITY",
        choices=("error", "warning", "info"),
    ),
    Option(("--rules",), "a folder of your own rules; may be repeated", value="DIR", many=True),
    Option(("--exclude",), "a pattern of paths to skip, as below; may be repeated", value="PATTERN", many=True),
    Option(("--force-exclude",), "skip excluded paths even if they are named on the command line", False),
    Option(("--allow-outside",), "let preflight files and links refer to files outside the project", False),
    Option(
        ("--config",),
        "a settings file, used instead of the nearest one from this folder to the project's root",
        value="FILE",
    ),
    Option(("-v", "--verbose"), "also list every verdict of every request", False),
    Option(("-q", "--quiet"), "one line per cause and per note of severity warning, and the summary line", False),
    Option(("--color",), "when to use colour (default: auto)", "auto", "WHEN", ("auto", "always", "never")),
)


EXIT_CODES = (
    "0 nothing fails; 1 a verdict of the --fail-on severity fails; 2 arguments, settings or input cannot be used; 3 an "
    "internal error of snaplint or of a plug-in; 4 with --strict, nothing fails but a condition is undetermined that "
    "AWS documents, or whose severity is error."
)
"""The exit codes of `check` and `audit`, for their help."""


class Options:
    """The values of the options, as attributes by their keys, and `paths`."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        for option in CHECK_OPTIONS:
            setattr(self, option.key, [] if option.many else option.default)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def read_plain(arguments: Sequence[str]) -> Options | None:
    """Parse plain paths, flags, `--option value` and `--option=value`; return None for any other command line.

    After `--` there are only paths: a name that a program passes on must never be an option.
    """
    by_name = {name: option for option in CHECK_OPTIONS for name in option.names}
    options, rest = Options(), iter(arguments)
    for argument in rest:
        if argument == "--":
            options.paths.extend(rest)
            break
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
    """Return an argparse parser for the same table."""
    from snaplint.cli.parser import Parser

    made = Parser(
        "snaplint check",
        description="Check every condition of the proposed requests in preflight files. Nothing is read from AWS.",
        epilog=_epilog(),
    )
    made.add_argument(
        "paths", metavar="PATH", nargs="*", help="files, folders to search, or - for standard input (default: .)"
    )
    for option in CHECK_OPTIONS:
        add_to(made, option)
    return made


def _epilog() -> str:
    """Return the end of the help: what a search finds, the form of a pattern, and the exit codes."""
    from snaplint.base.wording import listed
    from snaplint.read.discover import SKIPPED
    from snaplint.read.registry import suffixes

    found = listed(f"*{suffix}" for suffix in suffixes())
    return (
        f"A folder is searched for files named {found}, in all folders below it except {listed(sorted(SKIPPED))}. A "
        "file that you name may have any name.\n\n"
        "A PATTERN of --exclude is compared with the path that is found, and with each folder and name in it: * stands "
        "for any characters, also /, and ? for one. `vendor` skips everything with that name, `exports/old*` what "
        "begins so below this folder. A file that you name is checked nevertheless, except with --force-exclude.\n\n"
        f"Exit codes: {EXIT_CODES}"
    )


def add_to(made: argparse.ArgumentParser | argparse._ArgumentGroup, option: Option) -> None:
    """Add one option of the table to a parser."""
    how: dict[str, Any] = {"dest": option.key, "help": option.help_text.replace("%", "%%")}
    if option.value is None:
        how |= {"action": "store_const", "const": option.stored, "default": option.default}
    elif option.many:
        how |= {"action": "append", "metavar": option.value, "default": []}
    else:
        how |= {"choices": option.choices or None, "default": option.default}
        how |= {} if option.choices else {"metavar": option.value}
    made.add_argument(*option.names, **how)


def read(arguments: Sequence[str]) -> Options:
    """Parse a command line. argparse exits with a message if it is wrong, and after `--help`."""
    return read_plain(arguments) or read_any(arguments)


def read_any(arguments: Sequence[str]) -> Options:
    """Parse a command line of any form with argparse, which exits with a message if it is wrong."""
    options = Options()
    # argparse drops the `--` in one of its two passes over intermixed arguments
    end = arguments.index("--") if "--" in arguments else len(arguments)
    vars(options).update(vars(parser().parse_intermixed_args(arguments[:end])))
    options.paths = [*options.paths, *arguments[end + 1 :]] or ["."]
    return options
