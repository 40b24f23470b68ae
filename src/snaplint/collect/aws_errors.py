"""Why a read gave no answer, in our own words: what AWS and botocore say may quote the request, so it is not repeated.

Error codes:
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import re

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Refused(NamedTuple):
    """One read that was refused: the right it needs, the resource it was about, and the error."""

    action: str
    resource: str
    why: str


class Unread(Exception):
    """A fact that could not be read.

    `why` is shown to a person as it stands; `refused` is set where a right is missing. `code` and `status` are those of
    an error answer, and `region` is the Region that S3 names beside some of them.
    """

    def __init__(
        self, why: str, *, error: AwsError | None = None, refused: Refused | None = None, region: str | None = None
    ) -> None:
        super().__init__(why)
        self.why = why
        self.error = error or AwsError("error", "")
        self.refused = refused
        self.region = region


class Gone(Unread):
    """The bucket was there a moment ago and is not any more."""


class AwsError(NamedTuple):
    """An error sorted: `kind` is refused, throttled, timed out, unreachable, unparsable, credentials or error; `words`
    tells it."""

    kind: str
    words: str
    code: str = ""
    status: int = 0


UNPARSABLE = AwsError("unparsable", "the answer could not be parsed")

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
"""What botocore raises where it can find, load or refresh no credentials."""

_TIMED_OUT = (boto.ConnectTimeoutError, boto.ReadTimeoutError)
_UNPARSABLE = (ResponseParserError, KeyError, TypeError, ValueError, AttributeError, IndexError, SyntaxError)
"""What botocore's parsers raise over an answer that is none; XML's own ParseError is a SyntaxError."""

UNANSWERED = (boto.ClientError, boto.BotoCoreError, *_UNPARSABLE)
"""Everything a client may raise instead of an answer."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}\Z")


def classify(error: Exception) -> AwsError:
    """What an exception of a boto3 client means; `words` holds nothing that the error itself had to say but its
    code."""
    if isinstance(error, boto.ClientError):
        return _answered(error.response)
    if isinstance(error, CREDENTIAL_ERRORS):
        return AwsError("credentials", "the credentials could not be loaded")
    if isinstance(error, _TIMED_OUT):
        return AwsError("timed out", "timed out")
    if isinstance(error, boto.ParamValidationError):
        return AwsError("error", "the name cannot be sent")
    if isinstance(error, (boto.ConnectionError, boto.HTTPClientError, boto.EndpointConnectionError)):
        return AwsError("unreachable", "unreachable")
    if isinstance(error, _UNPARSABLE):
        return UNPARSABLE
    return AwsError("error", type(error).__name__)


def _answered(response: Mapping[str, Any]) -> AwsError:
    """An error that AWS answered."""
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED:
        return AwsError("throttled", "throttled", code, status)
    if code in _CREDENTIALS:
        return AwsError("credentials", f"the credentials were not accepted ({code})", code, status)
    if code in _REFUSED:
        return AwsError("refused", "403 Forbidden" if code == "403" else code, code, status)
    # a code is AWS's own word only if it looks like one: it goes to terminals
    return AwsError("error", code if _PLAIN.match(code) else f"HTTP status {status}", code, status)


def bucket_region(error: Exception) -> str | None:
    """The Region that S3 names in the headers of an error, even one that refuses.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html (x-amz-bucket-region)
    """
    if not isinstance(error, boto.ClientError):
        return None
    headers: Any = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = headers.get("x-amz-bucket-region")
    return region if isinstance(region, str) else None
