"""Servers that never end: each read has a limit of time, of bytes and of pages, and all reads together one of time.

Whatever exceeds a limit is unknown, with the reason, and never an empty value.
"""

from __future__ import annotations

import json
import time
from itertools import repeat
from typing import TYPE_CHECKING, Any

import pytest
from tests.collect.fake_aws import FakeAws, Reply, hung, no_such, refused, said
from tests.collect.sandbox import ACCOUNT, as_json, connection, part, read_back, session, unknowns
from tests.collect.test_scale import big_account, wrapped
from tests.conftest import PATIENCE

import snaplint
from snaplint.collect import Connection, Deadline, NotConnected, collect
from snaplint.collect.bodies import MEGABYTE, MOST_BYTES
from snaplint.collect.read_table import TABLE
from snaplint.collect.snapshots import FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.collect.fake_aws import Answer, Call
    from tests.conftest import Run

    from snaplint.collect import Collected

BUCKET = "exports-0"
EXPORT = {"SourceSnapshotName": "nightly-0", "TargetSnapshotName": "orders", "TargetBucket": BUCKET}
FLAGS = ["--source-snapshot-name", "nightly-0", "--target-snapshot-name", "orders", "--target-bucket", BUCKET]
KEY = {"AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
SOON = 0.4
"""Seconds: a time limit that all reads exceed."""
SLOW_ANSWER = 1.0
"""Seconds: a time limit of an answer, which other reads do not exceed even on a busy machine."""


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    """Yield an account in which a user is in a group, and every read is answered."""
    with FakeAws() as fake:
        big_account(fake)
        group = f"<member><GroupName>team</GroupName><Arn>arn:aws:iam::{ACCOUNT}:group/team</Arn></member>"
        for name, body in {
            "iam:ListGroupsForUser": f"<Groups>{group}</Groups>",
            "iam:ListGroupPolicies": "<PolicyNames/>",
            "iam:ListAttachedGroupPolicies": "<AttachedPolicies/>",
        }.items():
            fake.on(name, said(wrapped(name.partition(":")[2], f"{body}<IsTruncated>false</IsTruncated>")))
        yield fake


def read(aws: FakeAws, requests: Sequence[Mapping[str, object]] = (EXPORT,), **limits: Any) -> Collected:
    """Read from the server, with limits of the connection or a deadline."""
    deadline = limits.pop("deadline", None)
    made = connection(aws.url, ("AKIAX", "secret"), **{"read_timeout": 30, **limits})
    return collect(requests, made, deadline=deadline)


def reasons(collected: Collected, name: str) -> set[str]:
    """Return why facts are unknown of which a read is the reason, without the resources."""
    whys = (why for _, why in unknowns(collected.facts))
    return {why.partition(" for arn")[0].partition(" for *")[0] for why in whys if why.startswith(TABLE[name].right)}


def wire(pieces: Callable[[], Iterator[bytes]]) -> Answer:
    return lambda _call: Reply(wire=pieces)


def slowly(text: bytes) -> Iterator[bytes]:
    """Yield a byte of the text at a time, again and again, each long before botocore's own timeout."""
    while True:
        for byte in text:
            time.sleep(0.05)
            yield bytes((byte,))


def body_by_the_byte() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    yield from slowly(b" ")


def chunks_by_the_byte() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from slowly(b"1\r\n \r\n")


def headers_by_the_byte() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from slowly(b"X-A: b\r\n")


def status_by_the_byte() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 "
    yield from slowly(b"O")


def please_continue() -> Iterator[bytes]:
    """Yield interim responses, which are followed by another response."""
    yield from slowly(b"HTTP/1.1 100 Continue\r\n\r\n")


def nothing_after_the_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    yield from (b"" for _ in iter(lambda: time.sleep(0.05), 0))


SLOW = (
    body_by_the_byte,
    chunks_by_the_byte,
    headers_by_the_byte,
    status_by_the_byte,
    please_continue,
    nothing_after_the_headers,
)

# -- time


@pytest.mark.parametrize("pieces", SLOW)
def test_a_slow_answer_is_given_up(aws: FakeAws, pieces: Callable[[], Iterator[bytes]]) -> None:
    names = ("s3:GetBucketPolicy", "iam:ListUserPolicies", "organizations:ListRoots")
    for name in names:
        aws.on(name, wire(pieces))
    collected = read(aws, answer_timeout=SLOW_ANSWER)
    for name in names:
        assert reasons(collected, name) == {f"{TABLE[name].right}: no complete answer within 1 s"}
    assert read_back(collected.facts) == []


def test_a_hung_answer_is_given_up_after_all_attempts_together(aws: FakeAws) -> None:
    aws.on("s3:GetBucketPolicy", hung)
    collected = read(aws, answer_timeout=SLOW_ANSWER, read_timeout=0.7, attempts=50)
    assert reasons(collected, "s3:GetBucketPolicy") == {"s3:GetBucketPolicy: no complete answer within 1 s"}


def test_a_slow_page_is_given_up(aws: FakeAws) -> None:
    aws.on("iam:ListUserPolicies", wire(body_by_the_byte))
    first = "<PolicyNames><member>own</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>m</Marker>"
    page = said(wrapped("ListUserPolicies", first))
    aws.on("iam:ListUserPolicies", lambda call: None if "Marker" in call.params else page(call))
    collected = read(aws, answer_timeout=SLOW_ANSWER)
    assert reasons(collected, "iam:ListUserPolicies") == {"iam:ListUserPolicies: no complete answer within 1 s"}


def test_few_reads_of_a_slow_endpoint_are_waited_for(aws: FakeAws) -> None:
    aws.on("*", lambda call: Reply(wire=headers_by_the_byte) if call.service == "s3" else None)
    requests = [{**EXPORT, "TargetBucket": f"exports-{number}"} for number in range(60)]
    collected = read(aws, requests, answer_timeout=SLOW_ANSWER)
    assert reasons(collected, "s3:HeadBucket") == {
        "s3:ListBucket: no complete answer within 1 s",
        "s3:ListBucket: not sent, because the endpoint did not answer the reads before it",
    }
    asked = aws.counted()
    assert asked["s3:HeadBucket"] + asked["s3:ListBuckets"] + asked["s3:GetBucketLocation"] < 30


def test_two_reads_of_a_hung_endpoint_are_enough(aws: FakeAws) -> None:
    """HeadBucket and ListBuckets are sent at once, so both cost one time limit. GetBucketLocation would be next."""
    aws.on("*", lambda call: hung(call) if call.service == "s3" else None)
    read(aws, answer_timeout=SLOW_ANSWER)
    counted = aws.counted()
    assert (counted["s3:HeadBucket"], counted["s3:ListBuckets"], counted["s3:GetBucketLocation"]) == (1, 1, 0)


@pytest.mark.parametrize("answer", [hung, *map(wire, SLOW)])
def test_all_reads_together_have_a_deadline(aws: FakeAws, answer: Answer) -> None:
    aws.on("*", lambda call: None if call.service == "sts" else answer(call))
    begun = time.monotonic()
    collected = read(aws, deadline=Deadline(SOON))
    assert time.monotonic() - begun < PATIENCE / 4
    late = "not read within 0.4 s, the time limit for all reads"
    for name in (
        "elasticache:DescribeSnapshots",
        "s3control:GetPublicAccessBlock",
        "organizations:DescribeOrganization",
    ):
        assert reasons(collected, name) == {f"{TABLE[name].right}: {late}"}
    assert read_back(collected.facts) == []


def test_nothing_is_sent_after_the_deadline(aws: FakeAws) -> None:
    deadline = Deadline(0.001)
    time.sleep(0.01)
    collected = read(aws, deadline=deadline)
    assert aws.calls == []
    late = "sts:GetCallerIdentity: not read within 0.001 s, the time limit for all reads"
    assert part(collected.facts, "account", "unknown").startswith(late)


def test_a_deadline_of_zero_is_none(aws: FakeAws) -> None:
    assert list(unknowns(read(aws, deadline=Deadline(0)).facts)) == []


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_deadline_that_is_not_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="a time limit is a number of seconds"):
        Deadline(seconds)


# -- bytes


def body_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n"
    yield from repeat(b" " * 65536)


def body_of_three_gigabytes() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\n"
    yield from repeat(b" " * 65536)


def chunks_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from repeat(b"10000\r\n" + b" " * 65536 + b"\r\n")


def one_endless_chunk() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n"
    yield from repeat(b" " * 65536)


def error_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 403 Forbidden\r\n\r\n"
    yield from repeat(b" " * 65536)


LONG = (body_without_end, body_of_three_gigabytes, chunks_without_end, one_endless_chunk, error_without_end)


@pytest.mark.parametrize("pieces", LONG)
def test_a_long_answer_is_not_read_to_its_end(aws: FakeAws, pieces: Callable[[], Iterator[bytes]]) -> None:
    names = ("s3:GetBucketPolicy", "iam:ListUserPolicies", "organizations:ListRoots")
    for name in names:
        aws.on(name, wire(pieces))
    collected = read(aws, most_bytes=MEGABYTE)
    for name in names:
        assert reasons(collected, name) == {f"{TABLE[name].right}: the answer is longer than 1 MiB"}
    assert read_back(collected.facts) == []


def test_the_longest_answer_by_default(aws: FakeAws) -> None:
    aws.on("s3:GetBucketPolicy", wire(body_of_three_gigabytes))
    assert reasons(read(aws), "s3:GetBucketPolicy") == {"s3:GetBucketPolicy: the answer is longer than 16 MiB"}
    buffers = 16 * MEGABYTE  # of the two sockets
    assert MOST_BYTES <= aws.poured < MOST_BYTES + buffers


@pytest.mark.parametrize(
    ("more", "words"), [(0, None), (1, "s3:GetBucketPolicy: the answer is longer than 100000 bytes")]
)
def test_an_answer_of_the_greatest_length_is_read(aws: FakeAws, more: int, words: str | None) -> None:
    policy = b'{"Version": "2012-10-17", "Statement": []}'
    aws.on("s3:GetBucketPolicy", said(policy + b" " * (100_000 - len(policy) + more)))
    collected = read(aws, most_bytes=100_000)
    assert reasons(collected, "s3:GetBucketPolicy") == ({words} if words else set())
    assert words or part(collected.facts, "buckets", BUCKET, "policy") == json.loads(policy)


def line_without_end(before: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n" + before
        yield from repeat(b"1" * 65536)

    return pieces


@pytest.mark.parametrize("before", [b"X-A: ", b"Transfer-Encoding: chunked\r\n\r\n"], ids=["header", "length"])
def test_a_line_without_end_is_not_read(aws: FakeAws, before: bytes) -> None:
    aws.on("iam:ListUserPolicies", wire(line_without_end(before)))
    assert reasons(read(aws), "iam:ListUserPolicies") == {"iam:ListUserPolicies: AWS cannot be reached"}
    assert aws.poured < 16 * MEGABYTE


def test_a_compressed_answer_is_not_expanded(aws: FakeAws) -> None:
    """A few kilobytes of gzip can expand to gigabytes."""
    import gzip

    bomb = gzip.compress(b" " * (8 * MEGABYTE))
    aws.on("iam:ListUserPolicies", lambda _call: Reply(200, bomb, {"Content-Encoding": "gzip"}))
    collected = read(aws, most_bytes=MEGABYTE)
    assert reasons(collected, "iam:ListUserPolicies") == {"iam:ListUserPolicies: the answer could not be parsed"}


# -- pages

TOKENS: dict[str, Callable[[int], int]] = {
    "new": lambda last: last + 1,
    "repeated": lambda _last: 1,
    "alternating": lambda last: 1 if last == 2 else 2,
}
"""The next token by the one that was sent."""


def next_token(call: Call, tokens: str) -> str:
    sent = (call.params.get(name) for name in ("Marker", "NextToken", "continuation-token"))
    return str(TOKENS[tokens](int(next((each for each in sent if each), 0))))


def endless(name: str, tokens: str, items: str = "") -> Answer:
    """Return the answer to a listing that always names a next page."""
    service, _, operation = name.partition(":")

    def answer(call: Call) -> Reply:
        token = next_token(call, tokens)
        if service == "organizations":
            return as_json({TABLE[name].proof: [], "NextToken": token})
        if name == "s3:ListBuckets":
            body = f"<Buckets>{items}</Buckets><ContinuationToken>{token}</ContinuationToken>"
            return Reply(200, f"<ListAllMyBucketsResult>{body}</ListAllMyBucketsResult>".encode())
        if name == "s3:ListObjectsV2":
            body = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
            return Reply(200, f"<ListBucketResult>{body}</ListBucketResult>".encode())
        list_ = f"<{TABLE[name].proof}>{items}</{TABLE[name].proof}>"
        end = f"<IsTruncated>true</IsTruncated><Marker>{token}</Marker>"
        return Reply(200, wrapped(operation, list_ + end).encode())

    return answer


ENDLESS = {
    "iam:ListGroupsForUser",
    "iam:ListUserPolicies",
    "iam:ListAttachedUserPolicies",
    "iam:ListGroupPolicies",
    "iam:ListAttachedGroupPolicies",
    "organizations:ListRoots",
    "organizations:ListParents",
    "organizations:ListPoliciesForTarget",
}
OTHERWISE = {
    "elasticache:DescribeSnapshots",
    "s3:ListBuckets",
    "s3:ListObjectsV2",
    "iam:ListRolePolicies",
    "iam:ListAttachedRolePolicies",
}
"""Listings that have tests of their own, and those of roles, which do not differ from those of users."""

NEVER_ENDS = "the listing does not end: its next page is the same again"


def test_every_listing_has_a_limit() -> None:
    import botocore.session

    session = botocore.session.get_session()
    models = {each.service: session.get_paginator_model(each.service) for each in TABLE.values()}
    listings = set()
    for name, each in TABLE.items():
        try:
            models[each.service].get_paginator(each.operation)
        except ValueError:  # it has no pages
            assert each.pages == 1
        else:
            assert each.pages > 1
            listings.add(name)
    assert listings == ENDLESS | OTHERWISE


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("name", sorted(ENDLESS))
def test_a_listing_without_end_is_unknown(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, name: str, tokens: str
) -> None:
    monkeypatch.setitem(TABLE, name, TABLE[name]._replace(pages=3))
    aws.on(name, endless(name, tokens))
    collected = read(aws)
    why = NEVER_ENDS if tokens == "repeated" else "there are more than 3 pages, and the rest was not read"
    assert reasons(collected, name) == {f"{TABLE[name].right}: {why}"}
    assert read_back(collected.facts) == []


def test_the_pages_of_a_listing_by_default(aws: FakeAws) -> None:
    aws.on("iam:ListUserPolicies", endless("iam:ListUserPolicies", "new"))
    why = "iam:ListUserPolicies: there are more than 100 pages, and the rest was not read"
    assert reasons(read(aws), "iam:ListUserPolicies") == {why}
    assert aws.counted()["iam:ListUserPolicies"] == 101


def test_long_pages_have_a_limit_together(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    from snaplint.collect import paging

    monkeypatch.setattr(paging, "MOST_BYTES_OF_LISTING", MEGABYTE)
    aws.on("iam:ListUserPolicies", endless("iam:ListUserPolicies", "new", " " * 300_000))
    why = "iam:ListUserPolicies: the pages are longer than 1 MiB, and the rest was not read"
    assert reasons(read(aws), "iam:ListUserPolicies") == {why}
    assert aws.counted()["iam:ListUserPolicies"] == 4


@pytest.mark.parametrize("tokens", TOKENS)
def test_a_bucket_in_the_part_of_a_list_that_was_read_is_the_accounts(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tokens: str
) -> None:
    name = "s3:ListBuckets"
    monkeypatch.setitem(TABLE, name, TABLE[name]._replace(pages=3))
    aws.on(name, endless(name, tokens, f"<Bucket><Name>{BUCKET}</Name></Bucket>"))
    aws.on("s3:HeadBucket", refused)
    aws.on("s3:GetBucketLocation", said("<LocationConstraint>eu-west-1</LocationConstraint>"))
    facts = read(aws, [EXPORT, {**EXPORT, "TargetBucket": "exports-1"}]).facts
    assert part(facts, "buckets", BUCKET, "account") == ACCOUNT
    why = NEVER_ENDS if tokens == "repeated" else "there are more than 3 pages, and the rest was not read"
    other = part(facts, "buckets", "exports-1")
    assert other["account"] == {"unknown": f"s3:ListAllMyBuckets: {why} for *"}


@pytest.mark.parametrize("tokens", TOKENS)
def test_a_snapshot_in_the_part_of_a_list_that_was_read_exists(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tokens: str
) -> None:
    name = "elasticache:DescribeSnapshots"
    monkeypatch.setitem(TABLE, name, TABLE[name]._replace(pages=3))
    arn = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:nightly-0"
    item = f"<Snapshot><SnapshotName>nightly-0</SnapshotName><ARN>{arn}</ARN></Snapshot>"
    aws.on(name, endless(name, tokens, item))
    requests = [{**EXPORT, "SourceSnapshotName": f"nightly-{number}"} for number in range(FEW + 1)]
    snapshots = part(read(aws, requests).facts, "snapshots")
    assert part(snapshots, "nightly-0", "Snapshots", 0, "ARN") == arn
    why = NEVER_ENDS if tokens == "repeated" else "there are more than 3 pages, and the rest was not read"
    assert f"{name}: {why} for " in part(snapshots, "nightly-1", "unknown")


def test_a_list_that_fails_later_is_not_a_list_without_the_rest(aws: FakeAws) -> None:
    """The error of a second page, which means `there is none` for a single snapshot, does not hide the first page."""
    name = "elasticache:DescribeSnapshots"
    first = endless(name, "new")
    aws.on(name, lambda call: no_such("SnapshotNotFoundFault")(call) if "Marker" in call.params else first(call))
    requests = [{**EXPORT, "SourceSnapshotName": f"nightly-{number}"} for number in range(FEW + 1)]
    snapshots = part(read(aws, requests).facts, "snapshots")
    assert part(snapshots, "nightly-1", "unknown").startswith(f"{name}: SnapshotNotFoundFault for ")


@pytest.mark.parametrize("tokens", ["new", "alternating"])
def test_a_long_listing_of_keys_is_truncated(aws: FakeAws, tokens: str) -> None:
    aws.on("s3:ListObjectsV2", endless("s3:ListObjectsV2", tokens))
    (keys,) = part(read(aws).facts, "buckets", BUCKET, "keys")
    assert keys == {"Prefix": "orders-", "Contents": [], "IsTruncated": True}
    assert aws.counted()["s3:ListObjectsV2"] == TABLE["s3:ListObjectsV2"].pages


def test_a_listing_of_keys_that_repeats_itself_is_unknown(aws: FakeAws) -> None:
    aws.on("s3:ListObjectsV2", endless("s3:ListObjectsV2", "repeated"))
    why = part(read(aws).facts, "buckets", BUCKET, "keys", "unknown")
    assert why == f"s3:ListBucket: {NEVER_ENDS} for arn:aws:s3:::{BUCKET}"


# -- the commands, and the guard


def audited(run: Run, aws: FakeAws, folder: Path, *flags: str) -> tuple[int, str, str]:
    ended = run("audit", "copy-snapshot", *FLAGS, "--endpoint-url", aws.url, *flags, cwd=folder, env=KEY)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("answer", [hung, *map(wire, SLOW)])
def test_an_audit_ends_by_its_deadline(snaplint_here: Run, aws: FakeAws, tmp_path: Path, answer: Answer) -> None:
    aws.on("*", answer)
    begun = time.monotonic()
    code, out, err = audited(snaplint_here, aws, tmp_path, "--timeout", "0.5", "--second-opinion", "--format", "json")
    assert time.monotonic() - begun < PATIENCE / 4
    why = "not read within 0.5 s, the time limit for all reads"
    assert (code, out, err) == (2, "", f"snaplint audit: nothing could be read from AWS: {aws.url}: {why}\n")


def test_a_process_does_not_wait_for_what_still_hangs(run_snaplint: Run, aws: FakeAws, tmp_path: Path) -> None:
    aws.on("*", lambda call: None if call.service == "sts" else Reply(wire=headers_by_the_byte))
    aws.on("organizations:DescribeOrganization", refused)
    code, out, err = audited(run_snaplint, aws, tmp_path, "--timeout", "1", "--format", "json")
    assert (code, json.loads(out)["summary"]["fails"]) == (4, 0)
    assert err.startswith("AWS denied some reads")


def test_collect_has_the_same_deadline(snaplint_here: Run, aws: FakeAws, tmp_path: Path) -> None:
    aws.on("*", lambda call: None if call.service == "sts" else Reply(wire=body_by_the_byte))
    flags = ("--endpoint-url", aws.url, "--timeout", "0.5")
    ended = snaplint_here("collect", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=KEY)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"snaplint collect: nothing could be read from AWS: {aws.url}: ")


def test_a_role_that_is_not_assumed_in_time(snaplint_here: Run, aws: FakeAws, tmp_path: Path) -> None:
    aws.on("sts:AssumeRole", wire(body_by_the_byte))
    role = f"arn:aws:iam::{ACCOUNT}:role/exporter"
    code, out, err = audited(snaplint_here, aws, tmp_path, "--timeout", "0.5", "--role-arn", role)
    assert (code, out) == (2, "")
    assert f"role `{role}` cannot be assumed: not read within 0.5 s, the time limit for all reads" in err


def test_credentials_that_are_not_loaded_in_time(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The endpoint of a container gives the credentials: it may be as slow as any."""
    aws.on("*", wire(body_by_the_byte))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{aws.url}/credentials")
    late = r"could not be loaded: not read within 0\.4 s, the time limit for all reads"
    with pytest.raises(NotConnected, match=late):
        Connection(region="us-east-1", deadline=Deadline(SOON))


@pytest.mark.parametrize("text", ["-1", "soon", "nan", "inf", ""])
def test_a_timeout_is_a_number_of_seconds(snaplint_here: Run, aws: FakeAws, tmp_path: Path, text: str) -> None:
    code, out, err = audited(snaplint_here, aws, tmp_path, f"--timeout={text}")
    assert (code, out) == (2, "")
    assert f"`{text}` is not a number of seconds, such as 60, or 0 for no limit" in err
    assert aws.calls == []


@pytest.mark.parametrize("tokens", TOKENS)
def test_a_simulator_without_end(
    snaplint_here: Run, aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokens: str
) -> None:
    from snaplint.collect import second_opinion

    monkeypatch.setattr(second_opinion, "MOST_PAGES", 3)

    def answer(call: Call) -> Reply:
        end = f"<IsTruncated>true</IsTruncated><Marker>{next_token(call, tokens)}</Marker>"
        return Reply(200, wrapped("SimulatePrincipalPolicy", f"<EvaluationResults/>{end}").encode())

    aws.on("iam:SimulatePrincipalPolicy", answer)
    _, out, _ = audited(snaplint_here, aws, tmp_path, "--second-opinion")
    why = NEVER_ENDS if tokens == "repeated" else "there are more than 3 pages, and the rest was not read"
    assert f"could not ask: iam:SimulatePrincipalPolicy: {why} for" in " ".join(out.split())


def test_a_guard_has_the_same_deadline(aws: FakeAws) -> None:
    aws.on("*", wire(body_by_the_byte))
    made = snaplint.collector(session(("AKIAX", "secret")), endpoint_url=aws.url, timeout=SOON)
    for _ in range(2):  # each request has the whole time
        aws.calls.clear()
        with pytest.raises(NotConnected, match=r"not read within 0\.4 s, the time limit for all reads"):
            made(EXPORT)
        assert {call.name for call in aws.calls} == {"sts:GetCallerIdentity"}
