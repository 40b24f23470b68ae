"""Places of routes through several files."""

from __future__ import annotations

import pytest

from snaplint.base.source import Key, Place, Route, Span
from snaplint.read.source_map import SourceMap
from snaplint.syntax.document import parse

MAIN = parse("main.yaml", b"buckets:\n  a: {policy: p.json}\n  b: {}\n")
POLICY = parse("p.json", b'{"Statement": []}')


@pytest.fixture
def source() -> SourceMap:
    source = SourceMap(MAIN)
    source.mount(("buckets", "a", "policy"), POLICY)
    return source


@pytest.mark.parametrize(
    ("route", "path", "span"),
    [
        (("buckets", "b"), "main.yaml", Span(3, 6, 3, 8)),
        (("buckets", Key("b")), "main.yaml", Span(3, 3, 3, 4)),
        (("buckets", "a", "policy"), "p.json", Span(1, 1, 1, 18)),
        (("buckets", "a", "policy", "Statement"), "p.json", Span(1, 15, 1, 17)),
        (("buckets", "a", "policy", Key("Statement")), "p.json", Span(1, 2, 1, 13)),
        # the key of a mounted value is in another document, so this is the place of the value
        (("buckets", "a", Key("policy")), "p.json", Span(1, 1, 1, 18)),
    ],
)
def test_places(source: SourceMap, route: Route, path: str, span: Span) -> None:
    assert source.place(route) == Place(path, span)


def test_a_key_and_its_value_are_two_routes(source: SourceMap) -> None:
    key, value = ("buckets", Key("b")), ("buckets", "b")
    assert len({key: 1, value: 2}) == 2
    # each keeps its own place, whichever is asked for first
    assert source.place(value) != source.place(key)
    assert source.place(key) != source.place(value)
    assert f"{Key('b')}" == "b"
