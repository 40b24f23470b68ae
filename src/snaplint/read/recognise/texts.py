"""Recognition of texts where a document is expected: errors of the AWS CLI, ARNs, URLs, templates, tables and so on."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import clipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LONGEST = 4_096
"""How many characters of a text are looked at."""

_ERROR = "An error occurred ("
_PREFIX = "aws: [ERROR]: "
"""Precedes an error in the format `enhanced`.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-error-format.html
"""

NOTHING = ("null", "None")
"""What the AWS CLI prints for a query that finds nothing, as JSON and as text.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html
"""

CANNED_ACLS = (
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
)
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"""


class ErrorAnswer(NamedTuple):
    """An error of AWS in place of an answer: its code, and the operation and the bucket, empty if not given."""

    code: str
    operation: str = ""
    bucket: str = ""

    @property
    def name(self) -> str:
        """What messages call the error: `the error AccessDenied of GetBucketPolicy`."""
        of = f" of {clipped(self.operation)}" if self.operation else ""
        return f"the error {clipped(self.code)}{of}{f' for bucket `{clipped(self.bucket)}`' if self.bucket else ''}"


class Other(NamedTuple):
    """A text that is recognised and has no answer in it: what messages call it, and what it names (`Form.names`)."""

    name: str
    names: Mapping[str, Any] = {}


def error_in(value: object) -> ErrorAnswer | None:
    """Return the error of AWS that an object describes; None if it describes none.

    That is the error of the AWS CLI in JSON or YAML, `response` of a botocore exception, or the CLI's text, which is a
    mapping if it is read as YAML.
    """
    if not isinstance(value, dict):
        return None
    inner = value.get("Error", value)
    if isinstance(inner, dict) and isinstance(inner.get("Code"), str) and isinstance(inner.get("Message"), str):
        bucket = inner.get("BucketName")
        return ErrorAnswer(inner["Code"], "", bucket if isinstance(bucket, str) else "")
    beginnings = [name for name in value if isinstance(name, str) and name.startswith((_ERROR, _PREFIX))]
    if not beginnings:
        return None
    # the order of the members of an object means nothing
    names = dict.fromkeys((*beginnings, *value))
    return _printed_error("\n".join(f"{name}: {value[name]}" for name in names))


def _printed_error(text: str) -> ErrorAnswer | None:
    """Return the error that the AWS CLI or botocore prints; None for any other text."""
    text = text.strip().removeprefix(_PREFIX)
    if not text.startswith(_ERROR):
        return None
    code, closed, rest = text.removeprefix(_ERROR).partition(")")
    _, calling, after = rest.partition("when calling the ")
    operation = after.partition(" operation")[0] if calling else ""
    bucket = (rest.partition("BucketName: ")[2].split() or [""])[0]
    return ErrorAnswer(code, operation, bucket) if closed else None


def recognised_text(text: str) -> ErrorAnswer | Other | None:
    """Return what a text is; None if it is nothing that is known here, such as a path."""
    text = text[:LONGEST].strip()
    error = _printed_error(text)
    if error is not None:
        return error
    if text.startswith("arn:"):
        return _arn(text)
    if text in CANNED_ACLS:
        return Other(f"the name of the canned ACL `{text}`")
    name = next((name for name, starts in _STARTS.items() if text.startswith(starts)), None)
    if name is None:
        name = next((name for name, words in _WORDS.items() if any(word in text for word in words)), None)
    return None if name is None else Other(name)


_STARTS = {
    "a URL, which snaplint does not open": ("https://", "http://", "s3://", "ssm://"),
    "an error of the AWS CLI": (
        _PREFIX,
        "aws: error:",
        "usage: aws",
        "Unable to locate credentials",
        "Could not connect to the endpoint URL",
        "The config profile",
        "Error loading SSO Token",
        "Error when retrieving token",
        "Token has expired",
        "The SSO session",
        "Parameter validation failed",
        "You must specify a region",
        "Connect timeout on endpoint URL",
        "fatal error:",
    ),
    "a table, as the AWS CLI prints with `--output table`": ("-----", "+-----"),
    "XML": ("<?xml", "<Error>", "<AccessControlPolicy", "<PolicyDocument"),
    "HTML": ("<!DOCTYPE html", "<!doctype html", "<html"),
}
"""Names of texts by how they begin."""

_WORDS = {
    "Terraform configuration": ('resource "aws_', 'data "aws_', "jsonencode(", 'provider "aws"', "terraform {"),
    "a CloudFormation template": ("AWSTemplateFormatVersion", "Type: AWS::", '"Type": "AWS::'),
}
"""Names of texts by words in them."""


def _arn(text: str) -> Other:
    parts = text.split(":", 5)
    service, resource = (parts[2], parts[5]) if len(parts) == 6 else ("", "")
    kind, _, name = resource.partition("/")
    last = name.rpartition("/")[2]
    if service == "iam" and kind == "policy":
        return Other("the ARN of a managed policy", {"arn": text})
    if service == "organizations" and kind == "policy":
        return Other("the ARN of an Organizations policy", {"id": last})
    if service == "iam" and kind in ("role", "user", "group"):
        return Other(f"the ARN of a {kind}", {kind: last})
    if service == "s3":
        return Other("the ARN of a bucket")
    return Other("an ARN")
