"""Runs of snaplint on one input: in this process, in a folder of its own, watched, and with limited processor time."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import resource
import shutil
import signal
import sys
import sysconfig
import tempfile
import traceback
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.conftest import ROOT, is_scrubbed

from snaplint import Checker, InvalidFacts, cli
from snaplint.base.breakage import NO_MEMORY
from snaplint.cli.aws.requests_file import read_requests
from snaplint.cli.inputs import Unusable
from snaplint.operations.registry import DEFAULT
from snaplint.report import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from tests.fuzz.case import Case

CANARY = "Kq7-canary-9vXw"
"""A text in a file outside of the project and in the credentials of the environment: no output may have it."""
BUDGET = 10.0
"""Seconds of processor time for one run on one small input, hundreds of times what it needs."""
MEMORY = 512 << 20
"""Bytes of address space that one run may take beside what the process has already."""
_OPENED_BY_PYTHON = tuple(
    os.path.realpath(path) + os.sep
    for path in {*sysconfig.get_paths().values(), os.path.dirname(os.__file__), sys.prefix, sys.base_prefix}
)
_OURS = (*(f"{ROOT / name}{os.sep}" for name in ("src", "rules", "tests")), os.devnull)
"""Where a traceback reads its lines too."""
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename")


class TooSlow(BaseException):
    """A run has used up its processor time. It is not an `Exception`, so that snaplint does not catch it."""


@dataclass
class Run:
    """What a run of snaplint did: its exit code, its output, and what it may not do.

    `raised` is a traceback, and `broken` what it opened outside the project or asked of the system.
    """

    code: int
    out: str
    err: str
    raised: str = ""
    broken: tuple[str, ...] = ()
    slow: str = ""


class _Watch:
    """An audit hook, which cannot be removed: it looks at the events of this process while `folder` is set."""

    def __init__(self) -> None:
        self.folder = ""
        self.named: tuple[str, ...] = ()
        self.broken: list[str] = []
        self._is_added = False

    @contextlib.contextmanager
    def over(self, folder: str, named: Sequence[str]) -> Iterator[None]:
        if not self._is_added:
            sys.addaudithook(self._see)
            self._is_added = True
        self.broken = []
        self.named = tuple(map(_real, named))
        self.folder = folder
        try:
            yield
        finally:
            self.folder = ""

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder:
            return
        if event == "open":
            self._opened(arguments[0])
        elif event.startswith(_FORBIDDEN):
            self.broken.append(f"{event} {str(arguments)[:200]}")

    def _opened(self, name: object) -> None:
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        if not isinstance(name, str):  # a descriptor
            return
        folder, self.folder = self.folder, ""  # what follows is ours
        try:
            real = _real(name)
            within = real.startswith((folder + os.sep, *_OURS, *_OPENED_BY_PYTHON))
            if not within and real not in ("", folder, *self.named):
                self.broken.append(f"open {real}")
        finally:
            self.folder = folder


def _real(name: str) -> str:
    """Return a path with its links resolved; empty if it is not a possible path."""
    try:
        return os.path.realpath(name)
    except (OSError, ValueError):
        return ""


_WATCH = _Watch()


class Sandbox:
    """A folder with a project in it, a file outside the project, and runs of snaplint in the project."""

    def __init__(self) -> None:
        memory = "/dev/shm"  # noqa: S108  # tests of thousands of inputs write their files to memory
        self.root = tempfile.mkdtemp(prefix="snaplint-fuzz-", dir=memory if os.path.isdir(memory) else None)
        self.folder = os.path.join(self.root, "project")
        with open(os.path.join(self.root, "outside.json"), "w", encoding="utf-8") as file:
            file.write(f'{{"Version": "2012-10-17", "Statement": [], "{CANARY}": "{CANARY}"}}')
        self._case: Case | None = None

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.root, ignore_errors=True)

    def put(self, case: Case) -> None:
        """Make the project the files of a case."""
        if self._case is not None and self._case.files is case.files and not _writes(self._case):
            self._case = case
            return
        shutil.rmtree(os.fsencode(self.folder), ignore_errors=True)
        os.makedirs(os.path.join(self.folder, ".git"))
        case.write(self.folder)
        self._case = case

    def run(self, case: Case, argv: Sequence[str] | None = None) -> Run:
        """Run a case, with another command line if one is given."""
        self.put(case)
        return _run(self.folder, list(case.argv if argv is None else argv), case.stdin)


def _writes(case: Case) -> bool:
    return any(argument in ("init", "collect", "audit") for argument in case.argv[:1])


def _run(folder: str, argv: list[str], stdin: bytes) -> Run:
    out, err = _stream(), _stream()
    run = Run(-1, "", "")
    with _environment(folder), _streams(stdin, out, err):
        try:
            with _limited(), _WATCH.over(folder, _named(argv)):
                run.code = _OTHERS.get(argv[0] if argv else "", cli.main)(argv)
        except TooSlow as error:
            run.slow = str(error)
        except Exception:  # noqa: BLE001  # whatever it is, it is a finding
            run.raised = traceback.format_exc()
    for stream in (out, err):
        stream.flush()
    run.out, run.err = (stream.buffer.getvalue().decode("utf-8", "surrogateescape") for stream in (out, err))  # type: ignore[attr-defined]
    run.broken = tuple(_WATCH.broken)
    if (run.code == 3 or f": {NO_MEMORY}" in run.out + run.err) and not run.raised:
        run.raised = run.err or "MemoryError"
    return run


def _requests(argv: Sequence[str]) -> int:
    """Read a file as `audit --requests` does, which would then ask AWS."""
    try:
        for name in argv[1:]:
            read_requests(name, DEFAULT)
    except Unusable as error:
        print(terminal.sanitise(str(error)), file=sys.stderr)
        return 2
    return 0


def _python(argv: Sequence[str]) -> int:
    """Check the requests of a preflight file through the Python API, and print the verdicts of each."""
    with open(argv[1], "rb") as file:
        data = json.load(file)
    facts = {name: value for name, value in data.items() if name not in ("caller", "requests")}
    try:
        checker = Checker(facts, data.get("caller"))
    except InvalidFacts as error:
        print(terminal.sanitise(str(error)), file=sys.stderr)
        return 2
    reports = [checker.check(request) for request in data["requests"]]
    for broken in (each for report in reports for each in report.broken):
        raise broken.error
    print(json.dumps([{each.rule.id: each.verdict for each in report.verdicts} for report in reports]))
    return 0


_OTHERS = {"requests": _requests, "python": _python}
"""What is not a command of snaplint, by the word that stands for it."""


def _named(argv: Sequence[str]) -> list[str]:
    """Return what may be a path in a command line: what it names may be read wherever it is."""
    return [part for argument in argv for part in (argument, argument.partition("=")[2]) if part]


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="backslashreplace", newline="\n")


@contextlib.contextmanager
def _streams(stdin: bytes, out: io.TextIOWrapper, err: io.TextIOWrapper) -> Iterator[None]:
    kept = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = _stream(stdin), out, err
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept
        gc.enable()


@contextlib.contextmanager
def _environment(folder: str) -> Iterator[None]:
    before, here = dict(os.environ), os.getcwd()
    for name in [name for name in os.environ if is_scrubbed(name)]:
        del os.environ[name]
    os.environ.update(AWS_SECRET_ACCESS_KEY=CANARY, AWS_SESSION_TOKEN=CANARY, AWS_EC2_METADATA_DISABLED="true")
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Raise TooSlow in what takes more processor time than `BUDGET`, and MemoryError in what takes more memory."""

    def stop(_signal: int, frame: FrameType | None) -> None:
        raise TooSlow("".join(traceback.format_stack(frame, limit=12)))

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, BUDGET)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
