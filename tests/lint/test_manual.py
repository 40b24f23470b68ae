"""The manual: what `snaplint explain` takes from the pages, and that what it advises to paste is right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import snaplint
from snaplint.base.source import parted
from snaplint.findings.cause import KINDS, MISSING_FACT, UNDOCUMENTED
from snaplint.findings.result import Result
from snaplint.findings.verdict import FAILS
from snaplint.lint import manual, pages, rulebook
from snaplint.lint.linter import check_document
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from snaplint.findings.rule import Rule

BUILTIN = rulebook.builtin_rules()
RULES = [pytest.param(rule, id=rule.id) for rule in BUILTIN]
BUCKET, SERVICE = "acme-redis-exports", "us-east-1.elasticache-snapshot.amazonaws.com"
CALLER = "arn:aws:iam::111122223333:role/exporter"
REQUEST = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders", "TargetBucket": BUCKET}
DENY_OUTSIDE_VPC = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
}


def pasted(kind: str) -> Any:
    """Return the JSON in the section of a kind of cause: the first block."""
    return next(json.loads(each) for each in manual.cause(kind).paragraphs if each.startswith(("{", "[")))


def verdicts(bucket: dict[str, Any], caller: dict[str, Any] | None = None, **facts: Any) -> dict[str, str]:
    known = {"region": "us-east-1", "account": "111122223333", "policy": None, "acl": None, **bucket}
    known.setdefault("ownership", "BucketOwnerEnforced")
    world = {
        "account": "111122223333",
        "region": "us-east-1",
        "buckets": {BUCKET: known},
        "snapshots": {"nightly": {"NumNodeGroups": 1}},
        "caller": caller or {},
        **facts,
    }
    return {each.rule.id: each.verdict for each in snaplint.check(REQUEST, facts=world).verdicts}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_section_with_a_summary_what_it_means_and_what_to_change(kind: str) -> None:
    paragraphs = manual.cause(kind).paragraphs
    assert paragraphs[0].endswith(".")
    assert [each for each in paragraphs if each.startswith("#")] == ["### What it means", "### What to change"]


def test_the_page_has_no_section_of_another_kind() -> None:
    headings = [line[3:] for line in rulebook.causes_page().splitlines() if line.startswith("## ")]
    assert headings == list(KINDS)


def test_no_rule_has_the_id_of_a_kind() -> None:
    assert {rule.id for rule in BUILTIN}.isdisjoint(KINDS)


def test_all_that_the_page_shows_as_code_is_json() -> None:
    blocks = [each for _, section in manual.causes() for each in section.paragraphs if each.startswith(("{", "["))]
    assert len(blocks) > 10
    for block in blocks:
        json.loads(block)


def test_the_statement_for_the_service_grants_all_that_it_needs() -> None:
    found = verdicts({"policy": policy(pasted("missing-grant"))})
    for rule in ("service-lacks-read", "service-lacks-write", "service-lacks-read-acp", "grant-incomplete"):
        assert found[rule] == "passes"


def test_the_exemption_from_a_deny_is_enough() -> None:
    grant = pasted("missing-grant")
    assert verdicts({"policy": policy(grant, DENY_OUTSIDE_VPC)})["service-lacks-write"] == "fails"
    condition = DENY_OUTSIDE_VPC["Condition"]["StringNotEquals"] | pasted("deny")["StringNotEquals"]  # type: ignore[index]
    exempt = {**DENY_OUTSIDE_VPC, "Condition": {"StringNotEquals": condition}}
    assert verdicts({"policy": policy(grant, exempt)})["service-lacks-write"] == "passes"


def test_the_exemption_from_an_rcp_is_enough() -> None:
    rcp = {key: value for key, value in DENY_OUTSIDE_VPC.items() if key != "Resource"} | {"Resource": "*"}
    world = {"policy": policy(pasted("missing-grant"))}
    organization = {"scps": [], "rcps": [[policy(rcp)]]}
    assert verdicts(world, organization=organization)["service-lacks-write"] == "fails"
    exempt = {**rcp, "Condition": {**DENY_OUTSIDE_VPC["Condition"], **pasted("rcp")}}  # type: ignore[dict-item]
    organization["rcps"] = [[policy(exempt)]]
    assert verdicts(world, organization=organization)["service-lacks-write"] == "passes"


def test_the_principal_is_that_of_the_service() -> None:
    assert pasted("wrong-principal") == {"Principal": {"Service": SERVICE}}


def test_the_statements_of_a_boundary_are_enough_for_the_caller() -> None:
    own = policy(*pasted("boundary"))
    caller = {"arn": CALLER, "policies": [own], "boundary": own, "session_policies": [own]}
    found = verdicts({}, caller, organization=None)
    assert [found[rule] for rule in ("caller-not-permitted", "caller-cannot-list-buckets")] == ["passes", "passes"]


def test_the_exemption_from_an_scp_is_enough() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    everything = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    caller = {"arn": CALLER, "policies": [everything], "boundary": None, "session_policies": []}
    organization = {"scps": [[everything, policy(deny)]], "rcps": []}
    assert verdicts({}, caller, organization=organization)["caller-not-permitted"] == "fails"
    organization["scps"] = [[everything, policy({**deny, "Condition": pasted("scp")})]]
    assert verdicts({}, caller, organization=organization)["caller-not-permitted"] == "passes"


def test_the_grants_of_an_acl_are_enough() -> None:
    acl = {"Grants": pasted("acl")}
    found = verdicts({"acl": acl, "ownership": "BucketOwnerPreferred", "public_access_block": None})
    for rule in ("service-lacks-read", "service-lacks-write", "service-lacks-read-acp"):
        assert found[rule] == "passes"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_names_every_kind_of_cause_that_its_cases_have(rule: Rule) -> None:
    kinds = set()
    for case in pages.cases(rule):
        document = parse("case.yaml", pages._completed(rule, case.text).encode())
        results, _ = parted(check_document(document, Files(), [rule]))
        found = [verdict for each in results if isinstance(each, Result) for verdict in each.verdicts]
        kinds |= {cause.kind for verdict in found if verdict.verdict == FAILS for cause in verdict.causes}
    assert kinds <= {*manual.kinds_of(rule), MISSING_FACT, UNDOCUMENTED}


def test_prose_has_its_links_apart() -> None:
    found = manual.prose(
        "See the [export\nguide](https://docs.aws.amazon.com/a#b), and\nmore.\n\n```json\n{}\n[]\n```\n"
    )
    assert found == manual.Prose(("See the export guide, and more.", "{}\n[]"), ("https://docs.aws.amazon.com/a#b",))


def test_page_of_another_form_is_printed_whole() -> None:
    assert manual.why("# a\n\nNo headings.\n").paragraphs == ("# a", "No headings.")
    assert manual.rest("# a\n\nNo headings.\n") == "# a\n\nNo headings.\n"
