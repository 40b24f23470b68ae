"""Data as text: in many forms of YAML, and text with faults in its bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.fuzz.values import TEXTS

if TYPE_CHECKING:
    from random import Random

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:[:/][A-Za-z0-9-]+)*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))
_BLOCK = re.compile(r"[!-~][ -~]*(?:\n[!-~][ -~]*)*\n?")


class YamlWriter:
    """Writes data as YAML, in block or flow style, with different quotes, and with anchors for equal parts."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._anchors: dict[str, str] = {}
        self._aliases = rng.random() < 0.3

    def text(self, data: Any) -> str:
        """Return the document."""
        start = self._rng.choice(("", "", "---\n", "# a comment\n", "%YAML 1.1\n---\n"))
        return f"{start}{self._node(data, 0, flow=self._rng.random() < 0.15).removeprefix(chr(10))}\n"

    def _node(self, value: Any, indent: int, *, flow: bool) -> str:
        """Return a value as it follows a `:` or a `-`, without a blank before it if it begins on a new line."""
        if isinstance(value, dict | list) and value and self._aliases:
            mark = json.dumps(value, sort_keys=False)
            name = self._anchors.get(mark)
            if name is not None:
                return f" *{name}"
            if self._rng.random() < 0.5:
                text = self._collection(value, indent, flow=flow)
                # the parts of an anchored value may have anchors of their own, so it is kept after them
                self._anchors[mark] = name = f"a{len(self._anchors)}"
                return f" &{name}{text}"
        if isinstance(value, dict | list):
            return self._collection(value, indent, flow=flow)
        return f" {self._scalar(value, indent, flow=flow)}"

    def _collection(self, value: Any, indent: int, *, flow: bool) -> str:
        if flow or not value or self._rng.random() < 0.15:
            return f" {self._flow(value)}"
        pad = "\n" + " " * indent
        step = self._rng.choice((2, 2, 2, 4, 1))
        if isinstance(value, list):
            return "".join(f"{pad}-{self._node(each, indent + step, flow=False)}" for each in value)
        parts = []
        for name, each in value.items():
            key = self._key(name)
            long = len(key) > 100 or "\n" in key
            parts.append(
                f"{pad}{'? ' if long else ''}{key}{pad if long else ''}:{self._node(each, indent + step, flow=False)}"
            )
        return "".join(parts)

    def _flow(self, value: Any) -> str:
        if isinstance(value, dict):
            inner = ", ".join(f"{self._flow_key(name)}: {self._flow(each)}" for name, each in value.items())
            return f"{{{inner}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._flow, value))}]"
        return self._scalar(value, 0, flow=True)

    def _flow_key(self, name: str) -> str:
        key = self._key(name)
        return f"? {key}" if len(key) > 100 else key

    def _key(self, name: str) -> str:
        return self._scalar(name, 0, flow=True)

    def _scalar(self, value: Any, indent: int, *, flow: bool) -> str:
        if value is None:
            return self._rng.choice(("null", "~"))
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return _number(value)
        if self._rng.random() < 0.5 and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        if self._rng.random() < 0.3 and value.isascii() and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        if not flow and indent and "\n" in value and _BLOCK.fullmatch(value):
            chomp = "" if value.endswith("\n") else "-"
            return f"|{chomp}" + "".join(f"\n{' ' * indent}{line}" for line in value.removesuffix("\n").split("\n"))
        return _in_double_quotes(value)


def _in_double_quotes(text: str) -> str:
    """Return JSON's form of a text, which YAML reads too if no character is written as a pair of surrogates."""
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in escaped)


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _number(value: float) -> str:
    return json.dumps(value)


def is_the_same_in_yaml(value: Any) -> bool:
    """Return True for data that both YAML and JSON represent: no surrogates, and no numbers that JSON lacks.

    Twelve digits without quotes are an account in YAML, and so text.
    """
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return len(str(value)) != _ACCOUNT if value > 0 else True
    if isinstance(value, float):
        return value - value == 0
    if isinstance(value, dict):
        return all(map(is_the_same_in_yaml, value)) and all(map(is_the_same_in_yaml, value.values()))
    return all(map(is_the_same_in_yaml, value)) if isinstance(value, list) else True


_ACCOUNT = 12

_PIECES = (
    b"\xff", b"\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x00", b"\x1b[2J", b"\x7f", b"\xc2\x85",
    b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\t", b"\r", b"\r\n", b"\n\n", b"\n---\n", b"\n...\n", b"{", b"}", b"[", b"]",
    b'"', b"'", b":", b": ", b",", b"- ", b"? ", b"&a ", b"*a", b"*a ", b"<<: *a\n", b"!!set ", b"!!binary ",
    b"!!timestamp ", b"!!omap ", b"!Ref ", b"!!python/object/apply:os.system ['x']", b"!<tag:yaml.org,2002:str> ",
    b"!!float ", b"!!int ", b"!!null ", b"|\n", b">-\n", b"%YAML 1.2\n---\n", b"%TAG ! x\n", b"# c\n", b"//", b"/*",
    b"NaN", b"Infinity", b"-0", b"1e999", b"1E400", b"0777", b"0o17", b"0x1f", b"1_0", b"190:20:30", b".inf", b".nan",
    b"2026-11-01", b"yes", b"\\", b"\\ud800", b"\\u0000", b"\\x41", b"9" * 600, b"[" * 120, b"{a: " * 120, b"  ",
    b"@", b"`", b"%", b"=",
)  # fmt: skip


def damaged(rng: Random, raw: bytes) -> bytes:
    """Return a text with faults."""
    for _ in range(1 + int(rng.expovariate(0.8))):
        raw = _damaged_once(rng, raw)
    return raw


def _damaged_once(rng: Random, raw: bytes) -> bytes:
    at = rng.randint(0, len(raw))
    end = min(len(raw), at + int(rng.expovariate(0.05)))
    match rng.randrange(12):
        case 0:
            return raw[:at]
        case 1 | 2 | 3:
            return raw[:at] + rng.choice(_PIECES) + raw[at:]
        case 4:
            return raw[:at] + rng.choice(_PIECES) + raw[end:]
        case 5:
            return raw[:at] + raw[end:]
        case 6:
            return raw[:end] + raw[at:]
        case 7:
            return raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :]
        case 8:
            return raw[:at] + rng.choice(TEXTS).encode("utf-8", "surrogatepass") + raw[at:]
        case 9:
            return raw.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"\n\t", b"\xe2\x80\xa8")))
        case 10:
            return _encoded(rng, raw)
        case _:
            line = rng.choice(raw.split(b"\n"))
            return raw.replace(line, line + b"\n" + line, 1)


def _encoded(rng: Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace")
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "utf-7"))
    return text.encode(encoding, "replace")
