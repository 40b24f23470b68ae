"""What a cause advises, followed to the letter, leaves no failure: on every case of every rule's page."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import ROOT

from snaplint.facts.model import BLOCK_PUBLIC_ACCESS
from snaplint.findings.result import Result
from snaplint.findings.verdict import FAILS
from snaplint.lint import pages, rulebook
from snaplint.lint.linter import check_document
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.findings.cause import Cause
    from snaplint.findings.rule import Rule
    from snaplint.lint.pages import Case

BUILTIN = rulebook.builtin_rules()
CASES = [
    pytest.param(rule, case, id=f"{rule.id}:{case.line}")
    for rule in BUILTIN
    for case in pages.cases(rule)
    if case.section == "Fails"
]


def data_of(rule: Rule, case: Case) -> Any:
    """Return the preflight file of a case as data, with the policies that are text in it as objects."""
    document = parse("case.yaml", pages._completed(rule, case.text).encode())
    return json.loads(json.dumps(document.data))


def checked(data: Any) -> list[Result]:
    document = parse("case.json", json.dumps(data).encode())
    return [each for each in check_document(document, Files(), BUILTIN) if isinstance(each, Result)]


def statements_of(policy: Any) -> list[Any]:
    found = policy["Statement"]
    if not isinstance(found, list):
        found = policy["Statement"] = [found]
    return found


def at(data: Any, route: Route) -> Any:
    for step in route:
        data = data[step]
    return data


class NotInThisForm(Exception):
    """The case has the policy in a form that this test does not edit, such as a path."""


def policy_at(data: Any, route: Route) -> Any:
    try:
        policy = at(data, route)
    except (KeyError, IndexError, TypeError) as error:
        raise NotInThisForm from error
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise NotInThisForm
    return policy


def follow(data: Any, cause: Cause) -> bool:
    """Do what a cause advises, if it gives JSON to paste; return False if it does not."""
    repair = cause.repair
    if repair is None:
        return False
    if not repair.paste:
        return follow_words(data, cause)
    paste = json.loads(repair.paste)
    route = cause.route
    if cause.kind in ("missing-grant", "boundary", "session-policy", "scp", "rcp"):
        policy = route[: route.index("Statement")] if "Statement" in route else route
        if "Version" in (paste if isinstance(paste, dict) else {}):
            assert at(data, policy[:-1]).get("policy") is None
            at(data, policy[:-1])["policy"] = paste
            return True
        if policy == ("caller", "policies"):
            data["caller"].setdefault("policies", []).append({"Version": "2012-10-17", "Statement": paste})
            return True
        if cause.kind in ("scp", "rcp") and policy[-1:] != () and not isinstance(policy[-1], str) and len(policy) == 3:
            at(data, policy).append({"Version": "2012-10-17", "Statement": paste})
            return True
        statements_of(policy_at(data, policy)).extend(paste if isinstance(paste, list) else [paste])
        return True
    if cause.kind == "deny":
        index = route[-1]
        assert isinstance(index, int)
        statements_of(policy_at(data, route[:-2]))[index].update(paste)
        return True
    if cause.kind == "acl":
        at(data, route)["Grants"].extend(paste)
        return True
    if cause.kind == "setting" and "BlockPublicAcls" in paste:
        at(data, route[:-1])["public_access_block"] = paste
        return True
    raise AssertionError(f"nothing follows the advice of a cause of kind {cause.kind}: {repair}")


def follow_words(data: Any, cause: Cause) -> bool:
    """Do what a cause advises without JSON to paste: name another bucket, principal or grantee, or another name."""
    assert cause.repair is not None
    words = cause.repair.text
    named = re.findall("`([^`]+)`", words)
    if words.startswith("replace ") and cause.kind == "wrong-principal":
        statement = statements_of(policy_at(data, cause.route[:-2]))[cause.route[-1]]  # type: ignore[index]
        statement["Principal"] = json.loads(json.dumps(statement["Principal"]).replace(named[0], named[-1]))
        return True
    if words.startswith("replace ") and cause.kind == "acl":
        for grant in at(data, cause.route[: cause.route.index("Grants") + 1]):
            if cause.name in grant["Grantee"].values():
                grant["Grantee"] = {"Type": "CanonicalUser", "ID": named[0]}
        return True
    if words.startswith("name a bucket"):
        region, account = re.findall(r"is in (\S+) and belongs to account (\d+)", words)[0]
        name = "another-bucket"
        data.setdefault("buckets", {})[name] = {
            "region": region,
            "account": account,
            "policy": None,
            "acl": None,
            "ownership": "BucketOwnerEnforced",
            "encryption": None,
            "public_access_block": dict.fromkeys(BLOCK_PUBLIC_ACCESS, True),
            "keys": [],
        }
        for request in data["requests"]:
            request[named[0]] = name
        return True
    if words.startswith("choose a "):
        data["requests"][-1][named[0]] = "a-name-that-is-free"
        return True
    return False


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_nothing_fails_once_the_advice_is_followed(rule: Rule, case: Case) -> None:
    data = data_of(rule, case)
    before = checked(data)
    for index, result in enumerate(before):
        failing = [verdict for verdict in result.verdicts if verdict.verdict == FAILS and verdict.causes]
        for verdict in failing:
            mended = deepcopy(data)
            try:
                done = [follow(mended, cause) for cause in verdict.causes]
            except NotInThisForm:
                continue
            if done and all(done):
                after = checked(mended)[index].verdicts
                (now,) = [each for each in after if each.rule.id == verdict.rule.id]
                assert now.verdict != FAILS, f"{now.message}, after {[str(cause.repair) for cause in verdict.causes]}"


def example(name: str) -> Any:
    """Return an example as data, with the files that it names in place of their paths."""
    folder = ROOT / "examples" / name
    (path,) = folder.glob("*.snaplint.yaml")

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: whole(each) for key, each in value.items()}
        if isinstance(value, list):
            return [whole(each) for each in value]
        if isinstance(value, str) and value.endswith(".json"):
            return json.loads((folder / value).read_text(encoding="utf-8"))
        return value

    return whole(json.loads(json.dumps(parse(str(path), path.read_bytes()).data)))


@pytest.mark.parametrize("name", ["acl", "first-try"])
def test_an_example_passes_once_all_advice_is_followed(name: str) -> None:
    data = example(name)
    followed = []
    for _ in range(10):
        failing = [each for result in checked(data) for each in result.verdicts if each.verdict == FAILS]
        causes = [cause for verdict in failing for cause in verdict.causes if cause.repair is not None]
        if not causes:
            break
        followed.append(causes[0].text)
        assert follow(data, causes[0]), causes[0]
    assert failing == [], followed
    assert followed
    assert len(set(followed)) == len(followed)
