from __future__ import annotations

import re
import subprocess
import sys

from tests.report.fakes import request, verdict

from snaplint.findings.fingerprint import Fingerprints

EXPORT = request(verdict("a", "passes"))
OTHER = request(verdict("a", "passes"), TargetSnapshotName="other")


def test_a_fingerprint_is_the_same_in_every_run_and_process() -> None:
    program = (
        "from tests.findings.test_fingerprint import EXPORT, Fingerprints; "
        "print(Fingerprints().of(EXPORT, 'a.yaml')('some-rule'))"
    )
    command = [sys.executable, "-c", program]
    paths = {"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "7"}
    printed = subprocess.run(command, env=paths, capture_output=True, text=True, check=True, timeout=120).stdout.strip()
    assert printed == Fingerprints().of(EXPORT, "a.yaml")("some-rule")
    assert re.fullmatch("[0-9a-f]{16}", printed)


def test_other_members_do_not_change_a_fingerprint() -> None:
    tagged = request(verdict("a", "passes"), Tags=[{"Key": "k"}])
    assert Fingerprints().of(tagged, "a.yaml")("r") == Fingerprints().of(EXPORT, "a.yaml")("r")


def test_rules_paths_and_requests_have_different_fingerprints() -> None:
    first = Fingerprints().of(EXPORT, "a.yaml")
    others = {
        first("other"),
        Fingerprints().of(EXPORT, "b.yaml")("r"),
        Fingerprints().of(EXPORT, None)("r"),
        Fingerprints().of(OTHER, "a.yaml")("r"),
    }
    assert first("r") not in others
    assert len(others) == 4


def test_equal_requests_of_a_file_are_distinguished_by_their_order() -> None:
    run = Fingerprints()
    first, second = run.of(EXPORT, "a.yaml")("r"), run.of(EXPORT, "a.yaml")("r")
    assert first != second
    between = Fingerprints()
    again = between.of(EXPORT, "a.yaml")("r")
    between.of(OTHER, "a.yaml")
    assert (first, second) == (again, between.of(EXPORT, "a.yaml")("r"))


def test_the_count_starts_again_for_each_file() -> None:
    run = Fingerprints()
    run.of(EXPORT, "a.yaml")
    run.of(EXPORT, "b.yaml")
    assert run.of(EXPORT, "c.yaml")("r") == Fingerprints().of(EXPORT, "c.yaml")("r")


def test_requests_without_a_file_are_not_counted() -> None:
    run = Fingerprints()
    assert run.of(EXPORT, None)("r") == run.of(EXPORT, None)("r")


def test_members_that_are_not_text_cause_no_error() -> None:
    odd = request(verdict("a", "passes"), TargetSnapshotName="\ud800", TargetBucket=[object])
    assert re.fullmatch("[0-9a-f]{16}", Fingerprints().of(odd, "\udcff")("rule-\ud800"))
