"""The parts of `snaplint demo`: text to print, commands to run, and the changes made between them."""

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
    """The heading of a section."""

    text: str


class Paragraph(NamedTuple):
    """A paragraph."""

    text: str


class Verbatim(NamedTuple):
    """Lines printed unchanged: a listing, or a difference in the form of `diff -u`."""

    lines: tuple[str, ...]


class AuditRun(NamedTuple):
    """A `snaplint audit` command to print and run, and the exit code that it must return."""

    arguments: list[str]
    code: int


Part = Heading | Paragraph | Verbatim | AuditRun


def story(aws: Sandbox) -> Iterator[Part]:
    """Yield the parts in order. The AWS simulation is changed after the part that announces the change."""
    yield from _the_world()
    yield from _the_wrong_region()
    yield from _the_import_policy()
    yield from _the_change()
    aws.change()
    yield from _all_well()


def _the_world() -> Iterator[Part]:
    yield Heading("A simulated AWS")
    yield Paragraph(
        "moto, an AWS simulator, is running inside this process. No AWS account is used, and nothing leaves this "
        "machine. The simulation contains:"
    )
    yield Verbatim(
        (
            f"account   {world.ACCOUNT}, in {world.REGION}",
            f"snapshot  {world.SNAPSHOT}: Redis, two shards",
            f"bucket    {world.BUCKET_ELSEWHERE}, in {world.ELSEWHERE}",
            f"bucket    {world.BUCKET}, in {world.REGION}, used only for imports so far",
            f"user      {world.USER}, which will export the snapshot",
        )
    )
    yield Paragraph(
        "One thing differs from AWS: moto allows every read. In your account `audit` needs permissions to read. Facts "
        "that it is not allowed to read are unknown, and the report then ends with the smallest policy that would "
        "allow those reads."
    )


def _the_wrong_region() -> Iterator[Part]:
    yield Heading("1. A bucket in another Region")
    yield Paragraph(
        "`aws elasticache copy-snapshot` would fail and report one reason. `snaplint audit` takes the same flags, "
        "reads what the call depends on, and reports every reason. It never makes the call itself. With -q it prints "
        "one line for each thing to change:"
    )
    yield AuditRun([*world.command(world.BUCKET_ELSEWHERE), "-q"], 1)


def _the_import_policy() -> Iterator[Part]:
    yield Heading("2. A bucket in the right Region")
    yield Paragraph(
        f"Now the bucket {world.BUCKET}, with the full report. Its policy does not let ElastiCache write, and the "
        "user still lacks a permission:"
    )
    yield AuditRun(world.command(world.BUCKET), 1)


def _the_change() -> Iterator[Part]:
    yield Heading("3. The change")
    yield Paragraph(
        "The bucket has the policy of the import guide, which allows ElastiCache to read but not to write. These are "
        "the changes that the report asks for:"
    )
    wrong, right = (shell("aws elasticache", world.command(name)) for name in (world.BUCKET_ELSEWHERE, world.BUCKET))
    yield Verbatim(_difference("the command", wrong, right))
    bucket_policies = _json(world.IMPORT_POLICY), _json(world.EXPORT_POLICY)
    yield Verbatim(_difference(f"policy of bucket {world.BUCKET}", *bucket_policies))
    yield Verbatim(_difference(f"policy of user {world.USER}", _json(world.USER_BEFORE), _json(world.USER_AFTER)))
    yield Paragraph("Both policies are now applied with put-bucket-policy and put-user-policy, in the simulation only.")


def _all_well() -> Iterator[Part]:
    yield Heading("4. The same command again")
    yield AuditRun(world.command(world.BUCKET), 0)
    yield Heading("Your own export")
    yield Paragraph("Take the command that you are about to run, and replace `aws elasticache` with `snaplint audit`:")
    yield Verbatim(
        (
            "snaplint audit copy-snapshot --source-snapshot-name NAME \\",
            "    --target-snapshot-name NAME --target-bucket BUCKET",
        )
    )
    yield Paragraph("To check files without a network, for example in a commit hook or in CI:")
    yield Verbatim(
        (
            "snaplint init                          write a commented starter file",
            "snaplint check                         check every such file in a folder",
            "snaplint explain service-lacks-write   print the manual page of a rule",
        )
    )


def shell(program: str, arguments: Sequence[str]) -> list[str]:
    """Return a shell command line with one flag per line."""
    first, *flags = " ".join((program, *arguments)).split(" --")
    lines = [first, *(f"    --{flag}" for flag in flags)]
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


def _json(policy: Mapping[str, Any]) -> list[str]:
    return json.dumps(policy, indent=2).splitlines()


def _difference(name: str, before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return a difference in the form of `diff -u`."""
    from difflib import unified_diff

    return tuple(unified_diff(before, after, f"{name}, before", f"{name}, after", n=2, lineterm=""))
