"""A server that answers each read in each of the wrong ways: a whole report each time, and none that is surer."""

from __future__ import annotations

import builtins
import http.client
import inspect
import json
import os
import socket
import ssl
import string
import zlib
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import botocore.parsers
import pytest
import urllib3.exceptions
from tests.collect.fake_aws import Reply
from tests.collect.replay import without_region
from tests.collect.wrong_ways import WAYS

from snaplint.collect.aws_errors import classify
from snaplint.collect.read_table import TABLE

if TYPE_CHECKING:
    from tests.collect.fake_aws import Call
    from tests.collect.replay import Audited, Replay, Way

OF_ROLES = {"iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"}
READS = sorted(name for name in TABLE if not name.startswith("memorydb:") and "Serverless" not in name)
ALL_PAIRS = [(read, way) for read in READS for way in WAYS]
PAIRS = ALL_PAIRS if os.environ.get("SNAPLINT_WRONG_ANSWERS") else ALL_PAIRS[:: 7 if len(WAYS) % 7 else 11]
"""Every read in some ways and every way for some reads; `make wrong-answers` tries all."""


def audited(replays: dict[str, Replay], read: str, way: Way) -> tuple[Audited, Audited]:
    """Return the audit with the right answers, and the one with the read answered in a way."""
    replay = replays["role" if read in OF_ROLES else "user"]
    others = {"s3:HeadBucket": without_region} if read == "s3:GetBucketLocation" else {}
    right = replay.right(others)
    wrong = replay.audit({**others, read: way})
    assert read in replay.calls, f"{read} is not sent"
    return right, wrong


def require_no_surer(right: Audited, wrong: Audited) -> None:
    """Require a whole report in which a wrong answer has led to neither a pass nor a failure."""
    assert wrong.faults == []
    assert wrong.verdicts.keys() == right.verdicts.keys()
    changed = {rule: (verdict, wrong.verdicts[rule]) for rule, verdict in right.verdicts.items()}
    surer = {rule: pair for rule, pair in changed.items() if pair[0] != pair[1] and pair[1] in ("passes", "fails")}
    assert surer == {}
    assert "broke on" not in json.dumps(wrong.facts)


def test_every_read_is_recorded(replays: dict[str, Replay]) -> None:
    recorded = {name for replay in replays.values() for name, _, _ in replay._recorded}
    assert set(READS) <= recorded


@pytest.mark.parametrize(("read", "way"), PAIRS)
def test_a_wrong_answer_makes_nothing_surer(replays: dict[str, Replay], read: str, way: str) -> None:
    require_no_surer(*audited(replays, read, WAYS[way]))


def test_there_are_enough_ways_and_each_is_tried() -> None:
    assert len(WAYS) >= 50
    for kinds in zip(*PAIRS, strict=True):
        assert min(kinds.count(kind) for kind in set(kinds)) >= 3
    assert {read for read, _ in PAIRS} == set(READS)
    assert {way for _, way in PAIRS} == set(WAYS)


# -- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("read", ["s3:HeadBucket", "s3:GetBucketPolicy", "s3:ListObjectsV2", "s3:ListBuckets"])
def test_a_redirect_without_a_region_is_not_followed(replays: dict[str, Replay], status: int, read: str) -> None:
    replay = replays["user"]
    replay.audit({read: lambda _call, _right: Reply(status)})
    assert replay.calls.count(read) <= 2
    assert len(replay.calls) < 50


# -- exceptions


def _discovered() -> dict[str, BaseException]:
    """Return an exception of each class of botocore, urllib3, ssl, http.client, json and the built-ins."""
    found: dict[str, BaseException] = {}
    modules: tuple[Any, ...] = (builtins, botocore.exceptions, botocore.parsers, http.client, json, socket, ssl)
    for module in (*modules, urllib3.exceptions, zlib):
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Exception) and not issubclass(kind, Warning):
                made = _made(kind)
                if made is not None:
                    found[f"{kind.__module__}.{name}"] = made
    return found


_ARGUMENTS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    ((), {}),
    (("SECRETWORD",), {}),
    ((None, "SECRETWORD"), {}),
    ((None, "SECRETWORD", "SECRETWORD"), {}),
    (({"Error": {"Code": "Odd", "Message": "SECRETWORD"}}, "GetUser"), {}),
    (("SECRETWORD", "{", 0), {}),
    (("utf-8", b"\xff", 0, 1, "SECRETWORD"), {}),
    (("utf-8", "SECRETWORD", 0, 1, "SECRETWORD"), {}),
    (("SECRETWORD", [ValueError("SECRETWORD")]), {}),
    ((urllib3.HTTPResponse(), b"SECRETWORD"), {}),
)


def _made(kind: type[BaseException]) -> BaseException | None:
    """Return an exception of a class with the arguments that it takes; None if it takes none of these."""
    words = dict.fromkeys(_fields(kind), "http://u:SECRETWORD@h?X-Amz-Signature=SECRETWORD")
    for arguments, named in (*_ARGUMENTS, ((), words)):
        try:
            return kind(*arguments, **named)
        except Exception:  # noqa: BLE001, S112 - the next arguments
            continue
    return None


def _fields(kind: type[BaseException]) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(str(getattr(kind, "fmt", ""))) if name]


EXCEPTIONS = _discovered()


def test_every_class_is_made() -> None:
    wanted = {
        name
        for module in (botocore.exceptions, urllib3.exceptions)
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__ and not issubclass(kind, Warning)
    }
    made = {name.rpartition(".")[2] for name in EXCEPTIONS}
    assert wanted - made == set()
    assert {"RecursionError", "MemoryError", "KeyError", "UnicodeDecodeError", "SSLError"} <= made


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_each_exception_has_words_without_its_text(name: str) -> None:
    meaning = classify(EXCEPTIONS[name])  # type: ignore[arg-type]
    assert meaning.words
    assert "SECRETWORD" not in meaning.words


def _raising(exception: BaseException) -> Way:
    def answer(_call: Call, _right: Reply) -> Reply:
        raise exception.with_traceback(None)

    return answer


@pytest.mark.parametrize(
    ("name", "read"), [(name, READS[index % len(READS)]) for index, name in enumerate(sorted(EXCEPTIONS))]
)
def test_an_exception_of_a_read_costs_only_its_facts(replays: dict[str, Replay], name: str, read: str) -> None:
    right, wrong = audited(replays, read, _raising(EXCEPTIONS[name]))
    assert wrong.verdicts.keys() == right.verdicts.keys()
    assert {
        rule: verdict
        for rule, verdict in wrong.verdicts.items()
        if verdict != right.verdicts[rule] and verdict in ("passes", "fails")
    } == {}
    assert "SECRETWORD" not in json.dumps(wrong.facts)
