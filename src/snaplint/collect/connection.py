"""The connection to AWS: a session, and one client for each service and Region."""

from __future__ import annotations

import os
import re
import threading
from functools import partial
from math import inf
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import exceptions as boto
from botocore.config import Config

from snaplint.base.wording import clipped, did_you_mean, os_reason
from snaplint.collect.aws_errors import CREDENTIAL_ERRORS, UNPARSABLE, classify
from snaplint.collect.bodies import MOST_BYTES, BoundedHttp
from snaplint.collect.deadline import ANSWER_SECONDS, Deadline, within
from snaplint.collect.strict_answers import watch
from snaplint.iam.asked.availability import ROLE, SESSION
from snaplint.iam.asked.principal import Principal
from snaplint.operations.partitions import REGIONS, is_region, near_region, partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

SESSION_NAME = "snaplint"
_ASSUMED_BY_BOTOCORE = frozenset(("assume-role", "assume-role-with-web-identity"))
"""Credential methods by which botocore itself assumes a role: it never sends a session policy with the call."""


class NotConnected(Exception):
    """AWS cannot be called: there is no Region, there are no credentials, or AWS does not accept them."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Connection:
    """A session with AWS. Each client is created once; `client` may be called from any thread.

    `session` is a boto3 Session to use instead of a new one. A `role_arn` is assumed through STS before anything is
    read, by the `deadline`. `endpoint_url` replaces every service's own endpoint. `attempts` includes the first one.
    The timeouts are in seconds: the first two are botocore's own, and `answer_timeout` is for an answer as a whole, all
    attempts included. `most_bytes` is the longest answer that is read. Raises NotConnected.
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        profile: str | None = None,
        role_arn: str | None = None,
        endpoint_url: str | None = None,
        session: Any = None,
        attempts: int = 4,
        connect_timeout: float = 5,
        read_timeout: float = 10,
        answer_timeout: float = ANSWER_SECONDS,
        most_bytes: int = MOST_BYTES,
        deadline: Deadline | None = None,
    ) -> None:
        if role_arn is not None:
            _require_role(role_arn)
        self.endpoint_url = endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}
        self._clients_lock = threading.Lock()
        self._answer_timeout = answer_timeout
        self._most_bytes = most_bytes
        s3: Any = {"us_east_1_regional_endpoint": "regional"}
        if endpoint_url is not None:  # it seldom has host names that begin with the name of a bucket
            s3["addressing_style"] = "path"
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": attempts},
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            max_pool_connections=32,
            user_agent_extra="snaplint",
            s3=s3,
        )
        self._session = session if session is not None else _session(profile)
        # in the order of the AWS CLI; boto3 itself reads only AWS_DEFAULT_REGION
        self.region = self._region(region or (os.environ.get("AWS_REGION") if session is None else None))
        deadline = deadline or Deadline()
        self._load_credentials(deadline)
        self.assumed = _method(self._session) in _ASSUMED_BY_BOTOCORE
        if role_arn is not None:
            self._session = self._in_role(role_arn, deadline)
            self.assumed = True

    @property
    def partition(self) -> str:
        """The partition of the Region: `aws`, `aws-cn`, `aws-us-gov`, …"""
        return partition(self.region)

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the client of a service in a Region, by default that of the connection. Raises NotConnected."""
        key = (service, region or self.region)
        with self._clients_lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(*key)
            return self._clients[key]

    def ask(self, deadline: Deadline, call: Callable[[], T]) -> T:
        """Return what a call of a client returns, and raise what it raises; Unanswered if it takes too long."""
        return within(self._answer_timeout, deadline, call)

    def _new_client(self, service: str, region: str) -> Any:
        try:
            client = self._session.client(
                service, region_name=region, endpoint_url=self.endpoint_url, config=self._config
            )
        except CREDENTIAL_ERRORS:
            raise NotConnected(_NO_CREDENTIALS) from None
        except Exception as error:  # noqa: BLE001  # its text may hold the endpoint, with a password in it
            if isinstance(error, ValueError) and str(error).startswith("Invalid endpoint"):
                source = "`--endpoint-url`" if self.endpoint_url is not None else f"the endpoint set for {service}"
                raise NotConnected(f"{source} is not the address of an endpoint") from None
            raise NotConnected(f"cannot create a client for {service}: {type(error).__name__}") from None
        # botocore has no public way to replace the HTTP session of a client
        client._endpoint.http_session = BoundedHttp(client._endpoint.http_session, self._most_bytes)  # noqa: SLF001
        watch(client)
        if service == "s3control":  # AWS_ENDPOINT_URL or the profile may set the endpoint, too
            client.meta.events.register("before-sign.s3-control", partial(_unprefixed, client.meta.endpoint_url))
        return client

    def _region(self, region: str | None) -> str:
        region = region or self._session.region_name
        if not region:
            raise NotConnected("no Region is set: give `--region`, or set AWS_REGION or the `region` of the profile")
        if not is_region(region):
            raise NotConnected(f"`{region}` is not a Region such as us-east-1")
        if region not in REGIONS and region not in self._regions_of_boto3():
            raise NotConnected(f"there is no Region `{region}`{did_you_mean(near_region(region))}")
        return region

    def _regions_of_boto3(self) -> set[str]:
        """Return the Regions that the installed version of botocore lists, which may be newer than snaplint."""
        partitions = self._session.get_available_partitions()
        return {region for name in partitions for region in self._session.get_available_regions("sts", name)}

    def _load_credentials(self, deadline: Deadline) -> None:
        """Load the credentials, or refresh them. Raises NotConnected.

        This may call an endpoint, run a program, or ask for an MFA code: it has all of the time, unlike an answer.
        """

        def load() -> bool:
            credentials = self._session.get_credentials()
            return credentials is not None and credentials.get_frozen_credentials() is not None

        try:
            is_there = within(inf, deadline, load)
        except boto.BotoCoreError as error:
            raise NotConnected(_unloaded(type(error).__name__)) from None
        except Exception as error:  # noqa: BLE001  # whatever the loading raises, there are no credentials
            raise NotConnected(_unloaded(_loading_failed(error))) from None
        if not is_there:
            raise NotConnected(_NO_CREDENTIALS)

    def _in_role(self, role_arn: str, deadline: Deadline) -> Any:
        """Return a session in the role. AssumeRole is not a read, so it is not in the table of reads.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        """
        sts = self.client("sts")
        try:
            answer = self.ask(deadline, lambda: sts.assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME))
            keys = answer["Credentials"]
            session = boto3.session.Session(
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
                region_name=self.region,
            )
        except NotConnected:
            raise
        except Exception as error:  # noqa: BLE001  # whatever went wrong, there is no session
            raise NotConnected(f"role `{role_arn}` cannot be assumed: {classify(error).words}") from None
        self._clients.clear()
        return session


def _require_role(role_arn: str) -> None:
    """Raise NotConnected, before anything is sent, if an ARN is not that of a role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    must_be = "`--role-arn` must be the ARN of a role, such as arn:aws:iam::111122223333:role/exporter"
    try:
        principal = Principal.parse(role_arn)
    except ValueError:
        raise NotConnected(f"{must_be}, not `{clipped(role_arn)}`") from None
    if principal.kind == SESSION:
        raise NotConnected(
            f"{must_be}; `{clipped(role_arn)}` is a session of role `{principal.name}`: `aws iam get-role --role-name "
            f"{principal.name}` prints the ARN of the role"
        )
    if principal.kind != ROLE:
        raise NotConnected(f"{must_be}; `{clipped(role_arn)}` names another kind of principal: {principal.kind}")


def _unprefixed(endpoint_url: str, request: Any, **_event: Any) -> None:
    """Remove the account that botocore puts in front of the endpoint's host, if `<account>.<host>` cannot exist.

    It cannot if the host is an IP address or a name without a dot. S3 Control reads the account from a header as well.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html (x-amz-account-id)
    """
    host = urlsplit(endpoint_url)
    if "." not in (host.hostname or "") or _ADDRESS.match(host.hostname or ""):
        request.url = urlsplit(request.url)._replace(netloc=host.netloc).geturl()


_ADDRESS = re.compile(r"[0-9.]+\Z|.*:")
"""An IPv4 or IPv6 address, as urlsplit returns it."""

_NO_CREDENTIALS = (
    "no AWS credentials were found: give `--profile`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


def _session(profile: str | None) -> Any:
    try:
        return boto3.session.Session(profile_name=profile)
    except boto.ProfileNotFound:
        raise NotConnected(f"there is no profile `{profile or os.environ.get('AWS_PROFILE')}`") from None
    except boto.BotoCoreError as error:
        raise NotConnected(_unloaded(type(error).__name__)) from None


def _unloaded(why: str) -> str:
    return f"the AWS credentials could not be loaded: {why}"


def _loading_failed(error: Exception) -> str:
    """Return why credentials could not be loaded from a file or a program, or by an answer of the user."""
    if isinstance(error, EOFError):
        return "no MFA code was entered"
    if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)):
        return f"a file or program that the settings of the AWS CLI name: {os_reason(error)}"
    meaning = classify(error)
    return "what was loaded could not be parsed" if meaning is UNPARSABLE else meaning.words


def _method(session: Any) -> str:
    """Return botocore's name for the way in which it got the credentials."""
    return str(getattr(session.get_credentials(), "method", ""))
