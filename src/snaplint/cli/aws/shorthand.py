r"""The shorthand of the AWS CLI, `Key=team,Value=data`, for structures whose members are text.

A value is bare or in quotes; a comma in it is written `\,` or quoted. What the AWS CLI refuses is refused, and so are
lists and structures as values, which no member of the operations here accepts.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
"""

from __future__ import annotations

import re

_KEY = re.compile(r"([A-Za-z0-9_.#/:-]*)\s*=\s*")
_QUOTED = re.compile(r"""'((?:\\\\|\\'|[^'])*)'|"((?:\\\\|\\"|[^"])*)\"""")
_BARE = re.compile(r"""(?:\\,|[^\s"',=\[{])(?:\\,|[^"',\]}])*""")
_END = re.compile(r"\s*(,\s*|$)")
_ESCAPED = re.compile(r"\\([\\'\"])")


def pairs(text: str) -> dict[str, str]:
    """Return the names and values of one shorthand structure.

    Raises ValueError with a message that states what is expected, and where.
    """
    values: dict[str, str] = {}
    at = 0
    while True:
        key, at = _key(text, at)
        if key in values:
            raise ValueError(f"`{key}` is given twice in `{text}`")
        values[key], at = _value(text, at)
        end = _END.match(text, at)
        if end is None:
            raise ValueError(
                f"expected a comma before `{text[at:]}` in `{text}`; quote the whole value if it contains quotes"
            )
        at = end.end()
        if not end[1]:
            return values


def _key(text: str, at: int) -> tuple[str, int]:
    """Return the name at an offset, and the offset of its value."""
    match = _KEY.match(text, at)
    if match is None:
        raise ValueError(f"expected NAME=VALUE at `{text[at:]}` in `{text}`; a comma in a value is written `\\,`")
    return match[1], match.end()


def _value(text: str, at: int) -> tuple[str, int]:
    """Return the value at an offset, and the offset of its end; a missing value is empty text."""
    if text[at : at + 1] in ("'", '"'):
        match = _QUOTED.match(text, at)
        if match is None:
            raise ValueError(f"the quote at `{text[at:]}` does not end")
        quoted = match[1] if match[1] is not None else match[2]
        # only the enclosing quote and the backslash can be escaped
        quote = text[at]
        return _ESCAPED.sub(lambda found: found[1] if found[1] in ("\\", quote) else found[0], quoted), match.end()
    if text[at : at + 1] in ("[", "{"):
        raise ValueError(f"expected text at `{text[at:]}` in `{text}`")
    match = _BARE.match(text, at)
    return (match[0].replace("\\,", ",").rstrip(), match.end()) if match else ("", at)
