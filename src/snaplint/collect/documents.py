"""Policy documents in AWS's answers: text, parsed as strictly as any file, or an object that botocore has parsed."""

from __future__ import annotations

from urllib.parse import unquote

from snaplint.collect.aws_errors import Unread
from snaplint.syntax import json_text
from snaplint.syntax.text import Malformed


def document(value: object, right: str) -> dict[str, object]:
    """Return the policy in the answer to a read that needs the right `right`.

    IAM's policies are percent-encoded.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html (RFC 3986)
    Raises Unread: "s3:GetBucketPolicy: the policy could not be parsed: …".
    """
    if isinstance(value, str):
        if right.startswith("iam:"):
            value = unquote(value)
        try:
            value = json_text.load(value)
        except Malformed as error:
            raise Unread(f"{right}: the policy could not be parsed: {error.message}") from None
    if not isinstance(value, dict):
        raise Unread(f"{right}: the policy could not be parsed: it is not an object")
    if "Statement" not in value:  # AWS stores no policy without it
        raise Unread(f"{right}: the policy could not be parsed: it has no `Statement`")
    return value


def plain(value: object) -> object:
    """Return an answer in JSON's own types: dates become ISO text, and `ResponseMetadata` is removed."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items() if key != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    iso = getattr(value, "isoformat", None)
    return iso() if iso is not None else str(value)
