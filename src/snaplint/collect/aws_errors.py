"""Why a read failed, in our own words: messages of AWS and botocore may quote the request, so they are not shown.

Error codes:
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import re
import socket
import ssl
from http.client import HTTPException

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NameResolutionError,
    ProxyError,
    ReadTimeoutError,
)

from snaplint.base.breakage import described
from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class Refused(NamedTuple):
    """One read that AWS refused: the right it needs, the resource it reads, and the error.

    `opens` are the rights of the reads that were not tried because of it, unless they follow from the right itself
    (`policy.OPENS`).
    """

    action: str
    resource: str
    why: str
    opens: tuple[str, ...] = ()


class Unread(Exception):
    """A fact that could not be read.

    `why` is shown to the user unchanged; `refused` is set if a right is missing. `error` is the classified error, and
    `region` is the Region that S3 returns with some errors. `pages` are those of a listing that were read before the
    next one failed.
    """

    def __init__(
        self,
        why: str,
        *,
        error: AwsError | None = None,
        refused: Refused | None = None,
        region: str | None = None,
        pages: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(why)
        self.why = why
        self.error = error or AwsError("error", "")
        self.refused = refused
        self.region = region
        self.pages = pages


class Gone(Unread):
    """The bucket does not exist: S3 answered NoSuchBucket to `operation`."""

    operation = ""


def contradiction(about: str, first: str, second: str) -> str:
    """Return the reason of a fact about which two reads contradict each other."""
    return f"the answers about {about} contradict each other: {first}, but {second}"


class AwsError(NamedTuple):
    """A classified error.

    `kind` is `refused`, `throttled`, `timed out` (by botocore's own timeouts), `overdue` (no answer within our time
    limit), `out of time` (not sent, or given up, because the time for all reads was over), `too long`, `unreachable`,
    `unparsable`, `credentials` or `error`. `words` is what messages say of it. `code` and `status` are those of AWS's
    answer. `detail` says why an endpoint is unreachable, if that is known.
    """

    kind: str
    words: str
    code: str = ""
    status: int = 0
    detail: str = ""


class Unanswered(Exception):
    """A call without a usable answer, for a reason of our own: a limit of time or of length.

    `pages` are those of a listing that were read before.
    """

    def __init__(self, error: AwsError, pages: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(error.words)
        self.error = error
        self.pages = pages


UNPARSABLE = AwsError("unparsable", "the answer could not be parsed")
ABOUT_ANOTHER = AwsError("unparsable", "the answer is about something else")
INCOMPLETE = AwsError("too long", "the listing is incomplete: it has more pages, and does not name the next one")
CLOSED = AwsError("unreachable", "AWS cannot be reached")

_REFUSED = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
    }
)
_THROTTLED = frozenset(
    {
        "429",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
_CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)

CREDENTIAL_ERRORS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.SSOError,
    boto.TokenRetrievalError,
    boto.UnauthorizedSSOTokenError,
    boto.NoAuthTokenError,
    getattr(boto, "LoginError", boto.SSOError),  # botocore 1.41 and later
)
"""What botocore raises if it cannot find, load or refresh credentials."""

_TIMED_OUT = AwsError("timed out", "timed out")
_MEANINGS: tuple[tuple[tuple[type[Exception], ...], AwsError], ...] = (
    (
        (boto.PaginationError,),
        AwsError("too long", "the listing does not end: its next page is the same again"),
    ),
    (CREDENTIAL_ERRORS, AwsError("credentials", "the credentials could not be loaded")),
    ((boto.ConnectTimeoutError, boto.ReadTimeoutError), _TIMED_OUT),
    ((boto.ParamValidationError,), AwsError("error", "the name cannot be sent")),
    ((boto.ConnectionError, boto.HTTPClientError, boto.EndpointConnectionError), CLOSED),
    ((MemoryError,), AwsError("error", "there is not enough memory for the answer")),
    # what the parsers of botocore raise if an answer is malformed: RuntimeError for a date, RecursionError (one of its
    # subclasses) for what is nested too deeply, SyntaxError for XML
    ((ResponseParserError, DecodeError, ArithmeticError, AttributeError, LookupError, RuntimeError), UNPARSABLE),
    ((SyntaxError, TypeError, ValueError), UNPARSABLE),
    ((TimeoutError,), _TIMED_OUT),
    ((OSError, HTTPError, HTTPException), CLOSED),
)
"""What exceptions mean, the first that fits."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}\Z")


def classify(error: Exception) -> AwsError:
    """Return what an exception of a boto3 client means; of the error's own text, `words` contains only the code."""
    if isinstance(error, Unanswered):
        return error.error
    if isinstance(error, boto.ClientError):
        return _error_answer(error.response)
    cause = error.kwargs.get("error") if isinstance(error, boto.HTTPClientError) else None
    if isinstance(cause, (DecodeError, MemoryError)):
        error = cause
    meaning = next((meaning for classes, meaning in _MEANINGS if isinstance(error, classes)), None)
    if meaning is None and isinstance(error, boto.BotoCoreError):
        return AwsError("error", type(error).__name__)
    if meaning is None or (meaning is UNPARSABLE and _is_ours(error)):
        return AwsError("error", broken(error))
    return meaning._replace(detail=_detail(error)) if meaning in (CLOSED, _TIMED_OUT) else meaning


def _detail(error: BaseException) -> str:
    """Return why an endpoint cannot be reached, "" if that is not known: by the errors that led to this one."""
    causes: list[BaseException] = []
    following: object = error
    while isinstance(following, BaseException) and following not in causes:
        causes.append(following)
        held = following.kwargs.get("error") if isinstance(following, boto.BotoCoreError) else None
        reason = getattr(following, "reason", None)  # of urllib3's MaxRetryError
        following = next(filter(None, (held, following.__cause__, following.__context__, reason)), None)
    return next((words for classes, words in _DETAILS if any(isinstance(each, classes) for each in causes)), "")


_DETAILS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((boto.ProxyConnectionError, ProxyError), "the proxy cannot be reached, or refuses to connect"),
    ((boto.SSLError, ssl.SSLError), "its certificate or its TLS is not accepted"),
    ((socket.gaierror, NameResolutionError), "the name of the host cannot be resolved"),
    ((ConnectionRefusedError,), "the connection is refused"),
    ((boto.ConnectTimeoutError, ConnectTimeoutError), "the connection times out"),
    ((boto.ReadTimeoutError, ReadTimeoutError, TimeoutError), "the answer times out"),
    ((boto.ConnectionClosedError, ConnectionError), "the connection is closed"),
    ((OSError, boto.EndpointConnectionError), "there is no connection"),
)
"""Why an endpoint cannot be reached, the first that fits."""

NOT_CONNECTED = frozenset(words for _, words in _DETAILS[:5]) | {"there is no connection"}
"""The details of calls that did not get as far as a connection."""


def broken(error: Exception) -> str:
    """Return the reason of a fact if an exception is not one that an answer explains, but an error to report.

    Its text is not shown, because it may quote the request.
    """
    return f"snaplint broke on it: {described(error)}"


def _is_ours(error: Exception) -> bool:
    """Return True if code of snaplint raised the exception, and not a library that it called."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("snaplint.")


def _error_answer(response: Mapping[str, Any]) -> AwsError:
    """Classify an error that AWS returned."""
    code = str((response.get("Error") or {}).get("Code") or "")
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED:
        return AwsError("throttled", "throttled", code, status)
    if code in _CREDENTIALS:
        return AwsError("credentials", f"the credentials were not accepted ({code})", code, status)
    if code in _REFUSED:
        return AwsError("refused", "403 Forbidden" if code == "403" else code, code, status)
    # the code is printed on terminals, so it is shown only if it looks like one of AWS's
    return AwsError("error", code if _PLAIN.match(code) else f"HTTP status {status}", code, status)


def about_this(error: AwsError, exception: Exception, bucket: str | None) -> AwsError:
    """Return an error which means that something does not exist, if it is AWS's answer to what was asked.

    AWS answers 404 then, or 400, and S3 names the bucket. Otherwise the error has no code, and means nothing.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
    (AWSOrganizationsNotInUseException)
    """
    if error.status not in (400, 404):
        return error._replace(words=f"{error.code} with HTTP status {error.status}", code="")
    details = exception.response.get("Error") if isinstance(exception, boto.ClientError) else None
    named = (details or {}).get("BucketName")
    return error if named in (None, "", bucket) else ABOUT_ANOTHER


def bucket_region(error: Exception) -> str | None:
    """Return the Region that S3 names in the headers of an error, even of AccessDenied.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html (x-amz-bucket-region)
    """
    if not isinstance(error, boto.ClientError):
        return None
    metadata: Any = error.response.get("ResponseMetadata") or {}
    region = (metadata.get("HTTPHeaders") or {}).get("x-amz-bucket-region")
    return region if isinstance(region, str) else None
