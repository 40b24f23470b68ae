"""What a report loads: every run needs it, so it must load no slow module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import snaplint.report

SLOW = {
    "argparse", "boto3", "dataclasses", "difflib", "inspect", "json", "hashlib", "jsonschema", "logging", "pathlib",
    "shutil", "subprocess", "textwrap", "unicodedata", "yaml",
}  # fmt: skip


def test_importing_the_reports_loads_nothing_slow() -> None:
    source = str(Path(snaplint.report.__file__).parents[2])
    imports = "import snaplint.report.registry, snaplint.report.formats.text, snaplint.report.formats.json"
    program = f"import sys; sys.path.insert(0, {source!r}); {imports}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(run.stdout.split())
    assert "snaplint.report.formats.text" in loaded
    assert not loaded & SLOW
