"""The pattern that PyYAML takes from the cache of `re` matches the same characters as its own."""

from __future__ import annotations

import re
import subprocess
import sys

from snaplint.syntax.pyyaml import FORBIDDEN, OF_PYYAML

SAME = "from snaplint.syntax.pyyaml import FORBIDDEN, yaml; print(yaml.reader.Reader.NON_PRINTABLE is FORBIDDEN)"


def test_the_patterns_match_the_same_characters() -> None:
    own = re.compile(OF_PYYAML, re.DOTALL)  # with a flag that makes no difference it is not taken from the cache
    assert own is not FORBIDDEN
    differing = [
        code for code in range(sys.maxunicode + 1) if bool(own.match(chr(code))) != bool(FORBIDDEN.match(chr(code)))
    ]
    assert differing == []


def test_pyyaml_does_not_compile_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", SAME], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "True\n"


def test_pyyaml_refuses_the_same_texts() -> None:
    code = (
        "from snaplint.syntax.pyyaml import yaml\n"
        "for text in ('a: b', 'a: \\x07', 'a: \\ufffe', 'a: \\U0001f600'):\n"
        "    try:\n"
        "        print(yaml.safe_load(text))\n"
        "    except yaml.reader.ReaderError as error:\n"
        "        print(error.character)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=120, check=True)
    assert done.stdout == "{'a': 'b'}\n7\n65534\n{'a': '\U0001f600'}\n"
