"""The condition keys that follow from the tags of a bucket or of the source snapshot."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.iam.terms.states import ABSENT, PRESENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.facts import Bucket, Snapshot
    from snaplint.iam.asked.ties import Alternative

RESOURCE_TAG = "aws:ResourceTag/"
_FAMILIES = {prefix: f"{prefix}*" for prefix in (RESOURCE_TAG, "s3:BucketTag/")}


class TagKeys(NamedTuple):
    """Condition keys of tags as a context takes them: those that come together, and those that are absent."""

    together: tuple[list[Alternative], ...] = ()
    absent: tuple[str, ...] = ()


def of_bucket(bucket: Bucket) -> TagKeys:
    """Return the condition keys of requests for the bucket or its objects.

    A bucket's tags are available to policies only if attribute-based access control is enabled for the bucket, which it
    is not by default: https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
    Otherwise tags are for cost tracking only: https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbacStatus.html
    """
    absent = tuple(_FAMILIES.values())
    if bucket.abac in ("Disabled", None):
        return TagKeys(absent=absent)
    if isinstance(bucket.tags, Unknown):
        return TagKeys()
    if not bucket.tags:
        return TagKeys(absent=absent)
    present = _states(bucket.tags, _FAMILIES)
    without: list[Alternative] = [dict.fromkeys(present, ABSENT)] if isinstance(bucket.abac, Unknown) else []
    return TagKeys(([*without, present],), absent)


def of_snapshot(snapshot: Snapshot | Unknown | None) -> dict[str, str] | None:
    """Return the condition keys of a call that names the snapshot as its resource; None if its tags are not known.

    The service's page in the Service Authorization Reference lists the key for its resource types:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    if snapshot is None or isinstance(snapshot, Unknown) or isinstance(snapshot.tags, Unknown):
        return None
    return {f"{RESOURCE_TAG}{name}": value for name, value in (snapshot.tags or {}).items()}


def with_snapshot_tags(needs: Iterable[str], snapshot: Snapshot | Unknown | None) -> tuple[str, ...]:
    """Return what would settle an answer, with the snapshot's tags in place of the condition keys that they decide."""
    if snapshot is None or isinstance(snapshot, Unknown) or not isinstance(snapshot.tags, Unknown):
        return tuple(needs)
    prefix, fact = RESOURCE_TAG.lower(), f"snapshots.{snapshot.name}.tags"
    return tuple(dict.fromkeys(fact if need.lower().startswith(prefix) else need for need in needs))


def facts_of(need: str, bucket: Bucket | None) -> tuple[str, ...]:
    """Return the facts about a bucket that would settle a condition key of its tags; none if the key is another one."""
    if bucket is None or not need.lower().startswith(tuple(prefix.lower() for prefix in _FAMILIES)):
        return ()
    unknown = [name for name in ("tags", "abac") if isinstance(getattr(bucket, name), Unknown)]
    return tuple(f"buckets.{bucket.name}.{name}" for name in unknown)


def _states(tags: Mapping[str, str], prefixes: Iterable[str]) -> Alternative:
    """Return the states of the keys; names of keys are not case-sensitive, so two tags may be one key."""
    names = [name.lower() for name in tags]
    return {
        f"{prefix}{name}": PRESENT if names.count(name.lower()) > 1 else (value,)
        for prefix in prefixes
        for name, value in tags.items()
    }
