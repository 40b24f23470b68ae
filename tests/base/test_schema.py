"""The fast check and jsonschema agree on every document, and invalid ones are explained with places and messages."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from tests.checks.world import good

from snaplint import schemas
from snaplint.base.schema import accepts
from snaplint.base.schema_errors import validator
from snaplint.base.schema_faults import explain
from snaplint.base.source import Key
from snaplint.lint import rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn

    from snaplint.base.source import Route

PREFLIGHT = schemas.schema("preflight")
CONFIG = schemas.schema("config")
RULE = rulebook.rule_schema()
SIMULATE = schemas.schema("simulate")
FORMS = {"preflight": PREFLIGHT, "config": CONFIG, "rule": RULE, "simulate": SIMULATE}
QUICK = {name: accepts(form) for name, form in FORMS.items()}
SLOW = {name: Draft7Validator(form) for name, form in FORMS.items()}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 60),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(["", "a", "1", "redis", "111122223333", "us-east-1", "https://x.y", "0.1.0", "aws:userid", "\n"]),
    st.text(max_size=4),
)
JUNK: st.SearchStrategy[object] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)


# -- documents around a schema
# ------------------------------------------------------------------------------------------------------------------


@st.composite
def around(draw: DrawFn, root: Mapping[str, Any], node: Any = None) -> Any:
    """Draw a document that nearly matches a schema."""
    node = root if node is None else node
    if isinstance(node, bool) or not draw(st.integers(0, 11)):
        return draw(JUNK)
    if "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return draw(around(root, target))
    if "enum" in node:
        return draw(st.sampled_from(node["enum"]))
    if "const" in node:
        return node["const"]
    kinds = node.get("type", "string")
    kind = draw(st.sampled_from(kinds)) if isinstance(kinds, list) else kinds
    return draw(_of_kind(root, node, kind))


@st.composite
def _of_kind(draw: DrawFn, root: Mapping[str, Any], node: Any, kind: str) -> Any:
    match kind:
        case "object":
            return draw(_object(root, node))
        case "array":
            item = around(root, node.get("items", True))
            return draw(st.lists(item, min_size=draw(st.integers(0, 1)), max_size=2))
        case "string":
            pattern = node.get("pattern")
            return draw(st.from_regex(pattern) if pattern and draw(st.booleans()) else st.text(max_size=12))
        case "boolean":
            return draw(st.booleans())
        case "integer" | "number":
            return draw(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
        case _:
            return None


@st.composite
def _object(draw: DrawFn, root: Mapping[str, Any], node: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    required = node.get("required", [])
    for name, inner in node.get("properties", {}).items():
        if draw(st.integers(0, 9 if name in required else 2)) > (0 if name in required else 1):
            made[name] = draw(around(root, inner))
    other = node.get("additionalProperties", True)
    if isinstance(other, dict):
        made.update(draw(st.dictionaries(st.text(max_size=5), around(root, other), max_size=2)))
    elif not draw(st.integers(0, 9)):
        made[draw(st.text(max_size=5))] = draw(JUNK)
    return made


@st.composite
def damaged(draw: DrawFn) -> Any:
    """Draw the good preflight file with a few values dropped, renamed or replaced."""
    data = copy.deepcopy(good())
    for _ in range(draw(st.integers(0, 3))):
        at: Any = data
        while True:
            steps = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            inner = at[step]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
                at = inner
                continue
            match draw(st.sampled_from(["drop", "rename", "null", "junk", "wrap"])):
                case "drop":
                    del at[step]
                case "rename" if isinstance(at, dict):
                    at[draw(st.sampled_from([str(step) + "s", str(step).upper(), "$schema", "x"]))] = at.pop(step)
                case "null":
                    at[step] = None
                case "wrap":
                    at[step] = [inner]
                case _:
                    at[step] = draw(JUNK)
            break
    return data


def agree(name: str, data: Any) -> None:
    valid = SLOW[name].is_valid(data)
    assert QUICK[name](data) is valid
    assert errors_of(validator(FORMS[name]), data) == errors_of(SLOW[name], data)
    faults = list(explain(FORMS[name], data))
    assert bool(faults) is not valid
    for route, message in faults:
        assert message
        assert "Traceback" not in message
        _reach(data, route)


def errors_of(judge: Any, data: Any) -> list[tuple[Any, ...]]:
    """Return what messages are made of, for each error: its message, its keyword, and the places of both.

    They are sorted, because jsonschema takes the errors of additional members from a set.
    """
    return sorted(
        (
            (error.message, error.validator, error.validator_value, list(error.schema_path), list(error.absolute_path))
            for error in judge.iter_errors(data)
        ),
        key=repr,
    )


def _reach(data: Any, route: Route) -> None:
    """Check that the place of an explanation exists."""
    for step in route:
        if isinstance(step, Key):
            assert step.name in data
            return
        data = data[step]


@settings(deadline=None, max_examples=300)
@given(damaged())
@example({})
@example([])
@example(None)
@example("version")
def test_fast_check_agrees_on_damaged_preflight_files(data: Any) -> None:
    agree("preflight", data)


@settings(deadline=None, max_examples=200)
@given(around(PREFLIGHT))
def test_fast_check_agrees_on_documents_around_the_preflight_schema(data: Any) -> None:
    agree("preflight", data)


@settings(deadline=None, max_examples=200)
@given(around(CONFIG))
def test_fast_check_agrees_on_documents_around_the_config_schema(data: Any) -> None:
    agree("config", data)


@settings(deadline=None, max_examples=200)
@given(around(SIMULATE))
def test_fast_check_agrees_on_documents_around_the_simulate_schema(data: Any) -> None:
    agree("simulate", data)


@settings(deadline=None, max_examples=200)
@given(around(RULE))
def test_fast_check_agrees_on_documents_around_the_rule_schema(data: Any) -> None:
    agree("rule", data)


@pytest.mark.parametrize("name", FORMS)
def test_what_is_published_is_valid_draft_07(name: str) -> None:
    assert FORMS[name]["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(FORMS[name])


def test_report_schema_is_valid_draft_07() -> None:
    report = schemas.schema("report")
    assert report["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(report)


# -- each keyword alone
# ------------------------------------------------------------------------------------------------------------------

KEYWORDS: list[Any] = [
    True,
    False,
    {},
    *({"type": kind} for kind in ("object", "array", "string", "boolean", "null", "integer", "number")),
    {"type": ["string", "null"]},
    {"type": ["integer", "array"]},
    {"enum": ["a", 1, None]},
    {"enum": [True]},
    {"enum": [0, ""]},
    {"const": 1},
    {"const": False},
    {"const": "a"},
    {"pattern": "^[a-z]+$"},
    {"pattern": "1"},
    {"minLength": 1},
    {"maxLength": 2},
    {"minItems": 1},
    {"maxItems": 1},
    {"minProperties": 1},
    {"minimum": 1},
    {"maximum": 1},
    {"uniqueItems": True},
    {"required": ["a", ""]},
    {"properties": {"a": {"type": "string"}}},
    {"properties": {"a": True}, "additionalProperties": False},
    {"properties": {"a": True}, "additionalProperties": {"type": "null"}},
    {"additionalProperties": False},
    {"additionalProperties": {"type": "integer"}},
    {"propertyNames": {"pattern": "^a"}},
    {"items": {"type": "string"}},
    {"items": False},
    {"anyOf": [{"type": "string"}, {"minimum": 3}]},
    {"definitions": {"a": {"type": "null"}}, "$ref": "#/definitions/a", "type": "string"},
    {
        "definitions": {"tree": {"type": "object", "additionalProperties": {"$ref": "#/definitions/tree"}}},
        "$ref": "#/definitions/tree",
    },
]


@pytest.mark.parametrize("form", KEYWORDS, ids=str)
@settings(deadline=None, max_examples=150)
@given(data=st.one_of(SCALARS, JUNK, st.lists(SCALARS, max_size=3), st.dictionaries(st.sampled_from("ab"), SCALARS)))
@example(data=True)
@example(data=1)
@example(data=1.0)
@example(data=[1, True])
@example(data=[0, False, 0.0])
@example(data=[1, 1.0])
@example(data=[[1], [True]])
@example(data=[{"a": 1}, {"a": True}])
@example(data={"a": {}})
def test_each_keyword_agrees(form: Any, data: Any) -> None:
    assert accepts(form)(data) is Draft7Validator(form).is_valid(data)
    assert errors_of(validator(form), data) == errors_of(Draft7Validator(form), data)


@pytest.mark.parametrize(
    "form",
    [
        {"patternProperties": {"^x": True}},
        {"oneOf": [True]},
        {"not": True},
        {"multipleOf": 2},
        {"if": True},
        {"properties": {"a": {"items": {"allOf": [True]}}}},
        {"definitions": {"x": {"format": "date"}}, "$ref": "#/definitions/x"},
    ],
    ids=lambda form: next(iter(form)),
)
def test_a_keyword_that_the_fast_check_does_not_know_is_refused(form: Any) -> None:
    with pytest.raises(ValueError, match="does not implement the keyword"):
        accepts(form)


def test_a_keyword_that_only_jsonschema_knows_is_explained() -> None:
    form = {"properties": {"a": {"items": {"oneOf": [{"const": 1}, {"const": 2}]}}}}
    assert errors_of(validator(form), {"a": [1, 3, 2]}) == errors_of(Draft7Validator(form), {"a": [1, 3, 2]})
    assert [route for route, _ in explain(form, {"a": [1, 3, 2]})] == [("a", 1)]


def test_only_what_is_invalid_is_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = validator(SIMULATE)
    looks = []
    descend = type(judge).descend

    def counting(self: Any, *args: Any, **named: Any) -> Any:
        looks.append(args)
        return descend(self, *args, **named)

    monkeypatch.setattr(type(judge), "descend", counting)
    keys = [f"aws:key{number}" for number in range(1000)]
    request = {"principal": "*", "action": "s3:GetObject", "resource": "*", "context": dict.fromkeys(keys, "v")}
    line = {"request": request, "unknown": [*keys, "no-key"], "foreign": keys}
    assert [list(error.absolute_path) for error in judge.iter_errors(line)] == [["unknown", 1000]]
    assert 0 < len(looks) < 10


# -- explanations
# ------------------------------------------------------------------------------------------------------------------


def explained(**top: Any) -> list[tuple[Route, str]]:
    """Return the faults of the good file with some of its top members changed; `...` drops one."""
    data = {name: value for name, value in {**good(), **top}.items() if value is not ...}
    return list(explain(PREFLIGHT, data))


def test_a_good_file_has_nothing_to_explain() -> None:
    assert explained() == []


@pytest.mark.parametrize(
    ("change", "route", "words"),
    [
        pytest.param({"bukets": {}}, (Key("bukets"),), "unknown key `bukets`; did you mean `buckets`?", id="near key"),
        pytest.param({"Region": "x"}, (Key("Region"),), "unknown key `Region`; did you mean `region`?", id="case"),
        pytest.param({"zzz": 1}, (Key("zzz"),), "unknown key `zzz`; expected `$schema`, `version`", id="far key"),
        pytest.param({"region": ...}, (), "the file has no `region`", id="missing"),
        pytest.param({"version": 2}, ("version",), "`version` must be `1`", id="const"),
        pytest.param({"version": True}, ("version",), "`version` must be `1`", id="true is not one"),
        pytest.param({"account": 111122223333}, ("account",), "twelve digits, in quotes", id="number"),
        pytest.param({"account": "1111"}, ("account",), "twelve digits, in quotes", id="pattern"),
        pytest.param({"region": "Ohio"}, ("region",), "`region` must be a Region such as us-east-1", id="region"),
        pytest.param({"requests": []}, ("requests",), "a list of at least one request", id="empty list"),
        pytest.param({"requests": [1]}, ("requests", 0), "`requests.0` must be an object", id="item"),
        pytest.param({"caller": {"ARN": "x"}}, ("caller", Key("ARN")), "did you mean `arn`?", id="inner key"),
        pytest.param({"caller": {"arn": "role/x"}}, ("caller", "arn"), "the ARN of a user, a role", id="arn"),
        pytest.param(
            {"caller": {"context": {"OrgID": "o-1"}}},
            ("caller", "context", Key("OrgID")),
            "`OrgID` is not a condition key such as aws:PrincipalOrgID",
            id="condition key",
        ),
        pytest.param(
            {"caller": {"context": {"aws:userid": {}}}},
            ("caller", "context", "aws:userid"),
            "a value, a list of values, or null",
            id="condition value",
        ),
        pytest.param(
            {"organization": {"scps": {}}},
            ("organization", "scps"),
            "a list of levels, the root first",
            id="levels",
        ),
        pytest.param(
            {"buckets": {"b": {"ownershp": "x"}}},
            ("buckets", "b", Key("ownershp")),
            "unknown key `ownershp`; did you mean `ownership`?",
            id="bucket field",
        ),
        pytest.param(
            {"buckets": {"b": {"region": None}}},
            ("buckets", "b", "region"),
            "a Region, the output of get-bucket-location, or its path",
            id="null where none can be",
        ),
        pytest.param(
            {"snapshots": {"s": {"Status": "available"}}},
            ("snapshots", "s", Key("Status")),
            "did you mean `SnapshotStatus`?",
            id="snapshot field",
        ),
        pytest.param({"facts": ""}, ("facts",), "the path of a facts file", id="empty path"),
    ],
)
def test_explanation(change: dict[str, Any], route: Route, words: str) -> None:
    found = explained(**change)
    assert [message for place, message in found if place == route and words in message], found


def test_an_unknown_key_is_placed_at_the_key() -> None:
    ((route, _),) = explained(bukets={})
    assert isinstance(route[-1], Key)


def test_a_condition_key_is_placed_at_the_key() -> None:
    ((route, _),) = explained(caller={"context": {"OrgID": "o-1"}})
    assert isinstance(route[-1], Key)


def test_every_fault_is_told() -> None:
    messages = [message for _, message in explained(version=3, account=5, region=None)]
    assert [word for word in ("`version`", "`account`", "`region`") if not any(word in each for each in messages)] == []


def test_each_missing_key_is_told_by_name() -> None:
    messages = [message for _, message in explain(PREFLIGHT, {})]
    assert messages == [f"the file has no `{name}`" for name in ("version", "account", "region", "requests")]
