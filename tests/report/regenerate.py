"""Regenerates tests/report/golden/: `PYTHONPATH=src python -m tests.report.regenerate`.

Read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.report import explained, story
from tests.report.fakes import pieces

from snaplint.report import explanation
from snaplint.report.terminal import Style

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "golden"


def _text(width: int, *, color: bool = False, verbose: bool = False, quiet: bool = False) -> str:
    style = Style(color, hyperlinks=color, width=width)
    return "".join(pieces("text", [*story.RESULTS, *story.FAULTS], style, verbose=verbose, quiet=quiet))


def _explained(width: int, *, color: bool = False) -> str:
    style = Style(color, width=width)
    texts = [explanation.text(id_, "s3:PutObject", found, style) for id_, found in explained.STORY]
    return "".join(texts) + explanation.line_error(*explained.LINE_ERROR, style)


GOLDEN: dict[str, Callable[[], str]] = {
    "wide.txt": lambda: _text(100),
    "narrow.txt": lambda: _text(40),
    "colour.txt": lambda: _text(100, color=True),
    "verbose.txt": lambda: _text(100, verbose=True),
    "quiet.txt": lambda: _text(100, quiet=True),
    "clean.txt": lambda: "".join(pieces("text", [story.CLEAN])),
    "explanation.txt": lambda: _explained(100),
    "explanation-narrow.txt": lambda: _explained(50),
    "explanation-colour.txt": lambda: _explained(100, color=True),
    "collision.txt": lambda: story.collision(lambda found: "".join(pieces("text", found))),
    "collision.json": lambda: story.collision(lambda found: "".join(pieces("json", found))),
    "report.json": lambda: "".join(pieces("json", [*story.RESULTS, *story.FAULTS])),
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, made in GOLDEN.items():
        (FOLDER / name).write_text(made(), encoding="utf-8", newline="\n")
