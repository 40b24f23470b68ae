"""Checks of the request alone: its members, names and tags.

The operation defines the members (`operation.members`), from its API reference (`operation.docs.api`).
"""

from __future__ import annotations

from snaplint.base.placeholders import placeholder
from snaplint.base.unknown import Unknown
from snaplint.base.wording import clipped, counted, did_you_mean, listed, nearest, noun
from snaplint.checks.registry import check
from snaplint.checks.values import PARAMS, expectation, value_in_words
from snaplint.findings.cause import REQUEST, Cause, Repair
from snaplint.findings.verdict import CannotTell, Fails, NotApplicable, Passes
from snaplint.operations.bucket_names import reserved
from snaplint.operations.export_keys import object_key
from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding
    from snaplint.operations.operation import Member, Operation

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_LABEL = _LOWER | _DIGITS | {"-"}
_NAME = _LABEL | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@check("request.well-formed")
def well_formed(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that every member exists in the operation and has its type, and no required member is missing."""
    request = proposal.request
    members = {member.name: member for member in proposal.operation.members}
    for member in members.values():
        if member.required and member.name not in request.members:
            yield Fails(request.route, f"`{member.name}` is missing")
        elif member.required and member.role == "source" and request.members[member.name] == "":
            yield Fails(request.to(member.name), f"`{member.name}` is empty")
    for name, value in request.members.items():
        if name == "operation":
            continue
        if name not in members:
            yield Fails(request.to_key(name), _unknown_member(proposal.operation, str(name)))
        elif value is None:
            advice = "" if members[name].required else "; omit it instead"
            yield Fails(request.to(name), f"`{name}` is null, which an SDK refuses to send{advice}")
        elif members[name].role == "tags":
            yield from _tags_shape(proposal, value)
        else:
            fault = _value_fault(proposal, members[name], value)
            if fault:
                yield Fails(request.to(name), f"`{name}` {fault}")


def _value_fault(proposal: Proposal, member: Member, value: object) -> str | None:
    """Return what is wrong with the value of a member that must be text, as a predicate, or None."""
    if not isinstance(value, str):
        return f"must be text, not {noun(value)}"
    unfilled = placeholder(value)
    if unfilled:
        return f"contains `{clipped(unfilled)}`, a template that was never filled in"
    if member.role == "source" and value.startswith("arn:"):
        return _arn_fault(proposal, value)
    return None


def _arn_fault(proposal: Proposal, arn: str) -> str:
    """Return what is wrong with an ARN in place of the snapshot's name, as a predicate, and what to give instead."""
    expected, found = (text.split(":") for text in (proposal.operation.source.arn, arn))
    if len(found) != len(expected) or not found[6]:
        return "is an ARN: give a snapshot's name alone"
    finds = proposal.operation.api_name
    if (found[2], found[5]) != (expected[2], expected[5]):
        kind = f"`{clipped(found[2])}:{clipped(found[5])}`"
        return f"is the ARN of another kind of resource, {kind}: give the name of a snapshot that {finds} can copy"
    for what, part, own in (("Region", 3, proposal.facts.region), ("account", 4, proposal.facts.account)):
        if isinstance(own, str) and found[part] != own:
            place = f"in {what} `{clipped(found[part])}`"
            return f"is the ARN of a snapshot {place}: {finds} finds only the snapshots in {what} {own}"
    return f"is an ARN: give the snapshot's name alone, `{clipped(found[6])}`"


def _unknown_member(operation: Operation, name: str) -> str:
    folded = {alias: member.name for member in operation.members for alias in member.aliases}
    folded |= {member.name.lower(): member.name for member in operation.members}
    near = nearest(name.replace("_", "").replace("-", ""), folded)
    hint = did_you_mean(folded[near]) if near else f": it has {listed(member.name for member in operation.members)}"
    return f"{operation.api_name} has no member `{name}`{hint}"


def _tags_shape(proposal: Proposal, tags: object) -> Iterator[Finding]:
    request = proposal.request
    if not isinstance(tags, (list, tuple)):
        name = proposal.operation.member_name("tags")
        text = f"`{name}` must be a list of objects with Key and Value, not {noun(tags)}"
        yield Fails(request.at("tags"), text)
        return
    for index, tag in enumerate(tags):
        if not isinstance(tag, dict):
            yield Fails(request.at("tags", index), f"a tag must be an object with Key and Value, not {noun(tag)}")
            continue
        extra = [name for name in tag if name not in ("Key", "Value")]
        if extra:
            yield Fails(request.at("tags", index, extra[0]), f"a tag has no member `{extra[0]}`")
        if not isinstance(tag.get("Key"), str):
            yield Fails(request.at("tags", index), "a tag needs a `Key` that is text")
        if not isinstance(tag.get("Value", ""), str | None):
            yield Fails(request.at("tags", index, "Value"), "the `Value` of a tag must be text or null")


@check("request.bucket-name", reads="bucket")
def bucket_name(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the bucket's name is one that the service can access: DNS-compliant, and no URI, path or ARN.

    The guide to exports says which names the service can access (`operation.docs.guide`).
    """
    name = proposal.request.bucket
    route = proposal.at("bucket")
    if isinstance(name, Unknown):
        yield CannotTell(route, name.why, name.needs)
        return
    fault = bucket_name_fault(name, proposal.operation.member_name("target"))
    if fault:
        yield Fails(route, f"bucket name `{name}` {fault}", values=(name,))
    else:
        yield Passes(route, f"`{name}` is a valid bucket name")


def bucket_name_fault(name: str, target: str) -> str | None:
    """Return what is wrong with a bucket name by the rules of the export guide, or None.

    `target` is the member that may contain a prefix.
    """
    if "://" in name or "/" in name:
        return f"is a path: give the bucket name alone; a prefix belongs in {target}"
    if name.startswith("arn:"):
        return "is an ARN: give the bucket name alone"
    if not 3 <= len(name) <= 63:
        return f"has {counted(len(name), 'character')}; it must have 3 to 63"
    odd = next((character for character in name if character not in _LABEL and character != "."), None)
    if odd is not None:
        return f"contains `{odd}`: only lower-case letters, digits, hyphens and dots are allowed"
    labels = name.split(".")
    if any(not label for label in labels):
        return "has an empty label: a dot must be between two letters or digits"
    if any(label[0] == "-" or label[-1] == "-" for label in labels):
        return "has a label that begins or ends with a hyphen"
    if len(labels) == 4 and all(label.isdecimal() for label in labels):
        return "has the form of an IP address"
    return reserved(name)


@check("request.target-name")
def target_name(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the target name is valid by the rules for an export or for a plain copy.

    Export: the operation's maximum length, encodable in UTF-8, and at most 1,024 bytes per object key,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html. Plain copy: the naming constraints that AWS
    states for new backups. That they apply to copies is inferred, so the finding is a warning.
    """
    name = proposal.request.target
    route = proposal.at("target")
    if isinstance(name, Unknown):
        yield CannotTell(route, name.why, name.needs)
        return
    if not name:
        yield Fails(route, f"`{proposal.operation.member_name('target')}` is empty")
        return
    yield from _export_name(name, proposal) if proposal.request.is_export else _copy_name(name, proposal)


def _export_name(name: str, proposal: Proposal) -> Iterator[Finding]:
    route = proposal.at("target")
    longest = proposal.operation.names.export
    if len(name) > longest:
        yield Fails(route, f"the name has {counted(len(name), 'character')}; an export allows at most {longest:,}")
        return
    try:
        size = len(object_key(name, 1).encode())
    except UnicodeEncodeError as error:
        yield Fails(route, f"the name cannot be encoded in UTF-8: character {error.start + 1} is a lone surrogate")
        return
    if size > 1024:
        text = f"the key `{object_key('NAME', 1)}` would have {size:,} bytes; S3 allows at most 1,024"
        yield Fails(route, text, certainty="inferred")
    else:
        yield Passes(route, f"`{name}` is a valid name for an export")


def _copy_name(name: str, proposal: Proposal) -> Iterator[Finding]:
    fault = _copy_name_fault(name, proposal.operation.names.copy)
    if fault:
        yield Fails(proposal.at("target"), f"the name {fault}", severity="warning", certainty="inferred")
    else:
        yield Passes(proposal.at("target"), f"`{name}` is a valid name for a snapshot")


def _copy_name_fault(name: str, longest: int) -> str | None:
    if len(name) > longest:
        return f"has {counted(len(name), 'character')}; a snapshot name has at most {longest}"
    odd = next((character for character in name if character not in _NAME), None)
    if odd is not None:
        return f"contains `{odd}`: only letters, digits and hyphens are allowed"
    if name[0] in _DIGITS or name[0] == "-":
        return "must begin with a letter"
    if "--" in name:
        return "contains two consecutive hyphens"
    return "ends with a hyphen" if name[-1] == "-" else None


@check("request.tags")
def tags(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that each tag follows the tagging rules: lengths, the reserved prefix, no duplicate key.

    The rules are on the service's page on tags (`operation.docs.tags`).
    """
    request = proposal.request
    if not request.tags:
        yield NotApplicable(request.at("tags"), "the request has no tags")
        return
    seen: set[str] = set()
    for index, tag in enumerate(request.tags):
        if not isinstance(tag, dict) or not isinstance(tag.get("Key"), str):
            continue  # request.well-formed reports it
        key, value = tag["Key"], tag.get("Value")
        fault = _tag_key_fault(key) or (f"tag key `{key}` appears twice" if key in seen else None)
        if fault:
            yield Fails(request.at("tags", index, "Key"), fault)
        if isinstance(value, str) and len(value) > 256:
            text = f"the value of tag `{key}` has {counted(len(value), 'character')}; at most 256 are allowed"
            yield Fails(request.at("tags", index, "Value"), text)
        seen.add(key)


def _tag_key_fault(key: str) -> str | None:
    if not key:
        return "a tag key is empty"
    if len(key) > 128:
        return f"a tag key has {counted(len(key), 'character')}; at most 128 are allowed"
    if key.lower().startswith("aws:"):
        return f"tag key `{key}` begins with `aws:`, which is reserved"
    return None


@check("request.tag-count", "max", max={"type": "integer", "minimum": 0})
def tag_count(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the request has at most `max` tags."""
    request = proposal.request
    count = len(request.tags)
    if not count:
        yield NotApplicable(request.at("tags"), "the request has no tags")
        return
    text = f"the request has {counted(count, 'tag')}; at most {params['max']} are allowed"
    yield (Fails if count > params["max"] else Passes)(request.at("tags"), text)


_MEMBERS = list(dict.fromkeys(member.name for each in operations().values() for member in each.members))


@check("request.matches", "member", member={"enum": _MEMBERS}, **PARAMS)
def matches(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that a member of the request is as the rule requires: `absent`, `equals`, `in`, `like`, `unlike`."""
    request, member = proposal.request, params["member"]
    if not proposal.operation.role(member):
        yield NotApplicable(request.route, f"{proposal.operation.api_name} has no member `{member}`")
        return
    value = request.members.get(member)
    fault = expectation(params, value)
    if value == "" and "absent" in params:  # what an unset variable of a shell leaves of `--kms-key-id "$KEY"`
        text = f"`{member}` is empty, and AWS does not document whether it then counts as missing"
        cause = Cause(REQUEST, text, request.to(member), repair=Repair(f"omit `{member}`"))
        needs = (f"request.{member}",)
        yield CannotTell(request.to(member), f"{text}: omit it", needs, certainty="inferred", causes=(cause,))
    elif fault:
        values = tuple(name for name in (request.bucket,) if isinstance(name, str))
        yield Fails(request.to(member), f"`{member}` {fault}", values=values)
    else:
        yield Passes(request.to(member), f"`{member}` {value_in_words(value)}")
