"""What S3 refuses in a bucket policy: other resources, actions of other services, keys that its actions do not have.

AWS does not document these checks of PutBucketPolicy; they have been observed, and the messages are those of S3:

- https://github.com/noobaa/noobaa-core/issues/10058 and
  https://github.com/aws-samples/aws-media-services-vod-automation/issues/17 (Policy has invalid resource)
- https://github.com/hashicorp/terraform/issues/23570 (the same, for an ARN in an ARN)
- https://github.com/versity/versitygw/issues/650 (Policy has invalid action)
- https://github.com/humanmade/S3-Uploads/issues/239 (Conditions do not apply to combination of actions and resources in
  statement: a key that only some of the actions have)

A pattern that can match the bucket or its objects is accepted. AWS documents nothing about NotResource and NotAction,
so those elements are not compared with the bucket.
"""

from __future__ import annotations

from snaplint.base.wording import clipped, listed
from snaplint.iam import catalog
from snaplint.iam.document.operators import IF_EXISTS
from snaplint.iam.lint.fit import overlap, parts_of
from snaplint.iam.lint.review import Remark, statements_of, texts_of
from snaplint.iam.terms.pattern import is_wild, matches_glob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from snaplint.base.source import Route

_RESOURCE = " (S3: Policy has invalid resource)"
_ACTION = " (S3: Policy has invalid action)"
_KEY = " (S3: Policy has an invalid condition key)"
_KEYS = " (S3: Conditions do not apply to combination of actions and resources in statement)"

_OTHER_KEYS = tuple(f"{name}:" for name in catalog.SERVICES if name not in ("s3", "sts"))
"""Prefixes of condition keys that no request to S3 has; STS has keys of sessions, which may come with any request."""


def refusals(document: object, bucket: str, partition: str | None, partitions: Collection[str]) -> Iterator[Remark]:
    """Yield what S3 would refuse in the policy of a bucket.

    `partition` is that of the bucket, None if it is not known; `partitions` are all that AWS has.
    """
    matching: dict[str, list[str]] = {}
    for statement, at in statements_of(document):
        for text, place in texts_of(statement.get("Resource"), (*at, "Resource")):
            fault = _resource_fault(text, bucket, partition, partitions)
            if fault:
                yield Remark(place, f"`{clipped(text)}` {fault}{_RESOURCE}", refused=True, observed=True)
        actions = list(texts_of(statement.get("Action"), (*at, "Action")))
        for text, place in actions:
            if _is_of_another_service(text):
                message = f"`{clipped(text)}` is not allowed in a bucket policy: it is not an action of S3{_ACTION}"
                yield Remark(place, message, refused=True, observed=True)
        yield from _conditions(statement, [text for text, _ in actions], (*at, "Condition"), matching)


def grants_by_exclusion(document: object) -> Iterator[Remark]:
    """Yield the Allows with `NotPrincipal`, which AWS does not support. It does not document what they grant.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    for statement, at in statements_of(document):
        if statement.get("Effect") == "Allow" and "NotPrincipal" in statement:
            message = "`NotPrincipal` is not supported with `Effect` Allow: name those who are allowed in `Principal`"
            yield Remark((*at, "NotPrincipal"), message, refused=True)


def _resource_fault(text: str, bucket: str, partition: str | None, partitions: Collection[str]) -> str | None:
    """Return why a resource cannot be the bucket or its objects, as a predicate, or None."""
    if text and not text.strip("*"):
        return f"is not a resource of a bucket policy: name `arn:{partition or 'aws'}:s3:::{bucket}` or its objects"
    parts = parts_of(text)
    if parts is None:
        return _short_fault(text, bucket, (partition,) if partition else partitions)
    _, given, service, region, account, name = parts
    if name.startswith("arn:"):
        return "has an ARN in place of the bucket's name"
    if service != "s3" and not is_wild(service):
        return "is not the ARN of a bucket or of objects"
    if not any(matches_glob(given, each) for each in partitions):
        return f"has the partition `{clipped(given)}`, which does not exist"
    if partition and not matches_glob(given, partition):
        return f"is in partition `{given}`, but the bucket is in `{partition}`"
    if (region and not is_wild(region)) or (account and not is_wild(account)):
        return f"has {'a Region' if region else 'an account'}, which the ARN of a bucket does not have"
    if overlap(name, bucket) or overlap(name, f"{bucket}/*"):
        return None
    return f"does not match bucket `{bucket}` or its objects"


def _short_fault(text: str, bucket: str, partitions: Collection[str]) -> str | None:
    """Return the same for a resource with fewer than six parts, unless that is a fault of every policy.

    A `*` at its end may match the colons and parts that follow, so `arn:aws:s3*` can be the bucket:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if not text.startswith("arn:") or not text.endswith("*") or "${" in text:
        return None
    arns = [f"arn:{partition}:s3:::{bucket}" for partition in partitions]
    if any(overlap(text, arn) or overlap(text, f"{arn}/*") for arn in arns):
        return None
    return f"does not match bucket `{bucket}` or its objects: the ARN of a bucket has three colons after `s3`"


def _is_of_another_service(text: str) -> bool:
    prefix, colon, name = text.partition(":")
    return bool(colon and prefix and name) and prefix.lower() != "s3" and not is_wild(prefix)


def _conditions(
    statement: Mapping[object, object], actions: list[str], at: Route, matching: dict[str, list[str]]
) -> Iterator[Remark]:
    """Yield the condition keys that the actions of a statement do not have.

    With a wildcard in an action, and with `IfExists`, AWS's answer has not been observed: a warning if no action has
    the key. `matching` keeps the actions that a name or pattern matches, because statements of a policy are similar.
    """
    blocks = statement.get("Condition")
    if not isinstance(blocks, dict) or not actions or any(text[:3].lower() != "s3:" for text in actions):
        return  # NotAction, or an action that is a fault by itself
    names = dict.fromkeys(text[3:] for text in actions)
    for name in names:
        if name not in matching:
            matching[name] = _matching(name)
    matched = [matching[name] for name in names]
    if not all(matched):
        return
    written_out = not any(map(is_wild, names))
    for operator, block in blocks.items():
        sure = written_out and isinstance(operator, str) and not operator.endswith(IF_EXISTS)
        for key in block if isinstance(block, dict) else ():
            message = _key_fault(key, matched, sure=sure) if isinstance(key, str) else None
            if message:
                yield Remark((*at, operator, key), message, refused=sure, observed=sure)


def _matching(name: str) -> list[str]:
    found = catalog.service("s3")
    return [action.name for action in found.matching(name)] if found is not None else []


def _key_fault(key: str, matched: list[list[str]], *, sure: bool) -> str | None:
    """Return the message about a condition key that the actions do not have, or None.

    `matched` holds the S3 actions that each entry of `Action` matches. If `sure`, every one of them must have the key.
    """
    shown = f"`{clipped(key)}`"
    if key.lower().startswith(_OTHER_KEYS):
        return f"{shown} is not a condition key of S3{_KEY if sure else ''}"
    having = catalog.actions_with(key)
    if having is None:
        return None
    lacking = [name for names in matched for name in names if name.lower() not in having]
    if sure and lacking:
        return f"{shown} does not apply to {listed((f'`s3:{name}`' for name in lacking), most=3)}{_KEYS}"
    if len(lacking) == sum(map(len, matched)):
        return f"{shown} applies to no action of the statement"
    return None
