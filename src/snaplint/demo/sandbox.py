"""The demo's AWS: moto behind an HTTP server in this process, on loopback, with the content of `world`.

moto differs from AWS in three ways. New buckets have no encryption, Object Ownership or Block Public Access, while S3
sets all three. The opt-in status of Regions is missing. Policies are stored but not enforced. This module corrects the
first two, so that reads return what AWS would return; the text of the demo mentions the third.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import warnings
from contextlib import ExitStack, contextmanager

from snaplint.demo import world

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any

    from snaplint.collect import Connection

NEEDS = "pip install 'snaplint-aws[demo]'"
"""The command that installs moto and the server that it needs."""

_LOOPBACK = "127.0.0.1"
_NAME = "localhost"
_AWS_PREFIXES = ("AWS_", "MOTO_")
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


class MissingExtra(Exception):
    """The demo's extra is not installed."""


class Sandbox:
    """An AWS with one account, for as long as a `with` block lasts.

    Inside the block the environment has the caller's credentials and the address of the simulation, none of the user's
    own AWS settings, and only names of this machine are resolved. Entering it raises MissingExtra if moto is missing.
    """

    def __init__(self) -> None:
        self._resources = ExitStack()
        self._connection: Connection

    def __enter__(self) -> Sandbox:
        try:
            with ExitStack() as resources:
                port = resources.enter_context(_serving())
                _reset(port)
                resources.enter_context(_only_this_machine())
                resources.enter_context(_environment(f"http://{_NAME}:{port}"))
                self._build()
                self._resources = resources.pop_all()
        except ImportError as error:
            raise MissingExtra(f"the demo needs `{error.name}`: {NEEDS}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._resources.close()

    def _build(self) -> None:
        from snaplint.collect import Connection

        self._connection = Connection(endpoint_url=os.environ["AWS_ENDPOINT_URL"])
        cache = self._connection.client("elasticache")
        cache.create_replication_group(
            ReplicationGroupId="orders", ReplicationGroupDescription="orders", Engine="redis", NumNodeGroups=2
        )
        cache.create_snapshot(SnapshotName=world.SNAPSHOT, ReplicationGroupId="orders")
        self._bucket(world.BUCKET_ELSEWHERE, world.ELSEWHERE, world.ELSEWHERE_POLICY)
        self._bucket(world.BUCKET, world.REGION, world.IMPORT_POLICY)
        self._connection.client("s3control").put_public_access_block(
            AccountId=world.ACCOUNT, PublicAccessBlockConfiguration=world.BLOCKED
        )
        self._user()

    def _bucket(self, name: str, region: str, policy: Mapping[str, Any]) -> None:
        """Create a bucket with the settings that S3 gives a new bucket and moto does not."""
        s3 = self._connection.client("s3", region)
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=world.OWNERSHIP)
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=world.ENCRYPTION)
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=world.BLOCKED)
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))

    def _user(self) -> None:
        """Create the caller, and put its access key into the environment."""
        iam = self._connection.client("iam")
        iam.create_user(UserName=world.USER)
        self._put_user_policy(world.USER_BEFORE)
        key = iam.create_access_key(UserName=world.USER)["AccessKey"]
        os.environ["AWS_ACCESS_KEY_ID"] = key["AccessKeyId"]
        os.environ["AWS_SECRET_ACCESS_KEY"] = key["SecretAccessKey"]

    def _put_user_policy(self, policy: Mapping[str, Any]) -> None:
        self._connection.client("iam").put_user_policy(
            UserName=world.USER, PolicyName=world.USER_POLICY, PolicyDocument=json.dumps(policy)
        )

    def change(self) -> None:
        """Correct both policies."""
        self._connection.client("s3").put_bucket_policy(Bucket=world.BUCKET, Policy=json.dumps(world.EXPORT_POLICY))
        self._put_user_policy(world.USER_AFTER)


@contextmanager
def _serving() -> Iterator[int]:
    """Run moto on a free port of loopback, and yield the port."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `MissingExtra` reports missing packages
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002, ARG002  # as werkzeug calls it
            return

    server = make_server(
        _LOOPBACK,
        0,
        _with_opt_status(DomainDispatcherApplication(create_backend_app)),
        threaded=True,
        request_handler=Quiet,
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _reset(port: int) -> None:
    """Reset moto, whose state lasts as long as the process: an earlier sandbox may have filled it.

    https://docs.getmoto.org/en/latest/docs/server_mode.html#reset-api
    """
    from http.client import HTTPConnection

    connection = HTTPConnection(_LOOPBACK, port)
    connection.request("POST", "/moto-api/reset")
    connection.getresponse().read()
    connection.close()


def _with_opt_status(moto: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return moto with an answer to account:GetRegionOptStatus, which it lacks: the Region is enabled by default.

    https://docs.aws.amazon.com/accounts/latest/reference/API_GetRegionOptStatus.html
    """

    def answer(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/getRegionOptStatus":
            return moto(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"RegionName": world.REGION, "RegionOptStatus": "ENABLED_BY_DEFAULT"}).encode()]

    return answer


@contextmanager
def _only_this_machine() -> Iterator[None]:
    """Resolve `localhost` and the names below it to this machine and no other name, without a name server.

    S3 Control prefixes the endpoint's name with the account, and not every resolver knows names below `localhost`
    (RFC 6761, 6.3).
    """
    original = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        if host in (_NAME, _LOOPBACK) or str(host).endswith(f".{_NAME}"):
            return original(_LOOPBACK, *arguments, **named)
        raise socket.gaierror(socket.EAI_NONAME, "the demo resolves names of this machine only")

    socket.getaddrinfo = resolve
    try:
        yield
    finally:
        socket.getaddrinfo = original


@contextmanager
def _environment(url: str) -> Iterator[None]:
    """Point the environment to this AWS instead of the user's own, and restore it at the end."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(_AWS_PREFIXES) or name.lower() in _PROXY_VARIABLES:
            del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_REGION": world.REGION,
        "AWS_DEFAULT_REGION": world.REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": world.ACCOUNT,
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
