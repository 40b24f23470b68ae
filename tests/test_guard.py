"""`guard` on real boto3 clients: a call that passes reaches the counting server once and unchanged, others never do."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import subprocess
import sys
import threading
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import parse_qsl

import boto3
import botocore.endpoint
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from tests.checks.world import ACCOUNT, BUCKET, SOURCE, TARGET, Data, changed, good, without
from tests.conftest import PATIENCE, environment

import snaplint
from snaplint.api import InvalidFacts
from snaplint.demo import world
from snaplint.demo.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REQUEST = good()["requests"][0]
CALLER = good()["caller"]
FACTS = {key: good()[key] for key in ("account", "region", "organization", "snapshots", "buckets")}
REFUSED = changed(FACTS, **{f"buckets__{BUCKET}__policy": None})
"""Facts with which the call would fail: ElastiCache may not write."""
WITH_CALLER = {**FACTS, "caller": CALLER}


def answer(action: str) -> str:
    """What AWS answers to a call that makes or deletes a snapshot.

    The form of https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html
    """
    return f"""\
<{action}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
  <{action}Result>
    <Snapshot><SnapshotName>{TARGET}</SnapshotName><SnapshotStatus>exporting</SnapshotStatus></Snapshot>
  </{action}Result>
  <ResponseMetadata><RequestId>3b3a1f6a-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</{action}Response>
"""


UNAVAILABLE = """\
<ErrorResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
  <Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>try again</Message></Error>
</ErrorResponse>
"""
"""ServiceUnavailable of https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/CommonErrors.html"""

EXPIRED = """\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>the token has expired</Message></Error>
</ErrorResponse>
"""
"""What STS answers to credentials that have expired.

https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
"""


class Server:
    """An ElastiCache that keeps the members of every request."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.unavailable = 0
        """How many requests the server still answers with status 503."""
        self.expired = False
        """True if the credentials of the reads have expired."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                server.seen.append(dict(parse_qsl(body)))
                action = server.seen[-1].get("Action", "")
                status, text = 200, answer(action)
                if server.expired and action != "CopySnapshot":
                    status, text = 403, EXPIRED
                if server.unavailable > 0:
                    server.unavailable -= 1
                    status, text = 503, UNAVAILABLE
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def client(self, region: str = "us-east-1", service: str = "elasticache", session: Any = None, **more: Any) -> Any:
        made: Any = session or boto3.Session("AKIAIOSFODNN7EXAMPLE", "testing", region_name=region)
        return made.client(
            service,
            endpoint_url=self.url,
            config=Config(connect_timeout=5, read_timeout=30, **more),
            region_name=region,
        )


SENT = {"Action": "CopySnapshot", "Version": "2015-02-02", **REQUEST}
"""What the server receives for REQUEST."""


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.stop()


# -- calls that are sent
# ------------------------------------------------------------------------------------------------------------------


def test_a_call_that_passes_is_sent_once_and_unchanged(server: Server) -> None:
    guarded = snaplint.guard(server.client(), FACTS, CALLER, on_unknown="raise")
    assert guarded.copy_snapshot(**REQUEST)["Snapshot"]["SnapshotStatus"] == "exporting"
    assert server.seen == [SENT]


def test_tags_are_sent_as_they_are(server: Server) -> None:
    guarded = snaplint.guard(server.client(), FACTS, CALLER)
    guarded.copy_snapshot(**REQUEST, Tags=[{"Key": "team", "Value": "data"}])
    assert server.seen == [{**SENT, "Tags.Tag.1.Key": "team", "Tags.Tag.1.Value": "data"}]


def test_facts_may_hold_the_caller(server: Server) -> None:
    snaplint.guard(server.client(), WITH_CALLER, on_unknown="raise").copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    refused = snaplint.guard(server.client(), changed(WITH_CALLER, caller__policies=[]))
    with pytest.raises(snaplint.PreflightFailed, match="caller-not-permitted"):
        refused.copy_snapshot(**REQUEST)


def test_the_caller_argument_takes_precedence_over_that_of_the_facts(server: Server) -> None:
    guarded = snaplint.guard(server.client(), changed(WITH_CALLER, caller__policies=[]), CALLER)
    guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_an_undetermined_call_is_sent_under_allow(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        snaplint.guard(server.client(), {}).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_a_guard_without_facts_warns_once_that_it_checks_the_request_alone(server: Server) -> None:
    with pytest.warns(snaplint.NotPreflighted, match="checks the request of `copy_snapshot` alone") as warned:
        guarded = snaplint.guard(server.client())
    assert [Path(each.filename).name for each in warned] == ["test_guard.py"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        guarded.copy_snapshot(**REQUEST)
        with pytest.raises(snaplint.PreflightFailed, match="bucket-name-invalid"):
            guarded.copy_snapshot(**{**REQUEST, "TargetBucket": "Exports"})
    assert server.seen == [SENT]


def test_retries_of_botocore_are_preflighted_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
    requests: list[object] = []

    def facts(request: Mapping[str, object]) -> Data:
        requests.append(request)
        return WITH_CALLER

    server.unavailable = 2
    guarded = snaplint.guard(server.client(retries={"mode": "standard", "total_max_attempts": 3}), facts)
    guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT, SENT, SENT]
    assert requests == [REQUEST]


def test_an_error_of_aws_is_still_raised(server: Server) -> None:
    server.unavailable = 1
    guarded = snaplint.guard(server.client(retries={"total_max_attempts": 1}), FACTS, CALLER)
    with pytest.raises(ClientError, match="try again"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_other_calls_are_not_guarded(server: Server) -> None:
    guarded = snaplint.guard(server.client(), REFUSED, CALLER)
    guarded.delete_snapshot(SnapshotName=SOURCE)
    assert [request["Action"] for request in server.seen] == ["DeleteSnapshot"]


# -- calls that are not sent
# ------------------------------------------------------------------------------------------------------------------


def test_a_call_that_would_fail_never_reaches_the_server(server: Server) -> None:
    guarded = snaplint.guard(server.client(), REFUSED, CALLER)
    for _ in range(3):
        with pytest.raises(snaplint.PreflightFailed) as caught:
            guarded.copy_snapshot(**REQUEST)
    assert server.seen == []
    assert caught.value.report.verdict("service-lacks-write").verdict == "fails"
    # the same client and server work otherwise
    snaplint.unguard(guarded).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_the_exception_contains_rules_and_messages(server: Server) -> None:
    with pytest.raises(snaplint.PreflightFailed) as caught:
        snaplint.guard(server.client(), REFUSED, CALLER).copy_snapshot(**REQUEST)
    report, said = caught.value.report, str(caught.value)
    assert said.startswith("copy_snapshot was not called: ")
    assert [verdict.rule.id for verdict in report.failing if f"{verdict.rule.id}: {verdict.message}" not in said] == []
    assert "object-key-exists" not in said
    assert "\n" not in said


def test_the_exception_survives_pickling(server: Server) -> None:
    with pytest.raises(snaplint.PreflightFailed) as caught:
        snaplint.guard(server.client(), REFUSED, CALLER).copy_snapshot(**REQUEST)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own
    assert (str(again), again.report, again.why) == (str(caught.value), caught.value.report, "")


def test_an_undetermined_call_is_not_sent_under_raise(server: Server) -> None:
    guarded = snaplint.guard(server.client(), {}, on_unknown="raise")
    with pytest.raises(snaplint.PreflightFailed) as caught:
        guarded.copy_snapshot(**REQUEST)
    assert caught.value.report.failing == ()
    assert "bucket-does-not-exist" in str(caught.value)
    assert server.seen == []


def test_nothing_is_assumed_under_raise(server: Server) -> None:
    facts = without(FACTS, "organization")
    snaplint.guard(server.client(), facts, CALLER).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    guarded = snaplint.guard(server.client(), facts, CALLER, on_unknown="raise")
    with pytest.raises(snaplint.PreflightFailed, match="caller-not-permitted"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_a_call_undetermined_by_no_condition_of_aws_is_sent_even_under_raise(server: Server) -> None:
    facts = without(FACTS, f"buckets.{BUCKET}.encryption")
    report = snaplint.check(REQUEST, facts, CALLER, strict=True)
    assert [verdict.rule.id for verdict in report.cannot_tell] == ["bucket-default-kms"]
    snaplint.guard(server.client(), facts, CALLER, on_unknown="raise").copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_members_that_botocore_refuses_are_not_sent_either(server: Server) -> None:
    guarded = snaplint.guard(server.client(), FACTS, CALLER)
    with pytest.raises((ParamValidationError, snaplint.PreflightFailed)):
        guarded.copy_snapshot(**{**REQUEST, "TargetBucket": None})
    with pytest.raises((ParamValidationError, snaplint.PreflightFailed)):
        guarded.copy_snapshot(**{**REQUEST, "TagetBucket": BUCKET})
    with pytest.raises((ParamValidationError, snaplint.PreflightFailed)):
        guarded.copy_snapshot()
    with pytest.raises(TypeError, match="keyword arguments"):
        guarded.copy_snapshot(SOURCE, TARGET)
    assert server.seen == []


def test_what_is_checked_is_what_would_be_sent(server: Server) -> None:
    guarded = snaplint.guard(server.client(), FACTS, CALLER)

    def elsewhere(params: dict[str, object], **_event: object) -> dict[str, object]:
        return {**params, "TargetBucket": "Somewhere"}

    guarded.meta.events.register_first("provide-client-params.elasticache.CopySnapshot", elsewhere)
    with pytest.raises(snaplint.PreflightFailed, match="bucket-name-invalid"):
        guarded.copy_snapshot(**REQUEST)

    def in_place(params: dict[str, object], **_event: object) -> None:
        params["TargetBucket"] = BUCKET

    guarded.meta.events.register("before-parameter-build.elasticache.CopySnapshot", in_place)
    guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


# -- one guard for each client
# ------------------------------------------------------------------------------------------------------------------


def test_the_guard_returns_the_client_and_the_last_one_applies(server: Server) -> None:
    given = server.client()
    assert snaplint.guard(given, REFUSED, CALLER) is given
    snaplint.guard(given, FACTS, CALLER).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    with pytest.raises(snaplint.PreflightFailed):
        snaplint.guard(given, REFUSED, CALLER).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_unguard_removes_a_guard(server: Server) -> None:
    given = server.client()
    assert snaplint.unguard(given) is given
    snaplint.guard(given, REFUSED, CALLER)
    snaplint.guard(given, REFUSED, CALLER)
    assert snaplint.unguard(snaplint.unguard(given)) is given
    given.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_a_client_may_know_a_region_that_is_newer_than_the_list(server: Server) -> None:
    guarded = snaplint.guard(server.client("eu-west-9"), without(FACTS, "region"), CALLER)
    with pytest.raises(snaplint.PreflightFailed) as caught:
        guarded.copy_snapshot(**REQUEST)
    assert caught.value.report.verdict("bucket-outside-region").verdict == "fails"


def test_the_region_is_the_clients_own_unless_the_facts_state_it(server: Server) -> None:
    guarded = snaplint.guard(server.client("eu-west-1"), without(FACTS, "region"), CALLER)
    with pytest.raises(snaplint.PreflightFailed) as caught:
        guarded.copy_snapshot(**REQUEST)
    assert caught.value.report.verdict("bucket-outside-region").verdict == "fails"
    snaplint.guard(server.client("eu-west-1"), FACTS, CALLER).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_clients_of_one_session_have_guards_of_their_own(server: Server) -> None:
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "testing", region_name="us-east-1")
    refused, free = server.client(session=session), server.client(session=session)
    allowed = snaplint.guard(server.client(session=session), FACTS, CALLER, on_unknown="raise")
    snaplint.guard(refused, REFUSED, CALLER)
    for passing in (allowed, free, server.client(session=session)):
        passing.copy_snapshot(**REQUEST)
    with pytest.raises(snaplint.PreflightFailed):
        refused.copy_snapshot(**REQUEST)
    snaplint.unguard(allowed)
    with pytest.raises(snaplint.PreflightFailed):
        refused.copy_snapshot(**REQUEST)
    assert server.seen == [SENT] * 3


def test_a_copy_of_a_clients_events_keeps_the_guard_it_was_made_with(server: Server) -> None:
    guarded = snaplint.guard(server.client(), REFUSED, CALLER)
    copied = copy.copy(guarded.meta.events)
    snaplint.unguard(guarded).copy_snapshot(**REQUEST)
    with pytest.raises(snaplint.PreflightFailed):
        copied.emit("before-parameter-build.elasticache.CopySnapshot", params=dict(REQUEST), model=None, context={})
    assert server.seen == [SENT]


def test_many_threads_share_a_client_and_each_call_is_checked_by_itself(server: Server) -> None:
    guarded = snaplint.guard(server.client(max_pool_connections=8), FACTS, CALLER)
    names = [f"{'orders' if number % 2 else 'Orders!'}-{number}" for number in range(40)]
    bad = {name for name in names if name.startswith("Orders!")}

    def call(name: str) -> bool:
        bucket = "Exports" if name in bad else BUCKET
        try:
            guarded.copy_snapshot(**{**REQUEST, "TargetSnapshotName": name, "TargetBucket": bucket})
        except snaplint.PreflightFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        answered = dict(zip(names, pool.map(call, names), strict=True))
    assert {name for name, sent in answered.items() if not sent} == bad
    assert sorted(each["TargetSnapshotName"] for each in server.seen) == sorted(set(names) - bad)


def test_no_call_slips_through_while_guards_change(server: Server) -> None:
    given = snaplint.guard(server.client(), REFUSED, CALLER)
    done = threading.Event()

    def change() -> None:
        while not done.is_set():
            snaplint.guard(given, REFUSED, CALLER)

    changing = threading.Thread(target=change)
    changing.start()
    for _ in range(30):
        with pytest.raises(snaplint.PreflightFailed):
            given.copy_snapshot(**REQUEST)
    done.set()
    changing.join()
    assert server.seen == []


def test_a_guard_does_not_keep_its_client(server: Server) -> None:
    guarded = snaplint.guard(server.client(), FACTS, CALLER)
    kept = weakref.ref(guarded)
    del guarded
    gc.collect()
    assert kept() is None


# -- wrong arguments
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("put", [snaplint.guard, snaplint.unguard])
def test_a_client_of_another_service_is_refused_at_once(server: Server, put: Any) -> None:
    with pytest.raises(ValueError, match="not one of `s3`"):
        put(server.client(service="s3"))
    with pytest.raises(ValueError, match="not one of `memorydb`"):
        put(server.client(service="memorydb"))
    with pytest.raises(TypeError, match="not `Session`"):
        put(boto3.Session())
    with pytest.raises(TypeError, match="not `NoneType`"):
        put(None)


class AioBaseClient:
    """A client as that of aiobotocore, which need not be installed, describes itself."""

    meta = SimpleNamespace(
        service_model=SimpleNamespace(service_name="elasticache"), region_name="us-east-1", events=object()
    )


class Coroutines(AioBaseClient):
    async def _make_api_call(self, *_: object) -> None:
        return


def of_aiobotocore(name: str) -> Any:
    """Return a client whose class, or the class of whose events, is in aiobotocore."""
    foreign = type(name, (), {"__module__": "aiobotocore.client"})
    if name == "AioHierarchicalEmitter":
        return SimpleNamespace(meta=SimpleNamespace(**{**vars(AioBaseClient.meta), "events": foreign()}))
    return type("ElastiCache", (foreign,), {"meta": AioBaseClient.meta})()


@pytest.mark.parametrize("put", [snaplint.guard, snaplint.unguard])
@pytest.mark.parametrize(
    "client",
    [
        pytest.param(of_aiobotocore("AioBaseClient"), id="a client"),
        pytest.param(of_aiobotocore("AioHierarchicalEmitter"), id="its events"),
        pytest.param(type("ClientCreatorContext", (), {"__module__": "aiobotocore.session"})(), id="not yet entered"),
        pytest.param(Coroutines(), id="coroutines"),
    ],
)
def test_a_client_of_asyncio_is_refused(put: Any, client: Any) -> None:
    with pytest.raises(snaplint.InvalidArgument, match=r"`client` must be .* asyncio"):
        put(client)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"facts": "facts.json"}, "`facts` must be a mapping"),
        ({"facts": {}, "caller": [CALLER]}, "`caller` must be a mapping"),
        ({"facts": {}, "on_unknown": None}, "`on_unknown` must be `allow` or `raise`, not None"),
    ],
)
def test_wrong_types_are_refused_at_once(server: Server, arguments: Data, words: str) -> None:
    given = server.client()
    with pytest.raises(snaplint.InvalidArgument, match=words):
        snaplint.guard(given, **arguments)
    given.copy_snapshot(**REQUEST)  # it is not guarded
    assert server.seen == [SENT]


@pytest.mark.parametrize(
    "arguments",
    [
        {"session": "prod"},
        {"region": 5},
        {"profile": b"prod"},
        {"role_arn": ["x"]},
        {"endpoint_url": 5},
        {"no_session_policy": "no"},
        {"timeout": "60"},
        {"timeout": True},
        {"timeout": -1},
        {"timeout": float("nan")},
    ],
    ids=str,
)
def test_a_collector_names_the_wrong_argument(arguments: Data) -> None:
    (name,) = arguments
    with pytest.raises(snaplint.InvalidArgument, match=f"`{name}` must be") as caught:
        snaplint.collector(**arguments)
    assert caught.value.argument == name
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ValueError)


def test_another_on_unknown_is_refused_at_once(server: Server) -> None:
    given = server.client()
    with pytest.raises(ValueError, match="`allow` or `raise`, not `warn`"):
        snaplint.guard(given, REFUSED, CALLER, on_unknown=cast(Any, "warn"))
    given.copy_snapshot(**REQUEST)  # it is not guarded
    assert server.seen == [SENT]


def test_invalid_facts_are_reported_when_the_call_is_made(server: Server) -> None:
    guarded = snaplint.guard(server.client(), {"bukets": {}})
    with pytest.raises(InvalidFacts, match="did you mean `buckets`"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == []


# -- facts from a callable
# ------------------------------------------------------------------------------------------------------------------


def test_a_callable_is_called_for_each_call(server: Server) -> None:
    worlds = [WITH_CALLER, {**REFUSED, "caller": CALLER}, WITH_CALLER]
    names: list[object] = []

    def facts(request: Mapping[str, object]) -> Data:
        names.append(request["TargetSnapshotName"])
        return worlds[len(names) - 1]

    guarded = snaplint.guard(server.client(), facts)
    guarded.copy_snapshot(**REQUEST)
    with pytest.raises(snaplint.PreflightFailed, match="service-lacks-write"):
        guarded.copy_snapshot(**{**REQUEST, "TargetSnapshotName": "second"})
    guarded.copy_snapshot(**{**REQUEST, "TargetSnapshotName": "third"})
    assert names == [TARGET, "second", "third"]
    assert [request["TargetSnapshotName"] for request in server.seen] == [TARGET, "third"]


def test_the_region_of_a_callable_is_the_clients_own_unless_the_callable_states_it(server: Server) -> None:
    guarded = snaplint.guard(server.client(), lambda _request: without(WITH_CALLER, "region"), on_unknown="raise")
    guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


class Blind(NamedTuple):
    """A callable that returns no facts, and the words about it in the message."""

    facts: Any
    said: str


def broken(_request: Mapping[str, object]) -> Data:
    raise TimeoutError("no answer\nfrom sts")


BLIND = [
    pytest.param(Blind(broken, "TimeoutError: no answer from sts"), id="raises"),
    pytest.param(Blind(lambda _request: None, "TypeError"), id="nothing"),
    pytest.param(Blind(lambda _request: {"bukets": {}}, "did you mean `buckets`?"), id="another form"),
    pytest.param(
        Blind(
            lambda _request: changed(WITH_CALLER, region="eu-west-1"),
            "available: the facts are for `eu-west-1`, but the client calls `us-east-1`",
        ),
        id="another Region",
    ),
]


@pytest.mark.parametrize("blind", BLIND)
def test_a_guard_without_facts_warns_and_the_call_is_sent(server: Server, blind: Blind) -> None:
    guarded = snaplint.guard(server.client(), blind.facts)
    with pytest.warns(
        snaplint.NotPreflighted, match="called without a preflight: the facts are not available: "
    ) as warned:
        guarded.copy_snapshot(**REQUEST)
    assert blind.said in str(warned[0].message)
    assert warned[0].filename == __file__  # the line that called copy_snapshot, not one of botocore's
    assert server.seen == [SENT]


@pytest.mark.parametrize("blind", BLIND)
def test_a_guard_without_facts_sends_nothing_under_raise(server: Server, blind: Blind) -> None:
    guarded = snaplint.guard(server.client(), blind.facts, on_unknown="raise")
    with pytest.raises(snaplint.PreflightFailed) as caught:
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == []
    assert blind.said in caught.value.why
    said = str(caught.value)
    assert said.startswith(f"copy_snapshot was not called: {caught.value.why} (undetermined: ")
    assert "service-lacks-write" in said
    assert caught.value.report.verdict("bucket-does-not-exist").verdict == "cannot-tell"
    assert blind.said in caught.value.report.verdict("service-lacks-write").message
    assert isinstance(caught.value.__cause__, Exception)
    assert not isinstance(caught.value.__cause__, snaplint.PreflightFailed)
    assert pickle.loads(pickle.dumps(caught.value)).why == caught.value.why  # noqa: S301  # our own


def test_what_the_request_itself_shows_needs_no_facts(server: Server) -> None:
    guarded = snaplint.guard(server.client(), broken)
    with pytest.raises(snaplint.PreflightFailed, match="bucket-name-invalid") as caught:
        guarded.copy_snapshot(**{**REQUEST, "TargetBucket": "s3://exports/"})
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert server.seen == []


def break_check(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a check raise."""
    from snaplint.checks.registry import CHECKS

    def breaking(*_: object) -> Iterator[Any]:
        message = "the sky fell"
        raise RuntimeError(message)

    monkeypatch.setitem(CHECKS, name, CHECKS[name]._replace(run=breaking))


# also a check whose rule is only a remark: what it would have said is not known
@pytest.mark.parametrize("name", ["bucket.in-region", "bucket.public-access-blocked"])
@pytest.mark.parametrize("facts", [WITH_CALLER, lambda _request: WITH_CALLER], ids=["mapping", "callable"])
def test_a_check_that_raises(server: Server, monkeypatch: pytest.MonkeyPatch, name: str, facts: Any) -> None:
    break_check(monkeypatch, name)
    guarded = snaplint.guard(server.client(), facts)
    with pytest.warns(
        snaplint.NotPreflighted, match="without a complete preflight: .*: snaplint broke while it checked"
    ):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    snaplint.guard(guarded, facts, on_unknown="raise")
    with pytest.raises(snaplint.PreflightFailed, match="snaplint broke while it checked this: RuntimeError") as caught:
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert [each.error for each in caught.value.report.broken] == [caught.value.__cause__]
    assert pickle.loads(pickle.dumps(caught.value)).report.broken  # noqa: S301  # our own


def test_a_check_that_raises_does_not_hide_a_failure(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    break_check(monkeypatch, "bucket.in-region")
    guarded = snaplint.guard(server.client(), REFUSED, CALLER)
    with pytest.raises(snaplint.PreflightFailed, match="service-lacks-write"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == []


def test_snaplint_that_breaks_on_the_facts(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(*_: object) -> None:
        message = "the sky fell"
        raise KeyError(message)

    monkeypatch.setattr("snaplint.api.notes", breaking)
    with pytest.raises(KeyError):
        snaplint.check(REQUEST, FACTS, CALLER)
    guarded = snaplint.guard(server.client(), FACTS, CALLER, on_unknown="raise")
    with pytest.raises(KeyError):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == []
    snaplint.guard(guarded, FACTS, CALLER)
    with pytest.warns(snaplint.NotPreflighted, match="without a preflight: snaplint broke: KeyError at snaplint"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_a_warning_that_is_an_error_stops_the_call(server: Server) -> None:
    guarded = snaplint.guard(server.client(), broken)
    with warnings.catch_warnings():
        warnings.simplefilter("error", snaplint.NotPreflighted)
        with pytest.raises(snaplint.NotPreflighted):
            guarded.copy_snapshot(**REQUEST)
    assert server.seen == []


def test_an_interrupt_is_raised(server: Server) -> None:
    def interrupted(_request: Mapping[str, object]) -> Data:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        snaplint.guard(server.client(), interrupted).copy_snapshot(**REQUEST)
    assert server.seen == []


def test_an_invalid_caller_is_reported_even_without_facts(server: Server) -> None:
    guarded = snaplint.guard(server.client(), broken, {"ARN": "x"})
    with pytest.raises(InvalidFacts, match="did you mean `arn`"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == []


# -- the collector
# ------------------------------------------------------------------------------------------------------------------


class Collected(NamedTuple):
    """As snaplint.collect returns it."""

    facts: Data
    refused: tuple[()] = ()
    interrupted: bool = False


class Collect(ModuleType):
    """A snaplint.collect that returns what a test sets, and keeps its arguments."""

    def __init__(self, *answers: Collected | Exception) -> None:
        super().__init__("snaplint.collect")
        self.answers = list(answers)
        self.connections: list[Data] = []
        self.asked: list[tuple[object, Data]] = []

    def Connection(self, **how: object) -> str:  # noqa: N802  # the name of a class
        self.connections.append(how)
        return "the connection"

    def collect(self, requests: object, connection: str, **how: object) -> Collected:
        assert connection == "the connection"
        self.asked.append((requests, how))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def collecting(monkeypatch: pytest.MonkeyPatch, *answers: Collected | Exception) -> Collect:
    fake = Collect(*answers)
    monkeypatch.setitem(sys.modules, "snaplint.collect", fake)
    return fake


def test_a_collector_connects_once_and_reads_for_each_call(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = collecting(monkeypatch, Collected(WITH_CALLER), Collected({**REFUSED, "caller": CALLER}))
    role = boto3.Session("ASIAIOSFODNN7EXAMPLE", "testing", "token", region_name="us-east-1")
    read = snaplint.collector(role, endpoint_url=server.url, no_session_policy=True)
    guarded = snaplint.guard(server.client(session=role), read, on_unknown="raise")
    guarded.copy_snapshot(**REQUEST)
    with pytest.raises(snaplint.PreflightFailed, match="service-lacks-write"):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    assert fake.connections == [
        {"session": role, "region": None, "profile": None, "role_arn": None, "endpoint_url": server.url}
    ]
    assert fake.asked == [([REQUEST], {"no_session_policy": True})] * 2


def test_a_collection_that_was_interrupted_stops_the_call(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    collecting(monkeypatch, Collected(WITH_CALLER, interrupted=True))
    guarded = snaplint.guard(server.client(), snaplint.collector())
    with pytest.raises(KeyboardInterrupt):
        guarded.copy_snapshot(**REQUEST)
    assert server.seen == []


def test_a_collector_that_cannot_connect_is_like_any_that_raises(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    collecting(monkeypatch, OSError("expired"), OSError("expired"))
    read = snaplint.collector()
    with pytest.warns(snaplint.NotPreflighted, match="expired"):
        snaplint.guard(server.client(), read).copy_snapshot(**REQUEST)
    with pytest.raises(snaplint.PreflightFailed, match="expired"):
        snaplint.guard(server.client(), read, on_unknown="raise").copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


# -- imports
# ------------------------------------------------------------------------------------------------------------------

LOADED = """\
import sys
from snaplint import guard, unguard, collector, PreflightFailed, NotPreflighted
assert guard.__name__ == "guard" and guard is __import__("snaplint").guard
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"boto3", "botocore", "moto"}))
print(*sorted(name for name in sys.modules if name.startswith("snaplint.collect")))
"""


def test_the_names_come_without_boto3() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout.split() == []


def test_nothing_given_is_changed(server: Server) -> None:
    facts, caller, members = changed(FACTS), changed(CALLER), changed(REQUEST)
    snaplint.guard(server.client(), facts, caller).copy_snapshot(**members)
    assert (facts, caller, members) == (FACTS, CALLER, REQUEST)
    assert facts["account"] == ACCOUNT


# -- the collector with moto's AWS in this process; the counting server gets the calls that pass
# ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


EXPORT = {"SourceSnapshotName": world.SNAPSHOT, "TargetSnapshotName": world.TARGET, "TargetBucket": world.BUCKET}


def test_live_facts_stop_the_call_until_the_account_is_corrected(server: Server, aws: Sandbox) -> None:
    session = boto3.Session()
    guarded = snaplint.guard(server.client(session=session), snaplint.collector(session), on_unknown="raise")
    with pytest.raises(snaplint.PreflightFailed) as caught:
        guarded.copy_snapshot(**EXPORT)
    assert {verdict.rule.id for verdict in caught.value.report.failing} == {
        "service-lacks-write",
        "caller-cannot-list-buckets",
    }
    assert server.seen == []
    aws.change()
    guarded.copy_snapshot(**EXPORT)
    assert server.seen == [{"Action": "CopySnapshot", "Version": "2015-02-02", **EXPORT}]


def test_live_facts_of_an_assumed_role(server: Server, aws: Sandbox) -> None:
    aws.change()
    iam, role = boto3.client("iam"), "exporter"
    trust = {"Statement": {"Effect": "Allow", "Principal": {"AWS": world.ACCOUNT}, "Action": "sts:AssumeRole"}}
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="nightly")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    read = snaplint.collector(session, no_session_policy=True)
    guarded = snaplint.guard(server.client(session=session), read, on_unknown="raise")
    with pytest.raises(snaplint.PreflightFailed, match=r"caller-not-permitted: .*:assumed-role/exporter/nightly"):
        guarded.copy_snapshot(**EXPORT)
    iam.put_role_policy(RoleName=role, PolicyName="export", PolicyDocument=json.dumps(world.USER_AFTER))
    guarded.copy_snapshot(**EXPORT)
    sent = [{"Action": "CopySnapshot", "Version": "2015-02-02", **EXPORT}]
    assert server.seen == sent
    # no AWS call returns the session policy: it is assumed that there is none, or the verdict is undetermined
    snaplint.guard(guarded, snaplint.collector(session)).copy_snapshot(**EXPORT)
    assert server.seen == sent * 2
    with pytest.raises(snaplint.PreflightFailed, match=r"depends on caller\.session_policies"):
        snaplint.guard(guarded, snaplint.collector(session), on_unknown="raise").copy_snapshot(**EXPORT)
    assert server.seen == sent * 2


def test_a_collector_without_credentials_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from snaplint.collect import NotConnected

    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(NotConnected, match="no AWS credentials"):
        snaplint.collector()
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(NotConnected, match="no Region"):
        snaplint.collector(boto3.Session("AKIAIOSFODNN7EXAMPLE", "testing"))


def test_a_collector_without_answers_warns(server: Server) -> None:
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "testing", region_name="us-east-1")
    read = snaplint.collector(session, endpoint_url="http://127.0.0.1:1")
    with pytest.warns(
        snaplint.NotPreflighted, match=r"nothing could be read .*sts:GetCallerIdentity: AWS cannot be reached"
    ):
        snaplint.guard(server.client(), read).copy_snapshot(**REQUEST)
    assert server.seen == [SENT]
    with pytest.raises(snaplint.PreflightFailed, match=r"nothing could be read .*AWS cannot be reached"):
        snaplint.guard(server.client(), read, on_unknown="raise").copy_snapshot(**REQUEST)
    assert server.seen == [SENT]


def test_credentials_that_expired_meanwhile_do_not_stop_an_export(server: Server) -> None:
    session = boto3.Session("ASIAIOSFODNN7EXAMPLE", "testing", "token", region_name="us-east-1")
    read = snaplint.collector(session, endpoint_url=server.url)
    server.expired = True
    with pytest.warns(snaplint.NotPreflighted, match="the facts are not available: .*expired"):
        snaplint.guard(server.client(), read).copy_snapshot(**REQUEST)
    assert [each for each in server.seen if each.get("Action") == "CopySnapshot"] == [SENT]
    with pytest.raises(snaplint.PreflightFailed, match=r"expired.*bucket-does-not-exist"):
        snaplint.guard(server.client(), read, on_unknown="raise").copy_snapshot(**REQUEST)
    assert [each for each in server.seen if each.get("Action") == "CopySnapshot"] == [SENT]
