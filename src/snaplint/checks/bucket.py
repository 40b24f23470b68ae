"""Checks of the target bucket: that it exists, its Region, its owner, its object keys and its settings.

Their sources are the pages of the operation (`operation.docs`).
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.registry import REPLACED, USED, check
from snaplint.checks.repairs import another_bucket, another_name
from snaplint.checks.values import PARAMS, expectation, value_in_words
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS, Bucket, NotOurs
from snaplint.findings.cause import REQUEST, Repair
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes
from snaplint.operations.bucket_names import namespace
from snaplint.operations.export_keys import MAX_SHARDS, object_key, object_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.checks.export.keys import ExportKeys
    from snaplint.checks.export.proposal import Proposal
    from snaplint.facts.object_keys import ObjectKeys
    from snaplint.findings.verdict import Finding


SETTINGS = [
    "region",
    "account",
    "ownership",
    "encryption",
    "encryption.SSEAlgorithm",
    "encryption.KMSMasterKeyID",
    "public_access_block",
    *(f"public_access_block.{name}" for name in BLOCK_PUBLIC_ACCESS),
]
"""The fields that `bucket.setting` accepts."""

MOST_GAPS = 3
"""How many reasons why listings are incomplete are named; the rest are counted."""


def target(proposal: Proposal) -> Generator[Finding, None, Bucket | None]:
    """Return the target bucket. If it is unknown or does not exist, yield that finding and return None."""
    route = proposal.at("bucket")
    bucket = proposal.bucket
    if isinstance(bucket, Unknown):
        yield CannotTell(route, bucket.why, bucket.needs, values=_bucket_name(proposal))
        return None
    if bucket is None:
        yield NotApplicable(route, f"bucket `{proposal.request.bucket}` does not exist")
    return bucket


def _bucket_name(proposal: Proposal) -> tuple[str, ...]:
    name = proposal.request.bucket
    return (name,) if isinstance(name, str) else ()


@check("bucket.exists", reads="bucket", bucket=REPLACED)
def exists(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the target bucket exists."""
    route = proposal.at("bucket")
    bucket = proposal.bucket
    if isinstance(bucket, Unknown):
        yield CannotTell(route, bucket.why, bucket.needs, values=_bucket_name(proposal))
    elif bucket is None:
        name = _bucket_name(proposal)[0]
        yield Fails(
            route,
            f"bucket `{name}` does not exist",
            (Blame(("buckets", name), "bucket", "known not to exist"),),
            (name,),
            repair=Repair(f"create bucket `{name}`{_in_region(proposal)}, or {another_bucket(proposal).text}"),
        )
    elif not bucket.exists:
        yield CannotTell(
            route, f"nothing is known about bucket `{bucket.name}`", (f"buckets.{bucket.name}",), values=(bucket.name,)
        )
    else:
        yield Passes(route, f"bucket `{bucket.name}` exists")


def _in_region(proposal: Proposal) -> str:
    region = proposal.facts.region
    return "" if isinstance(region, Unknown) else f" in {region}"


@check("bucket.in-region", reads="bucket", bucket=REPLACED)
def in_region(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the target bucket is in the Region of the snapshot."""
    yield from _same(
        proposal, "region", "bucket `{}` is in {}, but the snapshot is in {}", "bucket `{}` and the snapshot are in {}"
    )


@check("bucket.owned", reads="bucket", bucket=REPLACED)
def owned(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the target bucket belongs to the account that makes the call."""
    bucket = proposal.bucket
    if bucket is not None and not isinstance(bucket, Unknown) and isinstance(bucket.account, NotOurs):
        text = f"bucket `{bucket.name}` does not belong to account {bucket.account.account}, which makes the call"
        place = (*bucket.route, "account")
        blame = Blame(place, "bucket", "the account that makes the call does not own the bucket")
        yield Fails(proposal.at("bucket"), text, (blame,), (bucket.name,), repair=another_bucket(proposal))
        return
    differing = "bucket `{}` belongs to account {}, but account {} makes the call"
    yield from _same(proposal, "account", differing, "bucket `{}` belongs to account {}, which makes the call")


def _same(proposal: Proposal, field: str, differing: str, agreeing: str) -> Iterator[Finding]:
    """Compare a field of the bucket, `region` or `account`, with that of the call.

    `differing` and `agreeing` are templates of the bucket's name, its value and (`differing` only) the call's value.
    """
    named = _by_name(proposal, field)
    if named is not None:
        yield named
        return
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route = proposal.at("bucket")
    theirs: str | Unknown = getattr(bucket, field)
    ours: str | Unknown = getattr(proposal.facts, field)
    for fact in (theirs, ours):
        if isinstance(fact, Unknown):
            yield CannotTell(route, fact.why, fact.needs, values=(bucket.name,))
            return
    if theirs == ours:
        yield Passes(route, agreeing.format(bucket.name, theirs))
    else:
        fact = f"is in {theirs}" if field == "region" else f"belongs to account {theirs}"
        blame = Blame((*bucket.route, field), "bucket", fact)
        text = differing.format(bucket.name, theirs, ours)
        call = f"the snapshot is in {ours}" if field == "region" else f"{ours} makes the call"
        compared = (Blame((field,), "call", call),)
        yield Fails(route, text, (blame,), (bucket.name,), repair=another_bucket(proposal), compared=compared)


def _by_name(proposal: Proposal, field: str) -> Finding | None:
    """Return what the bucket's name decides about its account or its Region, or None if it decides nothing.

    Only the account of a namespace can create buckets in it, but a bucket that is older than namespaces may have such a
    name: a failure is inferred, a name that fits proves nothing, and a fact that contradicts the name leaves it open.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
    """
    name, bucket = proposal.request.bucket, proposal.bucket
    place = namespace(name) if isinstance(name, str) and bucket is not None else None
    if place is None or isinstance(name, Unknown):
        return None
    given: str | NotOurs | Unknown | None = getattr(bucket, field) if isinstance(bucket, Bucket) else bucket
    ours: str | Unknown = getattr(proposal.facts, field)
    named: str = getattr(place, field)
    is_given = not isinstance(given, Unknown)
    if named == ours or (is_given and given != ours):
        return None
    route = proposal.at("bucket")
    says = f"the name of bucket `{name}` is in the account regional namespace of {_noun(field)}{named}"
    if isinstance(ours, Unknown):
        return CannotTell(route, f"{says}, and {ours.why}", ours.needs, values=(name,), certainty="inferred")
    if is_given:
        needs = (f"buckets.{name}.{field}",)
        text = f"{says}, but its `{field}` is given as {ours}"
        return CannotTell(route, text, needs, values=(name,), certainty="inferred")
    call = f"account {ours} makes the call" if field == "account" else f"the snapshot is in {ours}"
    blame = Blame(route, "request", f"only account {place.account} can create buckets with such a name")
    repair = another_bucket(proposal)
    return Fails(route, f"{says}, but {call}", (blame,), (name,), certainty="inferred", repair=repair)


def _noun(field: str) -> str:
    return "account " if field == "account" else ""


@check("bucket.keys-free", blames=REQUEST, bucket=USED)
def keys_free(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that no key that the export will write is in the bucket or is written by an earlier request of the run.

    Any spelling of the name counts.
    """
    known = proposal.bucket
    hits = tuple(_hits(proposal, known)) if isinstance(known, Bucket) else ()
    if known is not None and not _exact(proposal, hits):
        found = proposal.earlier.writes_the_same(proposal.request) if proposal.earlier is not None else None
        if found is not None:
            from snaplint.checks.collisions import same_key  # only for requests that meet

            yield from same_key(proposal, found)
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route, keys = proposal.at("target"), proposal.keys
    if isinstance(keys, Unknown) or isinstance(bucket.keys, Unknown):
        unknown = keys if isinstance(keys, Unknown) else bucket.keys
        yield CannotTell(route, unknown.why, unknown.needs, values=_expected(bucket, keys))  # type: ignore[union-attr]
    elif hits:
        yield from _collisions(proposal, bucket, keys, bucket.keys, hits)
    else:
        yield from _possible_collision(proposal, bucket, keys, bucket.keys)


def _expected(bucket: Bucket, keys: ExportKeys | Unknown) -> tuple[str, ...]:
    return () if isinstance(keys, Unknown) else (bucket.name, object_key(keys.spellings[0], 1))


def _hits(proposal: Proposal, bucket: Bucket) -> Iterator[str]:
    """Yield the keys that the bucket holds and the export will write, as far as both are known.

    If the number of shards is unknown, only the first key of each spelling is certain to be written.
    """
    present, keys = bucket.keys, proposal.keys
    if isinstance(present, Unknown) or isinstance(keys, Unknown):
        return
    shards = 1 if isinstance(keys.shards, Unknown) else min(keys.shards, MAX_SHARDS)
    for spelling in keys.spellings:
        for key in object_keys(spelling, shards):
            if present.has(key):
                yield key


def _collisions(
    proposal: Proposal, bucket: Bucket, keys: ExportKeys, present: ObjectKeys, hits: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield the finding about keys that the bucket holds.

    It is undetermined if only a key in the other spelling is there, or one that has the number of no node group.
    """
    route = proposal.at("target")
    more = f" and {len(hits) - 1} more of the export's keys" if len(hits) > 1 else ""
    because, values = _key_blames(bucket, present, hits), (bucket.name, hits[0])
    if _exact(proposal, hits):
        by_group = _by_group(keys)
        if by_group and not any(key in by_group for key in hits):
            yield _numbered_by_group(proposal, bucket, present, hits, None)
            return
        text = f"bucket `{bucket.name}` already contains `{hits[0]}`{more}"
        yield Fails(route, text, because, values, repair=another_name(proposal))
        return
    text = f"bucket `{bucket.name}` contains `{hits[0]}`{more}"
    why = f"AWS does not document whether {proposal.writer.name} writes the key in lower case"
    yield CannotTell(route, f"{text}, and {why}", (), because, values, certainty="inferred", undocumented=(why,))


def _exact(proposal: Proposal, hits: tuple[str, ...]) -> bool:
    """Return True if one of the keys is spelt as in the request."""
    return any(key.startswith(f"{proposal.request.target}-") for key in hits)


def _possible_collision(proposal: Proposal, bucket: Bucket, keys: ExportKeys, present: ObjectKeys) -> Iterator[Finding]:
    """Yield the finding if no key is certain to collide: one may, the listing is incomplete, or none does."""
    route = proposal.at("target")
    values = (bucket.name, object_key(keys.spellings[0], 1))
    numbered = [key for spelling in keys.spellings for key in present.numbered.get(spelling, ())]
    if isinstance(keys.shards, Unknown) and numbered:
        because = _key_blames(bucket, present, numbered)
        text = f"bucket `{bucket.name}` contains `{numbered[0]}`, and {keys.shards.why}"
        yield CannotTell(route, text, keys.shards.needs, because, (bucket.name, numbered[0]))
        return
    unknown = keys.groups if isinstance(keys.groups, Unknown) else None
    grouped = [key for key in _by_group(keys) if present.has(key)] if unknown is None else numbered
    if grouped:
        yield _numbered_by_group(proposal, bucket, present, grouped, unknown)
        return
    missing = [spelling for spelling in keys.spellings if not _covers(present, spelling, keys)]
    if missing:
        why = f": {listed(present.gaps, most=MOST_GAPS)}" if present.gaps else ""
        text = f"the key listing of bucket `{bucket.name}` is incomplete for the prefix `{missing[0]}-`{why}"
        yield CannotTell(route, text, (f"buckets.{bucket.name}.keys",), values=values)
    else:
        yield Passes(route, f"bucket `{bucket.name}` contains none of the keys that the export will write")


def _covers(present: ObjectKeys, spelling: str, keys: ExportKeys) -> bool:
    """Return True if the listing shows for every key of a spelling whether the bucket holds it."""
    if present.covers(f"{spelling}-"):
        return True
    if isinstance(keys.shards, Unknown):
        return False
    shards = min(keys.shards, MAX_SHARDS)
    if isinstance(keys.groups, Unknown):
        return False
    by_group = (object_key(spelling, group) for group in keys.groups)
    return all(present.has(key) is not None for key in (*object_keys(spelling, shards), *by_group))


def _by_group(keys: ExportKeys) -> list[str]:
    """Return the keys of an export whose files are numbered by node group; none if no group is known."""
    groups = () if isinstance(keys.groups, Unknown) else keys.groups
    return [object_key(spelling, group) for spelling in keys.spellings for group in groups]


def _numbered_by_group(
    proposal: Proposal, bucket: Bucket, present: ObjectKeys, found: Sequence[str], unknown: Unknown | None
) -> CannotTell:
    """Return the finding about keys that the export writes only if files are, or are not, numbered by node group."""
    because = _key_blames(bucket, present, found)
    text = f"bucket `{bucket.name}` contains `{found[0]}`, and AWS does not document whether files are numbered by"
    text = f"{text} node group" if unknown is None else f"{text} node group; {unknown.why}"
    needs = () if unknown is None else unknown.needs
    values = (bucket.name, found[0])
    undocumented = "AWS does not document whether files are numbered by node group"
    return CannotTell(
        proposal.at("target"), text, needs, because, values, certainty="inferred", undocumented=(undocumented,)
    )


def _key_blames(bucket: Bucket, present: ObjectKeys, keys: Iterable[str]) -> tuple[Blame, ...]:
    """Return a blame for each of the keys that the bucket holds, at its route in the listing."""
    return tuple(Blame((*bucket.route, "keys", *present.route(key)), "object key", f"`{key}` exists") for key in keys)


@check("bucket.setting", "field", field={"enum": SETTINGS}, reads="bucket", bucket=USED, **PARAMS)
def setting(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that a setting of the bucket is as the rule requires: `absent`, `equals`, `in`, `like`, `unlike`.

    `field` is one of `region`, `account`, `ownership`, `encryption` and `public_access_block`, or a member of one of
    the last two after a dot: `encryption.SSEAlgorithm`.
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    name, _, member = params["field"].partition(".")
    value = getattr(bucket, name)
    route: Route = (*bucket.route, name)
    if isinstance(value, NotOurs):
        text = f"bucket `{bucket.name}` belongs to another account"
        yield CannotTell(proposal.at("bucket"), text, (f"buckets.{bucket.name}.account",))
        return
    if isinstance(value, Unknown):
        yield CannotTell(proposal.at("bucket"), value.why, value.needs)
        return
    if member:
        if isinstance(value, dict) and member in value:
            route = (*route, member)
        value = value.get(member) if isinstance(value, dict) else None
    fault = expectation(params, value)
    if fault:
        yield Fails(route, f"the `{params['field']}` of bucket `{bucket.name}` {fault}")
    else:
        yield Passes(route, f"the `{params['field']}` of bucket `{bucket.name}` {value_in_words(value)}")


def _block_all(name: str) -> Repair:
    from json import dumps

    paste = dumps(dict.fromkeys(BLOCK_PUBLIC_ACCESS, True), indent=2)
    return Repair(f"turn on all four Block Public Access settings of bucket `{name}`", paste)


@check("bucket.public-access-blocked", reads="bucket", bucket=USED)
def public_access_blocked(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that all four Block Public Access settings are on. An export does not need any of them off.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    block = bucket.public_access_block
    if isinstance(block, Unknown):
        yield CannotTell(proposal.at("bucket"), block.why, block.needs)
        return
    route = (*bucket.route, "public_access_block")
    off = [name for name in BLOCK_PUBLIC_ACCESS if block is None or block.get(name) is False]
    unknown = [name for name in BLOCK_PUBLIC_ACCESS if block is not None and name not in block]
    if off:
        settings = listed(f"`{name}`" for name in off)
        text = f"bucket `{bucket.name}` has {settings} turned off, which {proposal.writer.name} does not need"
        yield Fails(route, text, assumes=bucket.assumes, repair=_block_all(bucket.name))
    elif unknown:
        needs = tuple(f"buckets.{bucket.name}.public_access_block.{name}" for name in unknown)
        are = "is" if len(unknown) == 1 else "are"
        yield CannotTell(route, f"{listed(f'`{name}`' for name in unknown)} {are} not provided", needs)
    else:
        yield Passes(route, f"Block Public Access is on for bucket `{bucket.name}`")
