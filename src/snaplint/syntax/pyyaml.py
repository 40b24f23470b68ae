"""PyYAML, imported in half of the usual time, and the characters that YAML does not allow.

When PyYAML is imported it compiles a pattern of these characters, for a parser in Python that snaplint does not use.
That takes as long as half of `python -c pass`, because the pattern lists the million characters that are allowed. Ours
lists the others, is compiled in a tenth of the time, and is put into the cache of `re` for PyYAML to find. If `re` has
no such cache, PyYAML compiles its own.
"""

from __future__ import annotations

import re

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""One character that YAML does not allow: https://yaml.org/spec/1.1/#c-printable."""

OF_PYYAML = "[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""The pattern of PyYAML for the same characters (`yaml.reader.Reader.NON_PRINTABLE`)."""

_cache = getattr(re, "_cache", None)
if isinstance(_cache, dict):
    _cache.setdefault((str, OF_PYYAML, 0), FORBIDDEN)

import yaml  # noqa: E402  # after the pattern is in the cache

__all__ = ["FORBIDDEN", "yaml"]
