"""A fake AWS in front of moto's server: it counts calls, answers some of them itself, and forwards the others to moto.

With it a test can have one call refused, throttled, hung, truncated or garbled, or answered as AWS documents it where
moto differs.
"""

from __future__ import annotations

import http.client
import json
import threading
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

S3_SUBRESOURCES = {
    "location": "GetBucketLocation",
    "policy": "GetBucketPolicy",
    "acl": "GetBucketAcl",
    "ownershipControls": "GetBucketOwnershipControls",
    "publicAccessBlock": "GetPublicAccessBlock",
    "encryption": "GetBucketEncryption",
    "object-lock": "GetObjectLockConfiguration",
    "tagging": "GetBucketTagging",
    "abac": "GetBucketAbac",
    "list-type": "ListObjectsV2",
}
QUERY = ("elasticache", "iam", "sts")
JSON = ("kms", "organizations", "account")


class Call(NamedTuple):
    """One request: `name` is `service:Operation`, `region` that of the signature, `params` its parameters."""

    name: str
    region: str
    params: dict[str, str]
    bucket: str
    headers: dict[str, str]

    @property
    def service(self) -> str:
        return self.name.partition(":")[0]


class Reply(NamedTuple):
    """The response. `missing` bytes of Content-Length are not in the body; `hang` waits until the server stops.

    `wire` yields the bytes of the whole response, status line and headers included, instead of all that: it may go on
    for ever, because it ends when the server stops or the client closes the connection.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple's field
    missing: int = 0
    hang: bool = False
    wire: Callable[[], Iterator[bytes]] | None = None


if TYPE_CHECKING:
    Answer = Callable[[Call], Reply | None]


def error(code: str, status: int = 400, **headers: str) -> Answer:
    """Return an error in the form of the service that is called.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
    https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    """

    def answer(call: Call) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if call.name == "s3:HeadBucket":
            return Reply(status, b"", {"x-amz-request-id": "R", **sent})
        message = "a message with SECRETWORD in it"
        inner = f"<Code>{code}</Code><Message>{message}</Message>"
        if call.service in ("s3", "s3control"):
            body = f"<?xml version='1.0' encoding='UTF-8'?><Error>{inner}</Error>"
            if call.service == "s3control":
                body = f"<ErrorResponse><Error>{inner}</Error><RequestId>r</RequestId></ErrorResponse>"
        elif call.service in QUERY:
            body = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>r</RequestId></ErrorResponse>"
        else:
            sent["x-amzn-ErrorType"] = code
            body = json.dumps({"__type": code, "message": message})
        return Reply(status, body.encode(), sent)

    return answer


def refused(call: Call) -> Reply | None:
    """Answer AccessDenied in the form of the service; the answer to HEAD has no body."""
    return error("AccessDeniedException" if call.service in JSON else "AccessDenied", 403)(call)


def no_such(code: str) -> Answer:
    return error(code, 404)


def said(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    """Return an answer that is the same for every call."""
    raw = body.encode() if isinstance(body, str) else body
    return lambda _call: Reply(status, raw, {name.replace("_", "-"): value for name, value in headers.items()})


def garbage(_call: Call) -> Reply:
    return Reply(200, b"<html><body>Please sign in to the guest network \xff\x00", {"Content-Type": "text/html"})


def truncated(_call: Call) -> Reply:
    return Reply(200, b"<?xml version='1.0'?><Answer><Half>", {"Content-Type": "application/xml"}, missing=500)


def hung(_call: Call) -> Reply:
    return Reply(hang=True)


_NO_ABAC = Reply(200, b"<AbacStatus><Status>Disabled</Status></AbacStatus>")
"""The answer for a bucket in its default state, which moto does not know."""


class FakeAws:
    """The server; `with FakeAws(moto) as aws:` serves at `aws.url`."""

    def __init__(self, upstream: str = "") -> None:
        self.upstream = upstream
        self.calls: list[Call] = []
        self.poured = 0
        """Bytes that were sent by `wire`."""
        self._answers: list[tuple[str, Answer]] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        fake = self

        class Handler(_Handler):
            aws = fake

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def on(self, name: str, answer: Answer) -> None:
        """Answer an operation (`*` is every one) from now on; if the answer returns None, the next one is tried."""
        self._answers.insert(0, (name, answer))

    def reset(self) -> None:
        self._answers.clear()
        self.calls.clear()

    def counted(self) -> Counter[str]:
        """Return how often each operation was called."""
        return Counter(call.name for call in self.calls)

    def answer_to(self, call: Call) -> Reply | None:
        with self._lock:
            self.calls.append(call)
        for name, answer in self._answers:
            if name in ("*", call.name):
                reply = answer(call)
                if reply is not None:
                    return reply
        return _NO_ABAC if call.name == "s3:GetBucketAbac" else None

    def __enter__(self) -> FakeAws:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close the connection of a hung call: it is part of the test."""


class _Handler(BaseHTTPRequestHandler):
    aws: FakeAws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_args: object) -> None:
        pass

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        reply = self.aws.answer_to(called(self.command, self.path, dict(self.headers.items()), body))
        if reply is None:
            reply = self._forwarded(body)
        if reply.hang:
            self.aws.stopping.wait(60)
            self.close_connection = True
            return
        if reply.wire is not None:
            self._pour(reply.wire())
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.missing))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        if reply.missing:
            self.close_connection = True

    def _pour(self, pieces: Iterator[bytes]) -> None:
        self.close_connection = True
        for piece in pieces:
            if self.aws.stopping.is_set():
                return
            self.wfile.write(piece)
            self.aws.poured += len(piece)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server requires these names

    def _forwarded(self, body: bytes) -> Reply:
        if not self.aws.upstream:
            return Reply(501, b"there is no server to forward to")
        host = urllib.parse.urlsplit(self.aws.upstream).netloc
        connection = http.client.HTTPConnection(host, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        raw = answer.read()
        dropped = ("content-length", "transfer-encoding", "connection", "server", "date")
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in dropped}
        connection.close()
        return Reply(answer.status, raw, kept)


def called(method: str, path: str, headers: dict[str, str], body: bytes) -> Call:
    """Return the call that an HTTP request makes, by the protocol of its service."""
    lowered = {name.lower(): value for name, value in headers.items()}
    scope = lowered.get("authorization", "").partition("Credential=")[2].split(",")[0].split("/")
    region, service = (scope[2], scope[3]) if len(scope) > 3 else ("", "s3")
    parts = urllib.parse.urlsplit(path)
    query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    bucket = ""
    if service in QUERY:
        params = dict(urllib.parse.parse_qsl(body.decode()))
        operation = params.get("Action", "")
    elif "x-amz-target" in lowered:
        operation, params = lowered["x-amz-target"].rpartition(".")[2], _json(body)
    elif service == "account":
        operation, params = parts.path[1:2].upper() + parts.path[2:], _json(body)
    elif parts.path.startswith("/v20180820/"):
        service, params = "s3control", query
        operation = f"{method.capitalize()}PublicAccessBlock"
    else:
        params, bucket = query, urllib.parse.unquote(parts.path.strip("/").partition("/")[0])
        operation = _s3_operation(method, bucket, query)
    return Call(f"{service}:{operation}", region, params, bucket, lowered)


def _s3_operation(method: str, bucket: str, query: dict[str, str]) -> str:
    if method == "HEAD":
        return "HeadBucket"
    if method != "GET":
        return f"{method} {bucket}"
    if not bucket:
        return "ListBuckets"
    return next((name for marker, name in S3_SUBRESOURCES.items() if marker in query), "GET")


def _json(body: bytes) -> dict[str, str]:
    held = json.loads(body or b"{}")
    return {name: str(value) for name, value in held.items()}
