"""`make demo`: the main job on examples/, shown as a user would run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = (
    ("A first try: AWS would tell these faults one at a time.", "examples/first-try", 1),
    ("Half of the facts are missing: what cannot be told is said, with what would settle it.", "examples/unsure", 0),
    ("Put right, with what the AWS CLI printed as the facts.", "examples/ready", 0),
)


def main() -> int:
    """Run each step; the demo fails where a step does not end with the exit code it is there to show."""
    snaplint = str(Path(sys.executable).with_name("snaplint"))
    for text, folder, expected in STEPS:
        print(f"\n# {text}\n$ snaplint check {folder}\n", flush=True)
        code = subprocess.run([snaplint, "check", folder], cwd=ROOT, check=False).returncode
        print(f"(exit code {code})", flush=True)
        if code != expected:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
