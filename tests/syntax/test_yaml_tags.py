"""Tags of YAML are refused, unless a reader defines their meaning."""

from __future__ import annotations

from typing import Any

import pytest

from snaplint.syntax import yaml_places, yaml_text
from snaplint.syntax.text import MAX_DEPTH, Malformed

NAMES = {"!Ref": "Ref", "!GetAtt": "Fn::GetAtt", "!Sub": "Fn::Sub", "!!binary": "binary"}


def named(name: str, value: Any) -> Any:
    return {NAMES[name]: value}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("a: !Ref b", {"a": {"Ref": "b"}}, id="scalar"),
        pytest.param("a: !Ref 012345670123", {"a": {"Ref": "012345670123"}}, id="a scalar is text"),
        pytest.param("a: !Ref", {"a": {"Ref": ""}}, id="nothing"),
        pytest.param("!GetAtt [a, b]", {"Fn::GetAtt": ["a", "b"]}, id="list"),
        pytest.param("a: !Sub {b: 1}", {"a": {"Fn::Sub": {"b": 1}}}, id="mapping"),
        pytest.param("- !Sub\n  - x\n  - {y: !Ref z}", [{"Fn::Sub": ["x", {"y": {"Ref": "z"}}]}], id="nested"),
        pytest.param("a: &b !Ref c\nd: *b", {"a": {"Ref": "c"}, "d": {"Ref": "c"}}, id="alias of a scalar"),
        pytest.param("a: &b !Sub [c]\nd: *b", {"a": {"Fn::Sub": ["c"]}, "d": {"Fn::Sub": ["c"]}}, id="alias of a list"),
        pytest.param("a: !!binary aGk=", {"a": {"binary": "aGk="}}, id="of YAML itself"),
        pytest.param("a: !!str 1", {"a": "1"}, id="text"),
    ],
)
def test_a_reader_says_what_a_tag_means(text: str, data: object) -> None:
    assert yaml_text.load(text, named) == data


@pytest.mark.parametrize(
    ("text", "tag", "at"),
    [
        ("a: !Foo b", "!Foo", 3),
        ("a: !Foo [b]", "!Foo", 3),
        ("a: !Foo {b: c}", "!Foo", 3),
        ("!Ref a: b", "!Ref", 0),
        ("a: ! b", "!", 3),
    ],
)
def test_other_tags_are_refused_as_without_it(text: str, tag: str, at: int) -> None:
    for known in (None, named):
        with pytest.raises(Malformed) as caught:
            yaml_text.load(text, known)
        assert (caught.value.message, caught.value.at) == (f"the tag `{tag}` is not supported", at)


def test_a_tag_counts_as_one_level_more() -> None:
    tags = MAX_DEPTH // 2
    assert yaml_text.load("!Sub [" * tags + "]" * tags, named)
    with pytest.raises(Malformed, match="nested more than"):
        yaml_text.load("!Sub [" * (tags + 1) + "]" * (tags + 1), named)


def test_values_with_tags_have_places() -> None:
    text = "a: !Ref b\nc: !GetAtt [d, e]\nf: !Sub\n  - g\n  - h: !Ref i\nj: k\n"
    places = yaml_places.YamlPlaces(text)

    def at(*route: str | int) -> str:
        start, end = places.extent(route)
        return text[start:end]

    assert at("a") == at("a", "Ref") == "!Ref b"
    assert at("c") == at("c", "Fn::GetAtt", 1) == "!GetAtt [d, e]"
    assert at("f", "Fn::Sub", 1, "h", "Ref").startswith("!Sub\n  - g")
    assert at("j") == "k"
