"""What `snaplint demo` tells, part by part: text to print and commands to run, with what is done between them."""

from __future__ import annotations

import json

from snaplint.base.record import NamedTuple
from snaplint.demo import world

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from snaplint.demo.sandbox import Sandbox


class Heading(NamedTuple):
    """The beginning of a part."""

    text: str


class Paragraph(NamedTuple):
    """A paragraph."""

    text: str


class Verbatim(NamedTuple):
    """Lines as they are: a listing, or a change in the form of `diff -u`."""

    lines: tuple[str, ...]


class AuditRun(NamedTuple):
    """A `snaplint audit` to show and to run, and the exit code that it is there to show."""

    arguments: list[str]
    code: int


Part = Heading | Paragraph | Verbatim | AuditRun


def story(aws: Sandbox) -> Iterator[Part]:
    """The parts in their order; the world changes when the part that tells of it has been taken."""
    yield from _the_world()
    yield from _the_wrong_region()
    yield from _the_import_policy()
    yield from _the_change()
    aws.change()
    yield from _all_well()


def _the_world() -> Iterator[Part]:
    yield Heading("An AWS of your own")
    yield Paragraph(
        "moto is running inside this process and plays AWS. There is no account, and nothing leaves this machine. "
        "In it there are:"
    )
    yield Verbatim(
        (
            f"account   {world.ACCOUNT}, in {world.REGION}",
            f"snapshot  {world.SNAPSHOT}: Redis, two shards",
            f"bucket    {world.BUCKET_ELSEWHERE}, in {world.ELSEWHERE}",
            f"bucket    {world.BUCKET}, in {world.REGION}, used for imports so far",
            f"user      {world.USER}, who is to export the snapshot",
        )
    )
    yield Paragraph(
        "One thing is not as at AWS: moto answers every read, whoever asks. In your account `audit` needs the right to "
        "read. What it may not read it calls unknown, and it ends with the smallest policy that would let it."
    )


def _the_wrong_region() -> Iterator[Part]:
    yield Heading("1. The first bucket that comes to mind")
    yield Paragraph(
        "`aws elasticache copy-snapshot` would tell one reason and fail. `snaplint audit` takes the same flags, reads "
        "what the call depends on, and tells all of them; the call itself is never made. With -q, in one line each:"
    )
    yield AuditRun([*world.command(world.BUCKET_ELSEWHERE), "-q"], 1)


def _the_import_policy() -> Iterator[Part]:
    yield Heading("2. A bucket in the right Region")
    yield Paragraph(f"The user needs one more right. And is {world.BUCKET} any better? Now with the whole report:")
    yield AuditRun(world.command(world.BUCKET), 1)


def _the_change() -> Iterator[Part]:
    yield Heading("3. The change")
    yield Paragraph(
        "The bucket's policy is that of the import guide: ElastiCache may read there, and not write. What the report "
        "asks for, and no more:"
    )
    wrong, right = (shell("aws elasticache", world.command(name)) for name in (world.BUCKET_ELSEWHERE, world.BUCKET))
    yield Verbatim(_difference("the command", wrong, right))
    bucket_policies = _json(world.IMPORT_POLICY), _json(world.EXPORT_POLICY)
    yield Verbatim(_difference(f"policy of bucket {world.BUCKET}", *bucket_policies))
    yield Verbatim(_difference(f"policy of user {world.USER}", _json(world.USER_BEFORE), _json(world.USER_AFTER)))
    yield Paragraph(
        "Both policies are now put in place, with put-bucket-policy and put-user-policy: in here, nowhere else."
    )


def _all_well() -> Iterator[Part]:
    yield Heading("4. The same command once more")
    yield AuditRun(world.command(world.BUCKET), 0)
    yield Heading("Now yours")
    yield Paragraph("Write `snaplint audit` for `aws elasticache` in the command that you are about to run:")
    yield Verbatim(
        (
            "snaplint audit copy-snapshot --source-snapshot-name NAME \\",
            "    --target-snapshot-name NAME --target-bucket BUCKET",
        )
    )
    yield Paragraph("Without a network, in a commit hook or in CI, from files:")
    yield Verbatim(
        (
            "snaplint init                          a commented file to start from",
            "snaplint check                         checks every such file in a folder",
            "snaplint explain service-lacks-write   the manual page of a rule",
        )
    )


def shell(program: str, arguments: Sequence[str]) -> list[str]:
    """A command line, one flag a line, as a shell would take it."""
    first, *flags = " ".join((program, *arguments)).split(" --")
    lines = [first, *(f"    --{flag}" for flag in flags)]
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


def _json(policy: Mapping[str, Any]) -> list[str]:
    return json.dumps(policy, indent=2).splitlines()


def _difference(name: str, before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """A change in the form of `diff -u`."""
    from difflib import unified_diff

    return tuple(unified_diff(before, after, f"{name}, as it is", f"{name}, as it should be", n=2, lineterm=""))
