"""The command line: `main` finds the command, and the module of that command does the rest.

Only this package prints and decides exit codes: 0 nothing fails; 1 something fails; 2 unusable arguments, settings or
input; 3 snaplint itself broke; 4 nothing fails, but a documented condition could not be told under --strict.
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
    "check": "check preflight files: every condition of every proposed request",
    "simulate": "ask the policy engine itself: requests as JSON lines in, decisions out",
    "audit": "read from AWS what a proposed request depends on, and check it",
    "collect": "the first half of an audit: write what AWS says to a facts file",
    "rules": "list the rules, or `rules test DIR`: run the pages of your own",
    "explain": "print the manual page of a rule",
    "schema": "print a JSON Schema: preflight, report, simulate, rule or config",
    "init": "write a commented starter file",
    "demo": "show the whole story on an AWS inside this process: no account needed",
}
"""The commands with one line each; each has a module of its name in `commands/`."""

_QUIET_ENDS = {KeyboardInterrupt: 130, BrokenPipeError: 141}
"""The exit codes that a shell gives to a process ended by Ctrl-C and by a closed pipe."""


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

        # a full disk, a working directory that is gone: nobody's files are at fault, and neither is snaplint
        print(f"snaplint: {os_reason(error)}{_about(error)}", file=sys.stderr)
        _give_up_output()
        return 2
    except Exception:  # noqa: BLE001  # the one place where whatever is left becomes exit code 3
        return _broke()
    return code


def _about(error: OSError) -> str:
    return f": {_shown(str(error.filename))}" if error.filename else ""


def _give_up_output() -> None:
    """What is still buffered has nowhere to go; without this the interpreter complains about it on its way out."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # a standard output that is no file, as under a test runner
        return


def entry() -> None:
    """The console script: `main`, and out without taking the interpreter apart, which would cost as much as a check."""
    gc.disable()  # loading modules makes no garbage worth looking for; a command that runs long switches it on again
    _prepare_streams()
    code = main()
    sys.stderr.flush()
    os._exit(code)


def _prepare_streams() -> None:
    """Streams that are closed swallow what is written to them; what their encoding lacks is written as an escape."""
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
    if name in ("--version", "-V"):
        print(f"snaplint {__version__}")
        return 0
    if name in ("--help", "-h", "help"):
        print(_usage())
        return 0
    if name not in COMMANDS:
        print(f"snaplint: there is no command `{_shown(name)}`{_hint(name)}\n\n{_usage()}", file=sys.stderr)
        return 2
    from importlib import import_module

    run = import_module(f"snaplint.cli.commands.{name}").run
    try:
        code: int = run(rest)
    except SystemExit as exit_:  # argparse ends so, with 0 after --help and 2 after a wrong argument
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
            "`snaplint COMMAND --help` says more; `snaplint --version` prints the version.",
        )
    )


def _hint(name: str) -> str:
    from snaplint.base.wording import did_you_mean, nearest

    near = did_you_mean(nearest(name, COMMANDS))
    if near:
        return near
    return f"; to check a file: `snaplint check {_shown(name)}`" if os.path.exists(name) else ""


def _shown(text: str) -> str:
    from snaplint.report.terminal import sanitise

    return sanitise(text)


def _broke() -> int:
    import traceback

    sys.stdout.flush()  # the verdicts that were given before stand
    print("\n".join(_shown(line) for line in traceback.format_exc().splitlines()), file=sys.stderr)
    command = " ".join(sys.argv[1:])
    print(
        f"\nsnaplint {__version__} broke: this is a fault of snaplint, not of your files.\n"
        f"Please open an issue where you found snaplint, with the text above and the command: "
        f"snaplint {_shown(command)}",
        file=sys.stderr,
    )
    return 3
