"""The lock files: complete, consistent, and independent of the machine."""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKS = sorted(path.name for path in (ROOT / "locks").iterdir())
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def pins(lock: str) -> list[Requirement]:
    """Return the pins of a lock file; a name that depends on the Python version appears more than once."""
    text = (ROOT / "locks" / lock).read_text(encoding="utf-8")
    return [Requirement(line.removesuffix("\\")) for line in text.splitlines() if line[:1].isalnum()]


def wanted(groups: tuple[str, ...], extras: tuple[str, ...]) -> Iterator[Requirement]:
    """Return the requirements of pyproject.toml."""
    named = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    for extra in extras:
        named += PROJECT["project"]["optional-dependencies"][extra]
    for group in groups:
        named += [each for each in PROJECT["dependency-groups"][group] if isinstance(each, str)]
    return map(Requirement, named)


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_but_pins_hashes_and_remarks(lock: str) -> None:
    """There is no address of an index and no path, because these belong to a machine, not to the project."""
    lines = (ROOT / "locks" / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line] == []
    assert "#    make lock" in lines[:3]
    for before, line in pairwise(lines):
        if before[:1].isalnum():
            assert line.startswith("    --hash=sha256:"), before
        if not line[:1].isalnum():
            assert line.strip().startswith(("#", "--hash=sha256:")), line


@pytest.mark.parametrize(
    ("lock", "groups", "extras"),
    [
        ("demo.txt", ("build",), ("demo",)),
        ("dev.txt", tuple(PROJECT["dependency-groups"]), tuple(PROJECT["project"]["optional-dependencies"])),
    ],
)
def test_lock_holds_what_the_project_asks_for(lock: str, groups: tuple[str, ...], extras: tuple[str, ...]) -> None:
    locked = pins(lock)
    for each in wanted(groups, extras):
        versions = [pin.specifier for pin in locked if canonicalize_name(pin.name) == canonicalize_name(each.name)]
        assert versions, f"{each} is not in locks/{lock}: run `make lock`"
        for version in versions:
            assert each.specifier.contains(str(version).removeprefix("==")), f"{each} is {version}: run `make lock`"


def test_demo_is_a_part_of_dev() -> None:
    missing = {(pin.name, pin.specifier) for pin in pins("demo.txt")} - {
        (pin.name, pin.specifier) for pin in pins("dev.txt")
    }
    assert missing == set()


def test_builds_of_pyyaml_are_two() -> None:
    """If they were the same, tests that read with both would prove nothing."""
    builds = [str(pin) for lock in LOCKS if lock.startswith("libyaml-") for pin in pins(lock)]
    assert builds == ["pyyaml==6.0.3", "pyyaml==6.0.4"]
