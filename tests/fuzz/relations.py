"""What snaplint promises of every input, as relations: each yields what breaks it.

A relation takes an input, the run of its own command line, and a function that runs another input. What it chooses
comes from a generator with the seed of the input, so that a smaller input is tried in the same way.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from tests.cli.world import EIGHT
from tests.fuzz.case import Case, text_of
from tests.fuzz.families import CHECK, MAIN, SECOND
from tests.fuzz.harness import CANARY, Run
from tests.fuzz.judged import AMONG_REQUESTS, Report, is_report, words
from tests.fuzz.less import less, surer
from tests.fuzz.mutate import copied
from tests.fuzz.texts import YamlWriter, is_the_same_in_yaml
from tests.hostile.test_terminal_safety import FORBIDDEN

from snaplint.lint.rulebook import builtin_rules
from snaplint.syntax.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Runner = Callable[[Case], Run]
    Relation = Callable[[Case, Run, Runner, Random], Iterator["Finding"]]

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CODES = {0, 1, 2, 4}
_WORST = ("fails", "cannot-tell", "passes", "not-applicable")
_RULES = sorted(rule.id for rule in builtin_rules())


@dataclass(frozen=True)
class Finding:
    """A broken promise: the relation, what tells this kind from another one, and what happened."""

    relation: str
    kind: str
    detail: str

    @property
    def signature(self) -> str:
        """Return the same text for findings of one kind."""
        return f"{self.relation}: {self.kind}"


# -- every run
# ------------------------------------------------------------------------------------------------------------------


def sound(run: Run) -> Iterator[Finding]:
    """Yield what no run may do: break, take too long, open other files, print a secret or a control character."""
    if run.raised:
        yield Finding("traceback", _last_line(run.raised), run.raised)
    elif run.slow:
        yield Finding("slow", _frames(run.slow), run.slow)
    elif run.code not in _CODES:
        yield Finding("exit code", str(run.code), run.err[:500])
    for what in run.broken:
        yield Finding("outside", what, what)
    if CANARY in run.out or CANARY in run.err:
        yield Finding("secret", "printed", (run.out + run.err)[:2_000])
    for name, text in (("stdout", run.out), ("stderr", run.err)):
        found = FORBIDDEN.search(_COLOUR.sub("", text))
        if found:
            at = found.start()
            yield Finding("control character", f"{name} {found[0]!r}", repr(text[max(0, at - 100) : at + 100]))


def _last_line(text: str) -> str:
    """Return the exception and the innermost of snaplint's own lines in a traceback."""
    lines = text.split("\n\nsnaplint ")[0].strip().splitlines()
    ours = [line for line in lines if line.strip().startswith("File") and "/snaplint/" in line]
    error = next((line for line in reversed(lines) if line and not line.startswith(" ")), "")
    return f"{error.partition(':')[0]} {_where(ours[-1]) if ours else ''}"


def _frames(text: str) -> str:
    ours = [line for line in text.splitlines() if line.strip().startswith("File") and "/snaplint/" in line]
    return " ".join(_where(line) for line in ours[:1])


def _where(line: str) -> str:
    found = re.search(r'/snaplint/([^"]*)", line \d+, in (\w+)', line)
    return f"{found[1]} {found[2]}" if found else line.strip()


def reported(case: Case, run: Run) -> Iterator[Finding]:
    """Yield what is wrong with a report in JSON: its form, its sums, the rules in it, and its places."""
    try:
        report = Report(run)
    except ValueError as error:
        yield Finding("json", "not JSON", f"{error}: {run.out[:500]} {run.err[:500]}")
        return
    if not is_report()(report.whole):
        yield Finding("json", "not as the schema says", run.out[:3_000])
        return
    yield from _counted(case, report)
    yield from _placed(case, report)
    if run.err and not run.err.startswith("nothing to check"):
        yield Finding("json", "something on standard error", run.err[:500])


def _counted(case: Case, report: Report) -> Iterator[Finding]:
    sums = dict.fromkeys(_WORST, 0)
    own = case.family in ("rules", "settings")
    for result in report.results:
        ids = sorted(verdict["rule"] for verdict in result["verdicts"])
        if (ids != _RULES and not own) or len(ids) != len(set(ids)):
            yield Finding("one verdict a rule", "rules", str(ids))
        given = [verdict["verdict"] for verdict in result["verdicts"]]
        if result["outcome"] != min(given, key=_WORST.index):
            yield Finding("outcome", result["outcome"], str(given))
        for word in given:
            sums[word] += 1
        for verdict in result["verdicts"]:
            if verdict["verdict"] == "cannot-tell" and not (verdict["depends_on"] or verdict["message"]):
                yield Finding("reason", verdict["rule"], str(verdict))
    yield from _caused(report)
    expected = {"requests": len(report.results), **sums}
    if {name: count for name, count in report.whole["summary"].items() if name in expected} != expected:
        yield Finding("summary", "sums", f"{expected} {report.whole['summary']}")
    code = 2 if report.errors or not report.results else 1 if _fails(report) else 0
    if report.run.code != code and not own and case.argv[:3] == CHECK and len(case.argv) == 4:
        yield Finding("exit code", f"{report.run.code} must be {code}", "")


def _caused(report: Report) -> Iterator[Finding]:
    """Yield the verdicts without a cause, and the causes that name other verdicts than those that name them."""
    named: dict[str, set[tuple[int, str]]] = {cause["id"]: set() for cause in report.whole["causes"]}
    for index, result in enumerate(report.results):
        for verdict in result["verdicts"]:
            causes = verdict.get("causes", [])
            if bool(causes) != (verdict["verdict"] in ("fails", "cannot-tell")):
                yield Finding("cause", f"of a verdict that {verdict['verdict']}: {verdict['rule']}", str(verdict))
            for identity in causes:
                named.setdefault(identity, set()).add((index, verdict["rule"]))
    for cause in report.whole["causes"]:
        given = named.pop(cause["id"])
        requests, rules = sorted({index for index, _ in given}), {rule for _, rule in given}
        if cause["requests"] != requests or set(cause["rules"]) != rules:
            yield Finding("cause", f"{cause['kind']} names other verdicts", f"{cause} {sorted(given)}")
    if named:
        yield Finding("cause", "that is not listed", str(sorted(named)))


def _fails(report: Report) -> bool:
    return any(
        verdict["verdict"] == "fails" and verdict["severity"] == "error"
        for result in report.results
        for verdict in result["verdicts"]
    )


def _placed(case: Case, report: Report) -> Iterator[Finding]:
    """Yield the places that are not in a file of the case."""
    texts = {os.path.normpath(name): text_of(name, content) for name, content in case.files.items()}
    lines: dict[str, list[str] | None] = {}
    for what, place in report.places():
        path = "<stdin>" if place["path"] == "<stdin>" else os.path.normpath(place["path"])
        if path not in lines:
            raw = case.stdin if path == "<stdin>" else texts.get(path)
            lines[path] = None if raw is None else _lines(raw)
        known = lines[path]
        if known is None:
            if what != "error":
                yield Finding("place", f"{what} in no file", str(place))
            continue
        for end in ("", "end_"):
            if f"{end}line" not in place:
                continue
            line, column = place[f"{end}line"], place[f"{end}column"]
            # an error in text that cannot be decoded has a place all the same
            if not 1 <= line <= len(known) or not 1 <= column <= len(known[line - 1]) + 1:
                yield Finding("place", f"{what} {end or 'start'} outside of the file", str(place))
        if "end_line" in place and (place["line"], place["column"]) > (place["end_line"], place["end_column"]):
            yield Finding("place", f"{what} ends before it begins", str(place))


def _lines(raw: bytes) -> list[str] | None:
    """Return the lines of a file; None if it is not text, so that nothing can be said of places in it."""
    try:
        return re.split("\r\n|\r|\n", decode(raw))
    except Exception:  # noqa: BLE001  # whatever it is, the file is not text
        return None


# -- relations between two runs
# ------------------------------------------------------------------------------------------------------------------


def _differ(relation: str, one: list[Any], other: list[Any]) -> Iterator[Finding]:
    """Yield a finding for the first rule with another verdict, by its name and the two verdicts."""
    if len(one) != len(other):
        yield Finding(relation, "number of results", f"{len(one)} and {len(other)}")
        return
    for number, (before, after) in enumerate(zip(one, other, strict=True)):
        for rule in before:
            if before[rule] != after.get(rule):
                yield Finding(relation, f"{rule} {before[rule]} {after.get(rule)}", f"request {number}")
                return


def yaml_is_json(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """The same data in YAML and in JSON gives the same report, apart from places."""
    data = case.files[MAIN]
    if len(case.argv) != 4 or not is_the_same_in_yaml(data):
        return
    name = MAIN.replace("json", "yaml")
    files = {each: content for each, content in case.files.items() if each != MAIN}
    text = YamlWriter(rng).text(data)
    other = Report(run(replace(case, argv=(*CHECK, name), files={**files, name: text.encode()})))
    report = Report(base)
    yield from _differ("yaml", report.words(), other.words())
    for before, after in zip(_flat(report.told()), _flat(other.told()), strict=False):
        if before != after:
            yield Finding("yaml", f"another message of {before[0]}", f"{before}\n{after}\n{text[:3000]}")
            return
    # what several aliases stand for has one place, and so an error there is reported once
    if set(report.faults()) != set(other.faults()):
        yield Finding("yaml", "other errors", f"{report.faults()[:3]}\n{other.faults()[:3]}\n{text[:3000]}")


def _flat(told: list[list[Any]]) -> list[Any]:
    return [verdict for result in told for verdict in result]


def order_of_members(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """The order of the members of mappings does not matter."""
    yield from _same("order of members", case, base, run, lambda data: _shuffled_members(rng, data))


def order_of_lists(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """The order of statements, policies, actions, resources, grants and object keys does not matter."""
    yield from _same("order of statements", case, base, run, lambda data: _shuffled_lists(rng, data))


def unrelated(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """A bucket, a snapshot and statements about something else do not matter."""
    yield from _same("unrelated", case, base, run, lambda data: _with_more(rng, data))


def said_twice(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """A statement that a policy has twice means what it means once."""
    yield from _same("twice", case, base, run, lambda data: _doubled(rng, data))


def _same(relation: str, case: Case, base: Run, run: Runner, change: Callable[[Any], Any]) -> Iterator[Finding]:
    files = {
        name: content if isinstance(content, bytes) else change(copied(content)) for name, content in case.files.items()
    }
    report, other = Report(base), Report(run(replace(case, files=files)))
    if bool(report.errors) != bool(other.errors):
        yield Finding(relation, "errors", f"{report.faults()[:3]} {other.faults()[:3]}")
        return
    yield from _differ(relation, report.words(), other.words())


def _shuffled_members(rng: Random, value: Any) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        rng.shuffle(items)
        return {name: _shuffled_members(rng, inner) for name, inner in items}
    return [_shuffled_members(rng, inner) for inner in value] if isinstance(value, list) else value


_UNORDERED = frozenset(
    (
        *(
            "Statement",
            "policies",
            "session_policies",
            "scps",
            "rcps",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
        ),
        *("AWS", "Service", "CanonicalUser", "Grants", "keys", "Contents", "Snapshots"),
    )
)
_UNORDERED_LEVELS = frozenset(("scps", "rcps"))


def _shuffled_lists(rng: Random, value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shuffled_lists(rng, inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        inside = "Statement" if name in _UNORDERED_LEVELS else ""
        items = [_shuffled_lists(rng, inner, inside) for inner in value]
        if name in _UNORDERED:
            rng.shuffle(items)
        return items
    return value


_ANSWER = frozenset(("Snapshots", "Snapshot", "ARN", "SnapshotName"))
"""Members of which one shows that a section is an answer of AWS rather than an object of snapshots."""
_ELSEWHERE = "zz-another-bucket"


def _with_more(rng: Random, data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    buckets, snapshots = data.get("buckets"), data.get("snapshots")
    if isinstance(buckets, dict) and "requests" in data:
        buckets[_ELSEWHERE] = rng.choice((None, {"region": "us-east-1", "keys": []}, {"unknown": "not read"}))
    if isinstance(snapshots, dict) and "requests" in data and _ANSWER.isdisjoint(snapshots):
        snapshots["zz-another-snapshot"] = rng.choice((None, {"SnapshotStatus": "available"}, {"unknown": "not read"}))
    for policy in _policies(data):
        _add_statement(rng, policy)
    return data


def _policies(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("Statement"), list) and value["Statement"]:
            yield value
        for name, inner in value.items():
            # an RCP of a user has no Allow: a level that lists one is complete, so that any Allow counts there
            yield from _policies(inner) if name != "rcps" else ()
    elif isinstance(value, list):
        for inner in value:
            yield from _policies(inner)


def _add_statement(rng: Random, policy: dict[str, Any]) -> None:
    """Add a statement about another action, and another principal where statements have one."""
    statements = policy["Statement"]
    first = statements[0]
    if not isinstance(first, dict) or len(statements) > 50:
        return
    added: dict[str, Any] = {"Effect": rng.choice(("Allow", "Deny"))}
    if "Principal" in first or "NotPrincipal" in first:
        if not isinstance(resource := _resource(first), str):
            return
        added |= {"Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "s3:GetBucketNotification"}
        added["Resource"] = resource
    else:
        added |= {"Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:us-east-1:111122223333:table/t"}
    statements.insert(rng.randint(0, len(statements)), added)


def _resource(statement: dict[str, Any]) -> object:
    """Return the bucket of a statement of a bucket policy."""
    resource = statement.get("Resource")
    if isinstance(resource, list) and resource:
        resource = resource[0]
    if isinstance(resource, str) and re.fullmatch(r"arn:aws:s3:::[a-z0-9-]+(/.*)?", resource):
        return resource.partition("/")[0]
    return None


def _doubled(rng: Random, data: Any) -> Any:
    for policy in _policies(data):
        statements = policy["Statement"]
        chosen = rng.choice(statements)
        if isinstance(chosen, dict) and len(statements) < 50:
            copy = {name: inner for name, inner in copied(chosen).items() if name != "Sid"}
            statements.insert(rng.randint(0, len(statements)), copy)
    return data


def requests_apart(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """A request has the same verdicts alone and among others, in any order, but for rules that compare requests."""
    data = case.files[MAIN]
    requests = data.get("requests") if isinstance(data, dict) else None
    if not isinstance(requests, list) or len(requests) < 2 or len(case.argv) != 4 or not isinstance(data, dict):
        return
    report = Report(base)
    if len(report.results) != len(requests) or report.errors:
        return
    order = list(range(len(requests)))
    rng.shuffle(order)
    kept = order[: rng.randint(1, len(order))]
    changed = {**data, "requests": [requests[index] for index in kept]}
    other = Report(run(case.with_file(MAIN, changed)))
    before = [words(report.results[index], apart=True) for index in kept]
    yield from _differ("requests apart", before, other.words(apart=True))


def files_apart(case: Case, base: Run, run: Runner, _rng: Random) -> Iterator[Finding]:
    """The order of the files does not matter, but for rules that compare requests."""
    if SECOND not in case.argv:
        return
    swapped = replace(case, argv=(*CHECK, SECOND, MAIN))
    report, other = Report(base), Report(run(swapped))
    for name in (MAIN, SECOND):
        yield from _differ("files apart", _of_file(report, name), _of_file(other, name))
    if sorted(report.faults()) != sorted(other.faults()):
        yield Finding("files apart", "other errors", f"{report.faults()[:3]}\n{other.faults()[:3]}")


def _of_file(report: Report, name: str) -> list[Any]:
    return [
        words(result, apart=True)
        for result in report.results
        if (result["request"]["location"] or {}).get("path") == name
    ]


def inline_is_path(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """A fact in a file of its own gives the verdicts that it gives inline."""
    data = copied(case.files[MAIN])
    # a file may have an error for itself: it is not JSON, or it is nested too deeply
    if not isinstance(data, dict) or len(case.argv) != 4 or Report(base).errors:
        return
    places: list[tuple[dict[str, Any], str]] = []
    caller, buckets = data.get("caller"), data.get("buckets")
    if isinstance(caller, dict) and isinstance(caller.get("boundary"), dict):
        places.append((caller, "boundary"))
    for bucket in buckets.values() if isinstance(buckets, dict) else ():
        if isinstance(bucket, dict):
            places += [(bucket, name) for name in ("policy", "acl", "encryption") if isinstance(bucket.get(name), dict)]
    # the policies of a facts file are answers of AWS, which has accepted them
    if isinstance(buckets, dict) and "facts" not in data and "policy" not in str(buckets):
        places.append((data, "facts"))
    places = [(holder, name) for holder, name in places if "unknown" not in holder.get(name, ())]
    if not places:
        return
    holder, name = rng.choice(places)
    value = {"version": 1, "buckets": data.pop("buckets")} if name == "facts" else holder[name]
    holder[name] = "zz-moved.json"
    files = {**case.files, MAIN: data, "zz-moved.json": value}
    report, other = Report(base), Report(run(replace(case, files=files)))
    if other.errors:
        yield Finding("inline", f"errors {name}", f"{other.faults()[:3]}")
        return
    yield from _differ("inline", report.words(), other.words())


def python_agrees(case: Case, base: Run, run: Runner, _rng: Random) -> Iterator[Finding]:
    """The Python API gives the verdicts of the command, but for rules that compare requests."""
    data = case.files[MAIN]
    if len(case.argv) != 4 or not isinstance(data, dict) or not isinstance(data.get("requests"), list):
        return
    if not data["requests"] or not {"version", "account", "region"} <= set(data):
        return
    # a request may hold what JSON cannot represent, which is an error of a file only
    if not all(isinstance(request, dict) for request in data["requests"]) or not is_the_same_in_yaml(data):
        return
    report, other = Report(base), run(replace(case, argv=("python", MAIN)))
    if bool(report.errors) != (other.code != 0):
        yield Finding("python", "errors", f"{report.faults()[:3]} {other.err[:1_000]}")
        return
    if not report.errors:
        found = [
            {rule: word for rule, word in each.items() if rule not in AMONG_REQUESTS} for each in json.loads(other.out)
        ]
        yield from _differ("python", report.words(apart=True), found)


def forms_agree(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """The exit code is the same in every format, and what is printed for people is safe."""
    rest = case.argv[3:]
    for options in rng.sample(((), ("-v",), ("-q",), ("-q", "-v"), ("--color", "always")), 2):
        other = run(replace(case, argv=("check", *options, *rest)))
        if other.code != base.code:
            yield Finding(
                "exit code", f"{' '.join(options) or 'text'} {other.code} json {base.code}", other.out[:2_000]
            )


def strict_is_no_surer(case: Case, base: Run, run: Runner, _rng: Random) -> Iterator[Finding]:
    """With --strict nothing is surer: a pass may become undetermined, and no other verdict changes."""
    other = Report(run(replace(case, argv=(*CHECK, "--strict", *case.argv[3:]))))
    report = Report(base)
    for before, after in zip(report.words(), other.words(), strict=True):
        for rule, word in before.items():
            if after[rule] not in (word, "cannot-tell"):
                yield Finding("strict", f"{rule} {word} {after[rule]}", "")
                return
    code = other.run.code
    if code not in ({0: (0, 4), 1: (1, 4)}.get(base.code, (base.code,))):
        yield Finding("strict", f"exit code {base.code} {code}", "")
    undetermined = any(word == "cannot-tell" for each in other.words() for rule, word in each.items() if rule in EIGHT)
    if code == 0 and undetermined:
        yield Finding("strict", "exit code 0 with a documented condition undetermined", "")


def one_fact_less(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """With one fact less no verdict is surer."""
    data = case.files[MAIN]
    if not isinstance(data, dict) or len(case.argv) != 4:
        return
    # `less` leaves out no fact that another one contradicts, but it does not read other files
    if any(":snapshot:" in str(content) for name, content in case.files.items() if name != MAIN):
        return
    # an account in no organization has no aws:PrincipalOrgID
    if data.get("organization", "") is None and "principalorg" in str(data.get("caller")).lower():
        return
    strict = rng.random() < 0.3
    argv = (*CHECK, "--strict", MAIN) if strict else case.argv
    poorer = list(less(data, strict=strict))
    report = Report(run(replace(case, argv=argv)) if strict else base)
    for what, document in rng.sample(poorer, min(2, len(poorer))):
        other = Report(run(replace(case.with_file(MAIN, document), argv=argv)))
        # another input error leaves out more than one fact
        if other.faults() != report.faults() or len(other.results) != len(report.results):
            continue
        for before, after in zip(report.words(), other.words(), strict=True):
            for rule, change in surer(before, after, what).items():
                yield Finding("one fact less", f"{rule} {change}", f"{what}, strict={strict}")


def again(case: Case, base: Run, run: Runner, _rng: Random) -> Iterator[Finding]:
    """The same run prints the same."""
    other = run(case)
    if (other.out, other.err, other.code) != (base.out, base.err, base.code):
        yield Finding("again", "another output", f"{base.out[:1000]}\n{other.out[:1000]}")


PROJECT: tuple[tuple[Relation, int], ...] = (
    (yaml_is_json, 4),
    (order_of_members, 3),
    (order_of_lists, 3),
    (unrelated, 4),
    (said_twice, 2),
    (requests_apart, 3),
    (files_apart, 3),
    (inline_is_path, 2),
    (forms_agree, 3),
    (python_agrees, 2),
    (strict_is_no_surer, 2),
    (one_fact_less, 8),
    (again, 1),
)
"""The relations of preflight files, with how often each is tried."""


TEXT: tuple[tuple[Relation, int], ...] = ((forms_agree, 4), (strict_is_no_surer, 1), (again, 1))
"""The relations of texts with faults."""


class _Unsound(Exception):
    """Another run of a relation breaks what no run may break."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(found)
        self.found = found


def findings(case: Case, run: Runner, *, every: bool = False) -> list[Finding]:
    """Return what an input breaks. It is tried with two relations that its seed chooses, or with every one."""
    from tests.fuzz import lines

    base = run(case)
    found = list(sound(base))
    if found:
        return found
    if case.argv[:3] == CHECK and (base.out or not base.err.startswith("nothing to check")):
        found += reported(case, base)
    relations = {"project": PROJECT, "simulate": lines.RELATIONS, "text": TEXT}.get(case.family, ())
    if found or not relations or not base.out:
        return found

    def sound_run(other: Case) -> Run:
        done = run(other)
        unsound = list(sound(done))
        if unsound:
            raise _Unsound(unsound)
        return done

    chosen = [relation for relation, _ in relations]
    if not every:
        weights = [weight for _, weight in relations]
        chosen = Random(case.seed).choices(chosen, weights, k=2)
    for relation in dict.fromkeys(chosen):
        try:
            found += relation(case, base, sound_run, Random(case.seed))
        except _Unsound as error:
            found += error.found
    return found
