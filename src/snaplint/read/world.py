"""The snapshots and buckets of a preflight file, which override those of the facts file that it may name."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.facts import Bucket, PolicyDocument, Snapshot
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS, BucketPolicy, NotOurs
from snaplint.operations.partitions import partition
from snaplint.operations.registry import DEFAULT
from snaplint.read import aws_answers
from snaplint.read.aws_answers import UnexpectedAnswer
from snaplint.read.form import form_faults
from snaplint.read.includes import MISSING, is_declared_unknown
from snaplint.read.snapshot_items import Call, Item, SnapshotItems, section_names
from snaplint.read.source_map import SourceMap
from snaplint.read.spelling import as_boolean
from snaplint.read.usual import looks_like_a_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.facts.object_keys import ObjectKeys
    from snaplint.read.includes import Includes


_FIELDS = (
    "region",
    "account",
    "policy",
    "acl",
    "ownership",
    "encryption",
    "public_access_block",
    "keys",
    "tags",
    "abac",
    "object_lock",
)
"""The facts about a bucket."""


class World:
    """Reads the facts of a preflight file and of its facts file: snapshots, buckets, and those about the account."""

    def __init__(self, own: Mapping[str, Any], includes: Includes) -> None:
        self.includes = includes
        self._source = DEFAULT.source
        self._own = own
        self._facts = self._facts_file()
        self._account_block = self._account_public_access_block()

    def _facts_file(self) -> Mapping[str, Any]:
        """Return the data of the facts file; empty if the preflight file names none, or if it cannot be used."""
        name = self._own.get("facts")
        if name is None:
            return {}
        document = self.includes.included(name, ("facts",), self.includes.source.find(("facts",))[0].path)
        if document is None:
            return self._no_facts()
        problems = form_faults(document.data, SourceMap(document), "facts")
        for problem in problems:
            self.includes.report(problem)
        if problems:
            return self._no_facts()
        self.includes.source.mount(("facts",), document)
        self.includes.answers.add(id(document))
        for name, noun in (("account", "account"), ("region", "Region")):
            other, own = document.data.get(name, self._own.get(name)), self._own.get(name)
            if other != own:
                text = f"the facts in `{document.path}` were collected for another {noun}: {other}, not {own}"
                self.includes.fault(("facts",), text)
                return self._no_facts()
        return document.data  # type: ignore[no-any-return]  # by the schema

    def _no_facts(self) -> Mapping[str, Any]:
        """Return no data: every fact that is not known may be in the facts file, which has the latest fault."""
        self.includes.unreadable(())
        return {}

    def _account_public_access_block(self) -> Any:
        """Return Block Public Access of the account; `MISSING` if the file does not provide it."""
        name = "account_public_access_block"
        route: Route = (name,)
        value = self._fact(name)
        return MISSING if value is MISSING else self.includes.answer(value, route, self._block_reader(route))

    def opt_in(self) -> bool | Unknown:
        """Return True if the account had to enable the Region of the call.

        https://docs.aws.amazon.com/accounts/latest/reference/API_GetRegionOptStatus.html
        """
        name = "region_opt_status"
        found: bool | Unknown = self.includes.answer(
            self._fact(name), (name,), lambda status: status != "ENABLED_BY_DEFAULT", is_path=lambda _text: False
        )
        return found

    def _fact(self, name: str) -> object:
        """Return a single fact from the preflight file, or else from its facts file."""
        if name in self._own or name not in self._facts:
            return self._own.get(name, MISSING)
        self._mount((name,), ("facts", name))
        return self._facts[name]

    def _merged(self, section: str) -> dict[str, Item | Unknown | None]:
        """Return a section of the preflight file and, for what it does not provide, of the facts file.

        Values of the facts file are mounted at the same routes of the preflight file.
        """
        merged = dict(self._section(self._own, section, (section,)))
        collected = self._section(self._facts, section, ("facts", section)) if section in self._facts else {}
        for name, item in collected.items():
            there: Route = ("facts", section, name)
            if name not in merged:
                self._mount((section, name), there)
                merged[name] = item
                continue
            own = merged[name]
            if isinstance(own, Item) and isinstance(item, Item) and not own.complete:
                for field in item.fields:
                    if field not in own.fields:
                        self._mount((section, name, field), (*there, field))
                merged[name] = Item({**item.fields, **own.fields}, item.complete)
        return merged

    def _mount(self, route: Route, there: Route) -> None:
        """Mount the value at the route `there` at `route` too."""
        self.includes.source.mount(route, *self.includes.source.find(there))

    def _section(self, data: Mapping[str, Any], section: str, route: Route) -> Mapping[str, Item | Unknown | None]:
        """Return the items of a section by name. The section of snapshots has more forms, see `SnapshotItems`."""
        value = self.includes.resolve(data.get(section, {}), route, is_path=lambda _text: True)
        if isinstance(value, Unknown):
            return {}
        if section == self._source.section and isinstance(value, (dict, list)):
            return SnapshotItems(self.includes, self._source, self._call()).section(value, route)
        if not isinstance(value, dict):
            self.includes.fault(route, f"`{section}` must be an object")
            self.includes.unreadable(route)
            return {}
        return {name: None if item is None else Item(item) for name, item in value.items()}

    def named(self, section: str) -> tuple[str, ...]:
        """Return the names that a section of the preflight file itself has; answers of AWS list others beside them."""
        value = self._own.get(section)
        if section != self._source.section:
            return tuple(value) if isinstance(value, dict) else ()
        return section_names(value, self._source)

    def _call(self) -> Call:
        """Return where the call looks for a snapshot."""
        region, account = (self._own.get(name) for name in ("region", "account"))
        return Call(region if isinstance(region, str) else None, account if isinstance(account, str) else None)

    def _with_reason(self, fields: Mapping[str, Any], route: Route) -> Mapping[str, Any]:
        """Return the fields of a bucket; the field `unknown` is the reason why all missing ones are unknown."""
        if "unknown" not in fields:
            return fields
        why = fields["unknown"]
        self.includes.unknown(why, route)
        return {**{field: {"unknown": why} for field in _FIELDS}, **fields}

    def snapshots(self) -> dict[str, Snapshot | Unknown | None]:
        """Return the snapshots by name, in lower case as AWS stores it."""
        merged = self._merged("snapshots")
        return {name.lower(): self._snapshot(name, item) for name, item in merged.items()}

    def _snapshot(self, name: str, item: Item | Unknown | None) -> Snapshot | Unknown | None:
        if item is None or isinstance(item, Unknown):
            return item
        if not item.fields:
            return Unknown(f"nothing is known about snapshot `{name}`", (f"snapshots.{name}",))
        route: Route = ("snapshots", name)
        fields = {field: value for field, value in item.fields.items() if field != "tags"}
        given = self.includes.answer(item.fields.get("tags", MISSING), (*route, "tags"), _tags)
        return Snapshot(name, route, fields, item.complete, given)

    def buckets(self) -> dict[str, Bucket | Unknown | None]:
        """Return the buckets by name."""
        merged = self._merged("buckets")
        return {
            name: self._bucket(name, item.fields) if isinstance(item, Item) else item for name, item in merged.items()
        }

    def _bucket(self, name: str, fields: Mapping[str, Any]) -> Bucket:
        route: Route = ("buckets", name)
        fields = self._with_reason(fields, route)

        def known(field: str, read: Callable[[Any], Any], is_path: Callable[[str], bool] = lambda _text: True) -> Any:
            return self.includes.whole(fields.get(field, MISSING), (*route, field), read, is_path=is_path)

        keys = self.includes.answer(fields.get("keys", MISSING), (*route, "keys"), _keys_of(name))
        region = known("region", self._region, is_path=looks_like_a_path)
        block = known("public_access_block", self._block_reader((*route, "public_access_block")))
        return Bucket(
            name,
            route,
            region=region,
            account=known("account", self._owner(name), is_path=lambda _text: False),
            policy=self._policy_of(name, fields.get("policy", MISSING), region),
            acl=known("acl", _mapping(aws_answers.acl)),
            ownership=known("ownership", aws_answers.ownership, is_path=looks_like_a_path),
            encryption=known("encryption", self._encryption((*route, "encryption"))),
            public_access_block=self._in_effect(name, block),
            keys=_listed([]) if keys is None else keys,
            key_policy=self.includes.policy(
                fields.get("encryption_key_policy", MISSING), (*route, "encryption_key_policy")
            ),
            tags=known("tags", _tags),
            abac=known("abac", _abac, is_path=looks_like_a_path),
            exists=name not in self.includes.absent_buckets
            and any(field != "unknown" and not is_declared_unknown(fields[field]) for field in fields),
            object_lock=known(
                "object_lock", self.includes.part((*route, "object_lock"), aws_answers.object_lock_route)
            ),
            assumes=self._assumed(block),
        )

    def _assumed(self, block: Any) -> tuple[str, ...]:
        """Return the name of the account's settings if they are not provided and the bucket has some turned off."""
        if self._account_block is not MISSING or isinstance(block, Unknown):
            return ()
        return ("account_public_access_block",) if block is None or False in block.values() else ()

    def _encryption(self, route: Route) -> Callable[[object], object]:
        """Return a reader of the default encryption; None if the bucket's configuration has no default."""

        def read(value: object) -> object:
            found: Any = self.includes.part(route, aws_answers.encryption_route)(value)
            return None if found is None else aws_answers.encryption(found, is_answer=found is not value)

        return read

    def _policy_of(self, name: str, value: object, region: str | Unknown) -> BucketPolicy | Unknown | None:
        """Return the policy of a bucket; without the bucket's Region, it is in the partition of the call's Region."""
        policy = self.includes.policy(value, ("buckets", name, "policy"))
        if not isinstance(policy, PolicyDocument):
            return policy
        place = self._own.get("region") if isinstance(region, Unknown) else region
        return BucketPolicy(policy, name, partition(place) if isinstance(place, str) else None)

    def _region(self, value: object) -> str:
        """Return the Region of a bucket. That of the call may be newer than the list of Regions."""
        call: object = self._own.get("region")
        return call if isinstance(call, str) and value == call else aws_answers.region(value)

    def _owner(self, name: str) -> Callable[[object], str | NotOurs | Unknown]:
        """Return a reader of the account that owns a bucket, which may only be known not to be a certain account."""

        def read(value: Any) -> str | NotOurs | Unknown:
            if isinstance(value, str):
                return value
            other_than: str = value["other_than"]
            if other_than == self._own.get("account"):
                return NotOurs(other_than)
            why = f"bucket `{name}` is only known not to belong to account {other_than}"
            return Unknown(why, (f"buckets.{name}.account",))

        return read

    def _in_effect(self, name: str, block: Any) -> Any:
        """Return Block Public Access in effect for a bucket: the stricter of the bucket's and its account's settings.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        account = self._account_block
        if account is MISSING:
            return block
        both = {}
        for setting in BLOCK_PUBLIC_ACCESS:
            values = [_setting(each, setting) for each in (block, account)]
            if True in values or values == [False, False]:
                both[setting] = True in values
            elif isinstance(account, Unknown):
                self.includes.unknown(account.why, ("buckets", name, "public_access_block", setting))
        if both:
            return both
        # settings that are all left out are unknown one by one, as they are without those of the account
        return next((each for each in (block, account) if isinstance(each, Unknown)), both)

    def _block_reader(self, route: Route) -> Callable[[object], object]:
        """Return a reader of the four settings: a missing one is off in an answer of AWS, else unknown."""

        def read(value: object) -> object:
            block: Any = self.includes.part(route, aws_answers.public_access_block_route)(value)
            given = {name: as_boolean(setting) for name, setting in block.items()}
            return given if block is value else {name: given.get(name, False) for name in BLOCK_PUBLIC_ACCESS}

        return read


def _setting(block: Any, name: str) -> bool | None:
    """Return one of the four settings; None if it is not known."""
    if isinstance(block, Unknown):
        return None
    return False if block is None else block.get(name)


def _mapping(read: Callable[[Mapping[str, Any]], Any]) -> Callable[[object], Any]:
    def checked(value: object) -> Any:
        if not isinstance(value, dict):
            raise UnexpectedAnswer("an object, as the AWS CLI prints it")
        return read(value)

    return checked


# Readers whose modules are imported for the first value that they read.


_NO_KEYS = ("s3://", "arn:aws")
"""The beginnings of a URI and of an ARN, which people write in place of a key."""


def _keys_of(bucket: str) -> Callable[[object], ObjectKeys]:
    def read(value: object) -> ObjectKeys:
        if isinstance(value, list) and all(isinstance(key, str) and not key.startswith(_NO_KEYS) for key in value):
            return _listed(value)
        from snaplint.read.listings import keys_of

        return keys_of(bucket)(value)

    return read


def _listed(keys: list[str]) -> ObjectKeys:
    """Return the keys of a plain list, which has all keys of the bucket."""
    from snaplint.facts.object_keys import ObjectKeys

    return ObjectKeys.listed({key: (index,) for index, key in enumerate(keys)})


def _tags(value: object) -> Mapping[str, str]:
    from snaplint.read.tags import tags

    return tags(value)


def _abac(value: object) -> str:
    from snaplint.read.tags import abac

    return abac(value)
