from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.fakes import pieces, request, verdict
from tests.report.story import CLEAN, FAILING, FAULTS, RESULTS, UNDETERMINED

import snaplint
from snaplint.base.source import Fault
from snaplint.findings.result import Result
from snaplint.findings.verdict import Blame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


SCHEMA = json.loads(
    Path(snaplint.__file__).parent.joinpath("schemas", "report-v1.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def report(*results: Result, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """Return a report as data, after checking that it is valid and plain ASCII."""
    text = "".join(pieces("json", [*results, *faults]))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    read: dict[str, Any] = json.loads(text, parse_constant=_refuse)
    VALIDATOR.validate(read)
    return read


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def test_a_run_over_nothing_is_a_whole_report() -> None:
    assert report() == {
        "schema_version": 1,
        "snaplint": "0.1.0",
        "results": [],
        "causes": [],
        "errors": [],
        "notes": [],
        "reading_policy": None,
        "second_opinion": None,
        "summary": {
            "requests": 0,
            "fails": 0,
            "passes": 0,
            "cannot-tell": 0,
            "cannot-tell-documented": 0,
            "not-applicable": 0,
        },
    }  # fmt: skip


def test_the_keys_stand_in_the_order_of_the_contract() -> None:
    read = report(*RESULTS, faults=FAULTS)
    assert list(read) == [
        "schema_version",
        "snaplint",
        "results",
        "causes",
        "errors",
        "notes",
        "reading_policy",
        "second_opinion",
        "summary",
    ]
    result = read["results"][0]
    assert list(result) == ["request", "note", "outcome", "verdicts"]
    assert list(result["request"]) == [
        "operation",
        "SourceSnapshotName",
        "TargetSnapshotName",
        "TargetBucket",
        "location",
    ]
    failing = next(given for given in result["verdicts"] if given["rule"] == "service-lacks-write")
    assert list(failing) == [
        "rule", "verdict", "severity", "certainty", "message", "predicts", "solution", "docs", "fingerprint",
        "location", "assumes", "because", "depends_on", "causes", "repair",
    ]  # fmt: skip
    assert list(read["causes"][0]) == [
        "id", "kind", "verdict", "severity", "message", "location", "layer", "sid", "effect", "rules", "requests",
        "advises", "repair", "settle",
    ]  # fmt: skip
    assert list(failing["location"]) == ["path", "line", "column", "end_line", "end_column"]
    assert list(failing["because"][0]) == ["path", "line", "column", "layer", "sid", "effect", "text"]
    assert list(read["errors"][0]) == ["path", "line", "column", "message"]
    assert list(read["summary"]) == [
        "requests", "fails", "passes", "cannot-tell", "cannot-tell-documented", "not-applicable",
    ]  # fmt: skip


def test_without_a_file_every_location_is_null() -> None:
    blame = Blame(("x",), "SCP", "denies it")
    result = report(request(verdict("a", "fails", "m", because=(blame,))))["results"][0]
    assert result["request"]["location"] is None
    assert result["verdicts"][0]["location"] is None
    assert result["verdicts"][0]["because"] == [
        {"path": None, "line": None, "column": None, "layer": "SCP", "sid": None, "effect": None, "text": "denies it"}
    ]


@pytest.mark.parametrize(
    ("bucket", "state"),
    [
        ({}, "no `TargetBucket`"),
        ({"TargetBucket": None}, "`TargetBucket` is null"),
        ({"TargetBucket": ""}, "`TargetBucket` is empty"),
        ({"TargetBuket": "exports"}, "no `TargetBucket` (is `TargetBuket` meant to be it?)"),
        ({"targetBucket": "exports"}, "no `TargetBucket` (is `targetBucket` meant to be it?)"),
        ({"Bucket": "exports"}, "no `TargetBucket` (is `Bucket` meant to be it?)"),
        ({"S3BucketName": "exports"}, "no `TargetBucket` (is `S3BucketName` meant to be it?)"),
        ({"Description": "exports"}, "no `TargetBucket`"),
    ],
)
def test_a_copy_says_that_it_exports_nothing(bucket: dict[str, Any], state: str) -> None:
    members = {"operation": "elasticache:CopySnapshot", "SourceSnapshotName": "a", "TargetSnapshotName": "b", **bucket}
    result = report(Result(members, (), (verdict("a", "passes"),)))["results"][0]
    expected = f"{state}: this copies within ElastiCache and exports nothing"
    assert result["note"] == expected


def test_an_export_has_no_note() -> None:
    assert report(request(verdict("a", "passes")))["results"][0]["note"] is None


def test_a_member_that_is_null_stays_null() -> None:
    result = report(request(verdict("a", "passes"), TargetBucket=None))["results"][0]
    assert result["request"]["TargetBucket"] is None


def test_what_is_found_is_said_with_its_places() -> None:
    read = report(FAILING)["results"][0]
    assert read["request"]["location"] == {"path": "exports.snaplint.yaml", "line": 8, "column": 5}
    failing = next(given for given in read["verdicts"] if given["rule"] == "service-lacks-write")
    assert failing["location"] == {
        "path": "exports.snaplint.yaml", "line": 10, "column": 19, "end_line": 10, "end_column": 37
    }  # fmt: skip
    blame = failing["because"][0]
    assert "`aws:PrincipalIsAWSService`" in blame.pop("text")
    assert blame == {
        "path": "policies/exports-bucket.json",
        "line": 11,
        "column": 5,
        "layer": "bucket policy",
        "sid": "NoServices",
        "effect": "Deny",
    }
    undetermined = next(given for given in read["verdicts"] if given["rule"] == "caller-not-permitted")
    assert undetermined["depends_on"] == ["aws:SourceVpce"]
    assumptions = ["caller.boundary", "caller.session_policies", "organization.scps", "organization.rcps"]
    assert undetermined["assumes"] == assumptions


@pytest.mark.parametrize(("result", "outcome"), [(FAILING, "fails"), (UNDETERMINED, "cannot-tell"), (CLEAN, "passes")])
def test_the_outcome_is_the_worst_verdict(result: Result, outcome: str) -> None:
    assert report(result)["results"][0]["outcome"] == outcome


SETTLED = ["rule", "verdict", "severity", "certainty", "message"]


@pytest.mark.parametrize("word", ["passes", "not-applicable"])
def test_what_passes_or_does_not_apply_has_no_places_and_predicts_nothing(word: str) -> None:
    blame = Blame(("x",), "SCP", "allows it")
    made = verdict("a", word, "m", predicts="Refused.", code="Code", because=(blame,), depends_on=("x",))
    plain, assuming = report(request(made, made._replace(assumes=("caller.boundary",))))["results"][0]["verdicts"]
    assert list(plain) == SETTLED
    assert list(assuming) == [*SETTLED, "assumes"]
    assert assuming == {**plain, "assumes": ["caller.boundary"]}


def test_a_real_report_has_few_members_for_what_is_no_finding() -> None:
    verdicts = [given for result in report(*RESULTS)["results"] for given in result["verdicts"]]
    settled = [given for given in verdicts if given["verdict"] in ("passes", "not-applicable")]
    assert {tuple(given) for given in settled} == {tuple(SETTLED), (*SETTLED, "assumes")}
    findings = [given for given in verdicts if given not in settled]
    assert all("depends_on" in given and "fingerprint" in given for given in findings)


@pytest.mark.parametrize("word", ["fails", "cannot-tell"])
def test_a_prediction_has_a_code_only_where_one_is_known(word: str) -> None:
    verdicts = (
        verdict("silent", word),
        verdict("plain", word, predicts="Refused."),
        verdict("coded", word, predicts="Refused.", code="InvalidParameterValue"),
    )
    predicted = [given["predicts"] for given in report(request(*verdicts))["results"][0]["verdicts"]]
    assert predicted == [None, {"message": "Refused."}, {"message": "Refused.", "code": "InvalidParameterValue"}]


def test_the_summary_counts_verdicts() -> None:
    counted = report(*RESULTS, faults=FAULTS)["summary"]
    assert counted == {
        "requests": 3, "fails": 5, "passes": 8, "cannot-tell": 11, "cannot-tell-documented": 10, "not-applicable": 9
    }  # fmt: skip


def test_a_member_cannot_take_the_place_of_the_location() -> None:
    given = request(verdict("a", "passes"), location="here", Extra={"deep": [1, 2.5, None, True]})
    assert report(given)["results"][0]["request"] == {
        "operation": "elasticache:CopySnapshot",
        "SourceSnapshotName": "automatic.orders-2026-11-01-03-00",
        "TargetSnapshotName": "orders-2026-11",
        "TargetBucket": "acme-redis-exports",
        "Extra": {"deep": [1, 2.5, None, True]},
        "location": None,
    }


def test_what_json_cannot_hold_is_put_in_words() -> None:
    cyclic: list[object] = []
    cyclic += [cyclic, cyclic]
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    read = report(
        request(
            verdict("a", "passes"),
            When=datetime(2026, 11, 1, tzinfo=UTC),
            Raw=b"\xff",
            Nan=float("nan"),
            Huge=16**5000,
            Cyclic=cyclic,
            Deep=deep,
            Keys={1: "one", None: "none"},
            Lone="\ud800\x7f\x1b",
        )
    )["results"][0]["request"]
    assert read["When"] == "2026-11-01 00:00:00+00:00"
    assert read["Raw"] == "b'\\xff'"
    assert read["Nan"] == "nan"
    assert read["Huge"] == "0x1" + "0" * 5000
    assert read["Cyclic"] == ["…", "…"]
    assert str(read["Deep"]).strip("[]'") == "…"
    assert read["Keys"] == {"1": "one", "None": "none"}
    assert read["Lone"] == "\ud800\x7f\x1b"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4) | st.tuples(inner),
)


@given(st.dictionaries(st.text(st.characters(codec=None)), JSON, max_size=4), st.text(st.characters(codec=None)))
def test_whatever_the_request_the_report_keeps_its_form(members: dict[str, object], text: str) -> None:
    found = verdict(
        text, "fails", text, predicts=text, because=(Blame((), text, text, text, text),), depends_on=(text,)
    )
    plain = request(found)
    given = plain._replace(request={"operation": "elasticache:CopySnapshot", **members})
    read = report(given, faults=[Fault(text, 1, 1, text)])
    assert read["results"][0]["verdicts"][0]["message"] == text
    assert {*members, "operation", "location"} == set(read["results"][0]["request"])


def test_results_are_drawn_one_by_one_and_a_fault_between_them_is_an_error_at_the_end() -> None:
    drawn: list[int] = []

    def producer() -> Iterator[Result | Fault]:
        for number in range(2):
            drawn.append(number)
            yield CLEAN
            yield FAULTS[0]

    made = pieces("json", producer())
    head = [next(made), next(made)]
    assert drawn == [0]
    read = json.loads("".join([*head, *made]))
    assert [result["outcome"] for result in read["results"]] == ["passes", "passes"]
    assert [fault["path"] for fault in read["errors"]] == ["policies/carts.json"] * 2


def test_memory_does_not_grow_with_the_number_of_requests() -> None:
    def peak(requests: int) -> int:
        results = (request(*UNDETERMINED.verdicts, TargetSnapshotName=f"n{number}") for number in range(requests))
        tracemalloc.start()
        try:
            for _ in pieces("json", results):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50)  # modules loaded on first use do not count
    few, many = 50, 5050
    assert (peak(many) - peak(few)) / (many - few) < 16 * len(UNDETERMINED.verdicts), "bytes a request, in its causes"


def test_the_schema_is_sound_and_explains_itself() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:snaplint:schema:report-v1"
    for name, part in [("report", SCHEMA), *SCHEMA["definitions"].items()]:
        assert part["title"], name
        assert part["description"], name
        if "properties" in part and name != "request":  # a request keeps all its members, valid or not
            assert part["additionalProperties"] is False, name
            optional = {"assumes"} if name == "settled" else set[str]()
            assert set(part["required"]) == set(part["properties"]) - optional, name


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema_version"], 2),
        (["extra"], 1),
        (["results", 0, "outcome"], "fine"),
        (["results", 0, "verdicts", 0, "extra"], 1),
        (["results", 0, "verdicts", 0, "verdict"], "cannot-tell"),
        (["results", 0, "verdicts", 0, "assumes"], []),
        (["results", 0, "verdicts", 0, "fingerprint"], "short"),
        (["results", 0, "request", "location"], {"path": "x"}),
        (["errors", 0, "line"], 0),
    ],
)
def test_the_schema_refuses_what_is_not_the_form(path: list[str | int], value: object) -> None:
    read = report(*RESULTS, faults=FAULTS)
    inner: Any = read
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert not VALIDATOR.is_valid(read)
