"""Checks of the request by itself: its members, names and tags.

Member rules: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html
"""

from __future__ import annotations

from snaplint import copy_snapshot, elasticache
from snaplint.base.unknown import Unknown
from snaplint.checks.registry import check
from snaplint.checks.values import PARAMS, describe, expectation
from snaplint.findings.verdict import CannotTell, Fails, NotApplicable, Passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_LABEL = _LOWER | _DIGITS | {"-"}
_NAME = _LABEL | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@check("request.well-formed")
def well_formed(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Every member is one that CopySnapshot has, holds the type it asks for, and none that it needs is missing."""
    request = proposal.request
    for member in copy_snapshot.REQUIRED:
        if member not in request.members:
            yield Fails(request.route, f"`{member}` is missing")
        elif request.members[member] == "" and member == "SourceSnapshotName":
            yield Fails(request.to(member), f"`{member}` is empty")
    for member, value in request.members.items():
        if member == "operation":
            continue
        if member not in copy_snapshot.MEMBERS:
            yield Fails(request.to_key(member), _unknown_member(member))
        elif value is None:
            advice = "" if member in copy_snapshot.REQUIRED else "; leave it out instead"
            yield Fails(request.to(member), f"`{member}` is null, which an SDK refuses to send{advice}")
        elif member == "Tags":
            yield from _tags_shape(proposal, value)
        elif not isinstance(value, str):
            yield Fails(request.to(member), f"`{member}` must be text, not {describe(value)}")


def _unknown_member(member: str) -> str:
    from difflib import get_close_matches

    # the names that other calls and tools use for the same thing
    others = {
        "s3bucketname": "TargetBucket",
        "bucket": "TargetBucket",
        "serverlesscachesnapshotname": "SourceSnapshotName",
    }
    folded = {**others, **{name.lower(): name for name in copy_snapshot.MEMBERS}}
    near = get_close_matches(member.replace("_", "").replace("-", "").lower(), folded, 1)
    hint = f"; did you mean `{folded[near[0]]}`?" if near else f": it has {', '.join(copy_snapshot.MEMBERS)}"
    return f"CopySnapshot has no member `{member}`{hint}"


def _tags_shape(proposal: Proposal, tags: object) -> Iterator[Finding]:
    request = proposal.request
    if not isinstance(tags, (list, tuple)):
        yield Fails(request.to("Tags"), f"`Tags` must be a list of Key and Value, not {describe(tags)}")
        return
    for index, tag in enumerate(tags):
        if not isinstance(tag, dict):
            yield Fails(request.to("Tags", index), f"a tag must be an object with Key and Value, not {describe(tag)}")
            continue
        extra = [name for name in tag if name not in ("Key", "Value")]
        if extra:
            yield Fails(request.to("Tags", index, extra[0]), f"a tag has no member `{extra[0]}`")
        if not isinstance(tag.get("Key"), str):
            yield Fails(request.to("Tags", index), "a tag needs a `Key` that is text")
        if not isinstance(tag.get("Value", ""), str | None):
            yield Fails(request.to("Tags", index, "Value"), "the `Value` of a tag must be text or null")


@check("request.bucket-name")
def bucket_name(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """TargetBucket is a bucket's name that ElastiCache can reach: DNS-compliant, no URI, path or ARN.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html#backups-exporting-create-s3-bucket
    """
    name = proposal.request.bucket
    route = proposal.route("TargetBucket")
    if isinstance(name, Unknown):
        yield CannotTell(route, name.why, name.needs)
        return
    fault = bucket_name_fault(name)
    if fault:
        yield Fails(route, f"bucket name `{name}` {fault}", values=(name,))
    else:
        yield Passes(route, f"`{name}` is a valid bucket name")


def bucket_name_fault(name: str) -> str | None:
    """What is wrong with a bucket's name, by the rules of the export guide, or None."""
    if "://" in name or "/" in name:
        return "is a path: give the bucket's name alone; a prefix belongs into TargetSnapshotName"
    if name.startswith("arn:"):
        return "is an ARN: give the bucket's name alone"
    if not 3 <= len(name) <= 63:
        return f"has {len(name)} characters, it must have 3 to 63"
    odd = next((character for character in name if character not in _LABEL and character != "."), None)
    if odd is not None:
        return f"holds `{odd}`: only lower-case letters, digits, hyphens and dots are allowed"
    labels = name.split(".")
    if any(not label for label in labels):
        return "has an empty label: a dot must stand between two letters or digits"
    if any(label[0] == "-" or label[-1] == "-" for label in labels):
        return "has a label that begins or ends with a hyphen"
    if len(labels) == 4 and all(label.isdecimal() for label in labels):
        return "is shaped like an IP address"
    return None


@check("request.target-name")
def target_name(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """TargetSnapshotName fits its grammar, which differs between an export and a plain copy.

    Export: backups-exporting.html (1 to 1,000 characters, able to be UTF-8 encoded) and the limit of 1,024 bytes a key,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html. Plain copy: the cluster naming constraints
    of backups-manual.html, which AWS states for new backups; that they bind copies is inferred, hence a warning.
    """
    name = proposal.request.target
    route = proposal.route("TargetSnapshotName")
    if isinstance(name, Unknown):
        yield CannotTell(route, name.why, name.needs)
        return
    if not name:
        yield Fails(route, "`TargetSnapshotName` is empty")
        return
    yield from _export_name(name, proposal) if proposal.request.is_export else _copy_name(name, proposal)


def _export_name(name: str, proposal: Proposal) -> Iterator[Finding]:
    route = proposal.route("TargetSnapshotName")
    if len(name) > 1000:
        yield Fails(route, f"the name has {len(name):,} characters, an export allows 1,000")
        return
    try:
        size = len(elasticache.object_key(name, 1).encode())
    except UnicodeEncodeError as error:
        yield Fails(route, f"the name cannot be encoded in UTF-8: character {error.start + 1} is half of a pair")
        return
    if size > 1024:
        text = f"the key `NAME-0001.rdb` would have {size:,} bytes, S3 allows 1,024"
        yield Fails(route, text, certainty="inferred")
    else:
        yield Passes(route, f"`{name}` is a valid name for an export")


def _copy_name(name: str, proposal: Proposal) -> Iterator[Finding]:
    fault = _copy_name_fault(name)
    if fault:
        yield Fails(proposal.route("TargetSnapshotName"), f"the name {fault}", severity="warning", certainty="inferred")
    else:
        yield Passes(proposal.route("TargetSnapshotName"), f"`{name}` is a valid name for a snapshot")


def _copy_name_fault(name: str) -> str | None:
    if len(name) > 40:
        return f"has {len(name):,} characters, a snapshot's name has at most 40"
    odd = next((character for character in name if character not in _NAME), None)
    if odd is not None:
        return f"holds `{odd}`: only letters, digits and hyphens are allowed"
    if name[0] in _DIGITS or name[0] == "-":
        return "must begin with a letter"
    if "--" in name:
        return "holds two hyphens in a row"
    return "ends with a hyphen" if name[-1] == "-" else None


@check("request.tags")
def tags(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Each tag fits the tagging rules: lengths, the reserved prefix, no key twice.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Tagging-Resources.html
    """
    request = proposal.request
    if not request.tags:
        yield NotApplicable(request.to("Tags"), "the request has no tags")
        return
    seen: set[str] = set()
    for index, tag in enumerate(request.tags):
        if not isinstance(tag, dict) or not isinstance(tag.get("Key"), str):
            continue  # request.well-formed speaks of it
        key, value = tag["Key"], tag.get("Value")
        fault = _tag_key_fault(key) or (f"tag key `{key}` is there twice" if key in seen else None)
        if fault:
            yield Fails(request.to("Tags", index, "Key"), fault)
        if isinstance(value, str) and len(value) > 256:
            text = f"the value of tag `{key}` has {len(value):,} characters, at most 256 are allowed"
            yield Fails(request.to("Tags", index, "Value"), text)
        seen.add(key)


def _tag_key_fault(key: str) -> str | None:
    if not key:
        return "a tag key is empty"
    if len(key) > 128:
        return f"a tag key has {len(key):,} characters, at most 128 are allowed"
    if key.lower().startswith("aws:"):
        return f"tag key `{key}` begins with `aws:`, which is reserved"
    return None


@check("request.tag-count", "max", max={"type": "integer", "minimum": 0})
def tag_count(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """The request carries no more than `max` tags."""
    request = proposal.request
    count = len(request.tags)
    if not count:
        yield NotApplicable(request.to("Tags"), "the request has no tags")
    elif count > params["max"]:
        yield Fails(request.to("Tags"), f"the request has {count:,} tags, at most {params['max']} are allowed")
    else:
        yield Passes(request.to("Tags"), f"{count} of at most {params['max']} tags")


@check("request.matches", "member", member={"enum": list(copy_snapshot.MEMBERS)}, **PARAMS)
def matches(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """A member of the request is as the rule wants it: `absent`, `equals`, `in`, `like`, `unlike`."""
    request, member = proposal.request, params["member"]
    value = request.members.get(member)
    fault = expectation(params, value)
    if fault:
        values = tuple(name for name in (request.bucket,) if isinstance(name, str))
        yield Fails(request.to(member), f"`{member}` {fault}", values=values)
    else:
        yield Passes(request.to(member), f"`{member}` is as it should be")
