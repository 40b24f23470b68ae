"""The command line: `main` runs the module of the command.

Only this package prints and decides exit codes: 0 no failures; 1 a condition fails; 2 unusable arguments, settings or
input; 3 an internal error of snaplint; 4 no failures, but with --strict a documented condition is undetermined.
"""

from __future__ import annotations

import gc
import os
import sys

from snaplint import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "check": "check preflight files offline: every condition of every proposed request",
    "simulate": "evaluate requests against policies: JSON lines in, decisions out",
    "audit": "read the facts that a proposed request depends on from AWS, and check the request",
    "collect": "read the same facts from AWS, and only write them to a facts file",
    "rules": "list the rules; `rules test DIR` tests rules of your own",
    "explain": "explain a rule, a kind of cause, an error that AWS returned, or how a request was decided",
    "schema": "print a JSON Schema: preflight, report, simulate, rule or config",
    "init": "write a commented starter file",
    "demo": "show an audit from failure to success on a local AWS simulation; no account needed",
}
"""The commands with one line of help each; `commands/` has a module for each."""

_WITHOUT_MODULE = ("help", "version")
"""Commands that print what the options `--help` and `--version` print."""

_NO_MEMORY = b"snaplint: there is not enough memory\n"

_QUIET_ENDS = {KeyboardInterrupt: 130, BrokenPipeError: 141}
"""The exit codes that a shell reports for a process ended by Ctrl-C and by a closed pipe."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, BrokenPipeError) as error:
        _give_up_output()
        return _QUIET_ENDS[type(error)]
    except OSError as error:
        from snaplint.base.wording import os_reason

        # a full disk or a deleted working directory: an error of neither the user's files nor snaplint
        print(f"snaplint: {os_reason(error)}{_about(error)}", file=sys.stderr)
        _give_up_output()
        return 2
    except Exception as error:  # noqa: BLE001  # every other exception becomes exit code 3 here
        return _broke(error)
    return code


def _broke(error: Exception) -> int:
    """Report an error of snaplint, or that there is not enough memory to say even that."""
    try:
        from snaplint.base.breakage import lacks_memory

        if lacks_memory(error):
            return _without_memory()
        from snaplint.cli.breakage import BROKEN, print_breakage

        print_breakage(error)
    except (MemoryError, ImportError):
        return _without_memory()
    return BROKEN


def _without_memory() -> int:
    """Say that memory is lacking, which is an error of neither the user's files nor snaplint."""
    sys.stderr.write(_NO_MEMORY.decode())
    _give_up_output()
    return 2


def _about(error: OSError) -> str:
    return f": {_shown(str(error.filename))}" if error.filename else ""


def _give_up_output() -> None:
    """Redirect standard output to the null device, because the interpreter reports unwritten output when it exits."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is not a file, as in a test runner
        return


def entry() -> None:
    """Run `main`, and exit without tearing down the interpreter, which would take as long as a check."""
    gc.disable()  # loading modules leaves little garbage; a long-running command enables the collector again
    # Checks leave almost no reference cycles, but large policies are many objects, which each collection visits.
    gc.set_threshold(20_000)
    _prepare_streams()
    try:
        code = main()
        sys.stderr.flush()
    except MemoryError:  # raised by what would have said so
        os.write(2, _NO_MEMORY)
        code = 2
    os._exit(code)


def _prepare_streams() -> None:
    """Replace closed streams with the null device, and write what a stream cannot encode as an escape."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # open to the end
        else:
            stream.reconfigure(errors="backslashreplace")


def _run(arguments: list[str]) -> int:
    if not arguments:
        print(_usage(), file=sys.stderr)
        return 2
    name, *rest = arguments
    if name in ("--version", "-V", "version"):
        print(f"snaplint {__version__}")
        return 0
    if name in ("--help", "-h", "help"):
        named = [argument for argument in rest if not argument.startswith("-")][:1]
        if not named or named[0] in _WITHOUT_MODULE:
            print(_usage())
            return 0
        name, rest = named[0], ["--help"]
    if name not in COMMANDS:
        print(f"snaplint: there is no command `{_shown(name)}`{_hint(name)}\n\n{_usage()}", file=sys.stderr)
        return 2
    from snaplint.base import tables

    run = tables.module(f"snaplint.cli.commands.{name}").run
    try:
        code: int = run(rest)
    except SystemExit as exit_:  # argparse exits with 0 after --help and with 2 after a wrong argument
        return exit_.code if isinstance(exit_.code, int) else 2
    return code


def _usage() -> str:
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {what}" for name, what in COMMANDS.items()]
    return "\n".join(
        (
            "usage: snaplint COMMAND [ARGUMENT ...]",
            "",
            "A policy and preflight linter for exports of cache snapshots to S3.",
            "",
            *lines,
            "",
            "`snaplint help COMMAND` describes a command; `snaplint version` prints the version.",
        )
    )


def _hint(name: str) -> str:
    from snaplint.base.wording import did_you_mean, nearest

    near = did_you_mean(nearest(name, (*COMMANDS, *_WITHOUT_MODULE)))
    if near:
        return near
    return f"; to check a file: `snaplint check {_shown(name)}`" if os.path.exists(name) else ""


def _shown(text: str) -> str:
    from snaplint.report.terminal import shown

    return shown(text)
