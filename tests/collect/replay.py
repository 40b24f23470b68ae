"""AWS's answers, recorded once, and replayed inside the process with some of them changed.

botocore asks the handlers of its event `before-send` for the response before it opens a connection: what they return
goes through everything that a real response goes through.
"""

from __future__ import annotations

import http.client
import io
import json
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from tests.collect.fake_aws import FakeAws, Reply, called
from tests.collect.sandbox import EXPORT, Sandbox, allow, opted, organization, role_session, session

from snaplint.base.source import parted
from snaplint.collect import Connection, collect
from snaplint.facts.store import written
from snaplint.findings.result import Result
from snaplint.lint.linter import check_document
from snaplint.lint.rulebook import builtin_rules
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.collect.fake_aws import Call

    Way = Callable[[Call, Reply], Reply]

Key = tuple[str, str, tuple[tuple[str, str], ...]]
_DROPPED = ("content-length", "transfer-encoding", "connection", "server", "date")


class Audited(NamedTuple):
    """The facts, the verdicts by rule, and the messages of input errors."""

    facts: dict[str, Any]
    verdicts: dict[str, str]
    faults: list[str]


class Replay:
    """Answers calls as `aws` and moto behind it did when they were first sent; `on` changes the answers to a read."""

    def __init__(self, aws: FakeAws, key: tuple[str, str], token: str | None = None, moto: str = "") -> None:
        self.calls: list[str] = []
        self._aws = aws
        self._moto = urllib.parse.urlsplit(moto).netloc
        self._recorded: dict[Key, Reply] = {}
        self._audited: dict[tuple[str, ...], Audited] = {}
        self._ways: Mapping[str, Way] = {}
        made = session(key, token)
        made._session.register("before-send", self._response)
        self.connection = Connection(session=made, endpoint_url="http://replay.test:1", attempts=1)

    def audit(self, ways: Mapping[str, Way]) -> Audited:
        """Return what an audit finds if the reads in `ways` are answered so, and all others rightly."""
        self._ways = ways
        self.calls.clear()
        facts = collect([EXPORT], self.connection, workers=4).facts
        document = parse("facts.json", written(facts).encode())
        reported, faults = parted(check_document(document, Files(), builtin_rules(), strict=True))
        verdicts = {
            verdict.rule.id: str(verdict.verdict)
            for result in reported
            if isinstance(result, Result)
            for verdict in result.verdicts
        }
        return Audited(facts, verdicts, [str(fault) for fault in faults])

    def right(self, ways: Mapping[str, Way]) -> Audited:
        """Return what `audit` returns, which is done once for the same reads."""
        reads = tuple(ways)
        if reads not in self._audited:
            self._audited[reads] = self.audit(ways)
        return self._audited[reads]

    def _response(self, request: Any, **_event: Any) -> AWSResponse:
        parts = urllib.parse.urlsplit(request.url)
        path = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        headers = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()
        }
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        call = called(request.method, path, headers, body)
        self.calls.append(call.name)
        key = (call.name, call.bucket, tuple(sorted(call.params.items())))
        if key not in self._recorded:
            self._recorded[key] = self._aws.answer_to(call) or self._sent(request.method, path, headers, body)
        reply = self._recorded[key]
        if call.name in self._ways:
            reply = self._ways[call.name](call, reply)
        answered = HTTPHeaders()
        for name, value in {"Content-Length": str(len(reply.body) + reply.missing), **reply.headers}.items():
            answered[name] = value
        empty = request.method == "HEAD"
        return AWSResponse(request.url, reply.status, answered, _Raw(b"" if empty else reply.body))

    def _sent(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        connection = http.client.HTTPConnection(self._moto, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _DROPPED}
        return Reply(answer.status, raw, kept)


class _Raw(io.BytesIO):
    """The body of a response in the form that botocore reads."""

    def stream(self) -> Any:
        yield self.read()


def recorded_replays(moto: str) -> dict[str, Replay]:
    """Return the replays of a user and of a role, which have recorded every right answer."""
    made: dict[str, Replay] = {}
    for who in ("user", "role"):
        request = urllib.request.Request(f"{moto}/moto-api/reset", method="POST")  # noqa: S310 - loopback
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
        aws = FakeAws()
        aws._server.server_close()  # it answers inside the process
        organization(aws)
        opted(aws)
        sandbox = Sandbox(moto)
        if who == "user":
            key, token = sandbox.story(), None
        else:
            access, secret, token = role_session(moto)
            key = (access, secret)
            sandbox.snapshot()
            sandbox.bucket()
        _encrypted(sandbox)
        made[who] = Replay(aws, key, token, moto)
        made[who].audit({})
        made[who].audit(dict.fromkeys(("s3:HeadBucket", "s3:ListBuckets"), without_region))
    return made


def _encrypted(sandbox: Sandbox) -> None:
    key = sandbox.client("kms").create_key(Policy=json.dumps(allow("kms:*")))["KeyMetadata"]["KeyId"]
    sandbox.client("kms").create_alias(AliasName="alias/exports", TargetKeyId=key)
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/exports"}
    sandbox.client("s3").put_bucket_encryption(
        Bucket="exports", ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
    )


def without_region(_call: Call, right: Reply) -> Reply:
    headers = {name: value for name, value in right.headers.items() if name.lower() != "x-amz-bucket-region"}
    return Reply(right.status, right.body, headers)
