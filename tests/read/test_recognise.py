"""Recognition: every form has a place in the table, and no value of any kind stops it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.checks.world import BUCKET

from snaplint.base.source import parted
from snaplint.base.unknown import Unknown
from snaplint.facts import PolicyDocument
from snaplint.read.includes import dotted
from snaplint.read.preflight import read_preflight
from snaplint.read.recognise.forms import FORMS, recognised
from snaplint.read.recognise.texts import CANNED_ACLS, ErrorAnswer, Other, error_in, recognised_text
from snaplint.read.slots import slot
from snaplint.syntax import json_text
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files
from snaplint.syntax.text import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMBERS = sorted({member for form in FORMS for member in form.members})
WRAPPERS = ["Policy", "PolicyVersion", "PolicyDocument", "Document", "Content", "PolicySummary", "RoleName", "Bucket"]
ERRORS = [
    "Error",
    "Code",
    "Message",
    "BucketName",
    "An error occurred (X) when calling the Y operation",
    "aws: [ERROR]",
]
POLICY_WORDS = ["Version", "Statement", "Effect", "Action", "Principal", "Resource", "Ref", "Fn::Sub"]
TEXTS = st.sampled_from(
    ["", "null", "None", "{}", "[]", "{", "%7B%7D", "%", "arn:", "arn:aws:iam::1:policy/x", "~", "sts:x"]
)
NAMES = st.sampled_from([*MEMBERS, *WRAPPERS, *ERRORS, *POLICY_WORDS]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_an_object_is_recognised_or_not_and_never_stops_the_run(value: dict[str, Any]) -> None:
    form = recognised(value)
    if form is not None:
        assert form.describes(value)
        assert isinstance(form.names(value), dict)
    error = error_in(value)
    assert error is None or isinstance(error.code, str)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_policy_has_none_of_the_forms(form: Any) -> None:
    policy = {"Version": "2012-10-17", "Id": "x", "Statement": []}
    assert not all(member in policy for member in form.members) or not form.describes(policy)


@given(st.text(max_size=60) | TEXTS | st.builds("An error occurred ({}) when {}".format, st.text(), st.text()))
def test_a_text_is_recognised_or_not_and_never_stops_the_run(text: str) -> None:
    assert isinstance(recognised_text(text), ErrorAnswer | Other | None)


@pytest.mark.parametrize(
    "name", ["policies/exporter.json", "policy", "us-east-1", "BucketOwnerEnforced", "p.txt", "$P"]
)
def test_a_path_and_a_setting_are_no_texts_with_a_name(name: str) -> None:
    assert recognised_text(name) is None


@pytest.mark.parametrize("name", CANNED_ACLS)
def test_canned_acls(name: str) -> None:
    assert recognised_text(name) == Other(f"the name of the canned ACL `{name}`")


NO_PATHS = ("cannot read `", "` is outside the project", "a path cannot have a NUL character")
"""What is said of texts that are taken for paths."""

SLOTS = [("caller", "policies", 0), ("caller", "boundary"), ("buckets", BUCKET, "policy")]


def faults_of_json(value: object) -> Iterator[str]:
    """Yield what the reader of JSON says about each text in a value, also about percent-encoded texts."""
    if isinstance(value, str):
        for text in {value, unquote(value)}:
            try:
                value = json_text.load(text)
            except Malformed as error:
                yield error.message
            else:
                yield from faults_of_json(value)
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from faults_of_json(each)


@settings(deadline=None)
@given(VALUES | st.builds(json.dumps, VALUES), st.sampled_from(SLOTS))
@example([{"Policy": "["}, {"Policy": "]"}], SLOTS[0])
@example([{"Statement": []}, {"Policy": "["}], SLOTS[0])
def test_a_value_in_place_of_a_policy_is_a_policy_or_a_fault(value: object, place: tuple[Any, ...]) -> None:
    """A value is a policy (even one that AWS refuses), known to be none, or a fault with the fact unknown."""
    facts: dict[str, Any] = {"version": 1, "account": "111122223333", "region": "us-east-1", "requests": [{}]}
    if place[0] == "caller":
        inside = [value] if place[1] == "policies" else value
        facts["caller"] = {"arn": "arn:aws:iam::111122223333:role/exporter", place[1]: inside}
    else:
        facts["buckets"] = {BUCKET: {"policy": value}}
    document = parse("a.json", json.dumps(facts).encode())
    found, faults = parted(read_preflight(document, Files()))
    if not found:  # not of the form of a preflight file
        assert faults
        return
    caller, bucket = found[0].caller, found[0].facts.buckets.get(BUCKET)
    if place[0] == "caller":
        policies = caller.policies if place[1] == "policies" else (caller.boundary,)
    else:
        policies = (bucket.policy,)  # type: ignore[union-attr]
    assert isinstance(policies, tuple)
    if faults:
        # a list in place of one of several policies may have good ones beside the one with the fault
        assert any(isinstance(each, Unknown) and each.unreadable for each in policies)
        span = document.span(place)
        said = (f"`{dotted(place)}` must be {slot(place).what}, not ", *NO_PATHS)
        for fault in faults:
            assert fault.path == "a.json"
            assert (span.line, span.column) <= (fault.line, fault.column) <= (span.end_line, span.end_column)
            assert any(words in fault.message for words in said) or fault.message in faults_of_json(value)
    else:
        assert all(isinstance(each, PolicyDocument) or (each is None and slot(place).is_nullable) for each in policies)
