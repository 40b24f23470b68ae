"""`snaplint simulate` as a process: one answer per line, in order and immediately, whatever the lines contain."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.test_streams import wait_until_asleep
from tests.conftest import PATIENCE, ROOT, command, environment

from snaplint.cli.commands import simulate
from snaplint.cli.commands.simulate import Simulators

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Ended, Run

ROLE = "arn:aws:iam::111122223333:role/exporter"
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FULL = {"Version": "2012-10-17", "Statement": [ALLOW]}
REQUEST = {
    "principal": ROLE,
    "action": "s3:PutObject",
    "resource": "arn:aws:s3:::b/k",
    "resource_account": "111122223333",
}


def line(id_: object = "1", request: dict[str, Any] | None = None, **members: Any) -> str:
    return json.dumps({"id": id_, "request": {**REQUEST, **(request or {})}, **members}) + "\n"


def answers(run: Ended) -> list[dict[str, Any]]:
    return [json.loads(each) for each in run.stdout.splitlines()]


# -- answers
# ------------------------------------------------------------------------------------------------------------------


def test_no_line_no_answer(run_snaplint: Run) -> None:
    for stdin in ("", "\n", " \r\n\n\t\n"):
        run = run_snaplint("simulate", stdin=stdin)
        assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_an_answer_has_exactly_its_members(run_snaplint: Run) -> None:
    run = run_snaplint("simulate", stdin=line(identity_policies=[FULL], scps=[[FULL], []]) + line("2"))
    assert (run.returncode, run.stderr) == (0, "")
    assert answers(run) == [
        {"id": "1", "decision": "ImplicitlyDenied", "because": [], "blocked_by": ["scp[1]"], "depends_on": []},
        {"id": "2", "decision": "ImplicitlyDenied", "because": [], "blocked_by": ["identity"], "depends_on": []},
    ]


def test_a_reason_has_exactly_its_members(run_snaplint: Run) -> None:
    deny: dict[str, Any] = {
        **ALLOW,
        "Sid": "D",
        "Effect": "Deny",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policies: dict[str, Any] = {
        "identity_policies": [FULL],
        "scps": [[FULL], [FULL, {"Version": "2012-10-17", "Statement": [deny]}]],
    }
    run = run_snaplint(
        "simulate",
        stdin=line(**policies) + line(request={"context": {"aws:SecureTransport": False}}, **policies),
    )
    allowed, denied = answers(run)
    assert allowed["because"] == [{"layer": "identity", "policy": 0, "statement": 0, "sid": None, "effect": "Allow"}]
    condition = {
        "operator": "Bool",
        "key": "aws:SecureTransport",
        "values": ["false"],
        "request": ["false"],
        "result": True,
    }
    assert denied["because"] == [
        {
            "layer": "scp",
            "level": 1,
            "policy": 1,
            "statement": 0,
            "sid": "D",
            "effect": "Deny",
            "conditions": [condition],
        }
    ]


@pytest.mark.parametrize("id_", ["", "日本", "a\nb", 7, 1.5, None, "x" * 5000])
def test_id_is_handed_back_as_it_came(run_snaplint: Run, id_: object) -> None:
    run = run_snaplint("simulate", stdin=line(id_, identity_policies=[FULL]))
    assert run.stdout.isascii()
    assert [answer["id"] for answer in answers(run)] == [id_]


def test_every_policy_reaches_the_engine(run_snaplint: Run) -> None:
    none = {"Version": "2012-10-17", "Statement": [{**ALLOW, "Action": "ec2:*"}]}
    everyone = {"Version": "2012-10-17", "Statement": [{**ALLOW, "Principal": "*"}]}
    deny = {"Version": "2012-10-17", "Statement": [{**ALLOW, "Effect": "Deny", "Principal": "*"}]}
    acl = {
        "Owner": {"ID": "0" * 64},
        "Grants": [{"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "WRITE"}],
    }
    anyone = {"principal": "*"}
    cases: list[tuple[str, str, list[str]]] = [
        (line("permission_boundaries", identity_policies=[FULL], permission_boundaries=[none]), "", ["boundary"]),
        (line("session_policy", identity_policies=[FULL], session_policy=none), "", ["session"]),
        (line("scps", identity_policies=[FULL], scps=[[none]]), "", ["scp[0]"]),
        (line("rcps", identity_policies=[FULL], rcps=[[deny]]), "ExplicitlyDenied", []),
        (line("vpc_endpoint_policies", identity_policies=[FULL], vpc_endpoint_policies=[deny]), "ExplicitlyDenied", []),
        (line("resource_policy", anyone, resource_policy=everyone), "Allowed", []),
        (line("acl", anyone, acl=acl), "Allowed", []),
        (line("object_ownership", anyone, acl=acl, object_ownership="BucketOwnerEnforced"), "", ["resource"]),
        (
            line("s3_block_public_access", anyone, resource_policy=everyone, s3_block_public_access=True),
            "",
            ["block_public_access"],
        ),
    ]
    run = run_snaplint("simulate", stdin="".join(text for text, _, _ in cases))
    assert [(answer["decision"], answer["blocked_by"]) for answer in answers(run)] == [
        (decision or "ImplicitlyDenied", blocked) for _, decision, blocked in cases
    ]


def test_unknown_and_foreign_keys(run_snaplint: Run) -> None:
    allow = {**ALLOW, "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
    policies: dict[str, Any] = {"identity_policies": [{"Version": "2012-10-17", "Statement": [allow]}]}
    run = run_snaplint(
        "simulate",
        stdin=line(**policies, unknown=["aws:SourceVpce"])
        + line(**policies, foreign=["aws:SourceVpce"])
        + line(request={"context": {"aws:SourceVpce": "vpce-1"}}, **policies),
    )
    outcomes = [
        (each["decision"], each["depends_on"], [c["request"] for r in each["because"] for c in r["conditions"]])
        for each in answers(run)
    ]
    assert outcomes == [
        ("Depends", ["aws:SourceVpce"], ["unknown"]),
        ("Allowed", [], ["foreign"]),
        ("ImplicitlyDenied", [], []),
    ]


@pytest.mark.parametrize("known", ["unknown", "foreign"])
def test_a_denial_whose_kind_depends_on_a_key_is_not_given_as_one_kind(run_snaplint: Run, known: str) -> None:
    deny: dict[str, Any] = {**ALLOW, "Effect": "Deny", "Condition": {"Null": {"aws:SourceVpce": "false"}}}
    asked: dict[str, Any] = {known: ["aws:SourceVpce"]}
    policies: dict[str, Any] = {"identity_policies": [{"Version": "2012-10-17", "Statement": [deny]}]}
    unset = {**deny, "Condition": {"Null": {"aws:SourceVpce": "true"}}}
    both: dict[str, Any] = {"identity_policies": [{"Version": "2012-10-17", "Statement": [deny, unset]}]}
    run = run_snaplint(
        "simulate",
        stdin=line(**policies, **asked)
        + line(**policies)
        + line(request={"context": {"aws:SourceVpce": "vpce-1"}}, **policies)
        + line(**both, **asked),
    )
    found = answers(run)
    assert [(each["decision"], each["depends_on"], each["blocked_by"]) for each in found] == [
        ("Depends", ["aws:SourceVpce"], ["identity"]),
        ("ImplicitlyDenied", [], ["identity"]),
        ("ExplicitlyDenied", [], []),
        ("ExplicitlyDenied", [], []),
    ]
    assert found[0]["denied"] is True
    assert [reason["effect"] for reason in found[0]["because"]] == ["Deny"]
    assert not any("denied" in each for each in found[1:])


# -- lines that cannot be read
# ------------------------------------------------------------------------------------------------------------------


def test_a_bad_line_is_answered_and_the_rest_go_on(run_snaplint: Run) -> None:
    bad = [
        "snaplint\n",
        line("b", {"principal": "ann"}),
        line("c", unknwon=[]),
        '{"id": "d", "id": "d"}\n',
        "[" * 100_000 + "\n",
        '{"id": "f", "request": NaN}\n',
        '{"id": "\\ud800"}\n',
    ]
    stdin = "\n" + "".join(text + line(f"after {number}", identity_policies=[FULL]) for number, text in enumerate(bad))
    run = run_snaplint("simulate", stdin=stdin)
    assert (run.returncode, run.stderr) == (2, "")
    found = answers(run)
    assert [(each["id"], each["line"]) for each in found[::2]] == [
        (None, 2),
        ("b", 4),
        ("c", 6),
        (None, 8),
        (None, 10),
        ("f", 12),
        (None, 14),
    ]
    assert [sorted(each) for each in found[::2]] == [["error", "id", "line"]] * len(bad)
    assert [(each["id"], each["decision"]) for each in found[1::2]] == [
        (f"after {number}", "Allowed") for number in range(len(bad))
    ]
    assert "did you mean `unknown`?" in found[4]["error"]


def test_bytes_that_are_no_text(run_snaplint: Run) -> None:
    good = line(identity_policies=[FULL]).encode()
    run = run_snaplint("simulate", stdin=b"\xff\xfe\n" + b'{"id": "\0"}\n' + b"\xef\xbb\xbf" + good + good.strip())
    assert run.returncode == 2
    assert ["error" in each for each in answers(run)] == [True, True, False, False]


def test_one_document_over_many_lines_is_recognised(run_snaplint: Run, tmp_path: Path) -> None:
    pretty = json.dumps(json.loads(line(identity_policies=[FULL])), indent=2)
    run = run_snaplint("simulate", stdin=pretty)
    assert run.returncode == 2
    assert "a request is one line" in answers(run)[0]["error"]
    assert "`jq -c .` puts them on one" in answers(run)[0]["error"]
    (tmp_path / "one.json").write_text(pretty)
    run = run_snaplint("simulate", "one.json", cwd=tmp_path)
    assert (run.returncode, [each["decision"] for each in answers(run)]) == (0, ["Allowed"])


# -- files
# ------------------------------------------------------------------------------------------------------------------


def test_files_are_answered_in_their_order(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line("a") + "x\n")
    (tmp_path / "b.jsonl").write_text(line("b"))
    run = run_snaplint("simulate", "b.jsonl", "-", "missing.jsonl", "a.jsonl", cwd=tmp_path, stdin=line("stdin"))
    assert run.returncode == 2
    assert [(each["id"], each.get("path"), each.get("line")) for each in answers(run)] == [
        ("b", None, None),
        ("stdin", None, None),
        ("a", None, None),
        (None, "a.jsonl", 2),
    ]
    assert run.stderr == "snaplint: cannot read `missing.jsonl`: no such file or directory\n"


def test_line_without_an_end_is_given_up(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line("a"))
    run = run_snaplint("simulate", "/dev/zero", "a.jsonl", cwd=tmp_path)
    assert [(each["id"], each.get("error")) for each in answers(run)] == [(None, "larger than 16 MiB"), ("a", None)]
    assert (run.returncode, run.stderr) == (2, "snaplint: cannot read `/dev/zero`: line 1 is longer than 1 GiB\n")


def test_error_while_a_file_is_read_does_not_end_the_run(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line() + "\n")
    run = run_snaplint("simulate", "/proc/self/mem", ".", "a.jsonl", cwd=tmp_path)
    assert (run.returncode, len(run.stdout.splitlines())) == (2, 1)
    assert run.stderr.splitlines() == [
        "snaplint: cannot read `/proc/self/mem`: input/output error",
        "snaplint: cannot read `.`: it is a folder",
    ]


@pytest.mark.parametrize("name", [".", "a\x1b[2J.jsonl"])
def test_file_that_cannot_be_read(run_snaplint: Run, tmp_path: Path, name: str) -> None:
    run = run_snaplint("simulate", name, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("snaplint: cannot read `")
    assert run.stderr.strip().isprintable()


# -- streams
# ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """`snaplint simulate` with its streams as pipes."""
    with subprocess.Popen(
        command("simulate"),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as running:
        yield running
        running.kill()


def ask(process: subprocess.Popen[bytes], stdin: str | bytes) -> dict[str, Any]:
    """Write to the process, and wait for its next line."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(stdin if isinstance(stdin, bytes) else stdin.encode())
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    assert ready, "no answer came before the next question"
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def test_each_answer_comes_before_the_next_question(process: subprocess.Popen[bytes]) -> None:
    for number in range(5):
        assert ask(process, line(number, identity_policies=[FULL]))["id"] == number
    assert ask(process, "no request\n")["line"] == 6
    assert ask(process, line("last"))["id"] == "last"
    out, err = process.communicate(timeout=PATIENCE)
    assert (out, err, process.returncode) == (b"", b"", 2)


def test_a_line_may_come_in_pieces(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    whole = line("日本", identity_policies=[FULL]).encode()
    for piece in (whole[:1], whole[1:30], whole[30:-1]):
        process.stdin.write(piece)
    assert ask(process, whole[-1:])["id"] == "日本"


def test_a_last_line_without_its_end(process: subprocess.Popen[bytes]) -> None:
    out, err = process.communicate(line("1").encode().rstrip(b"\n"), timeout=PATIENCE)
    assert (json.loads(out)["id"], err, process.returncode) == ("1", b"", 0)


def test_interrupt_ends_quietly(process: subprocess.Popen[bytes]) -> None:
    assert ask(process, line("1"))["id"] == "1"
    wait_until_asleep(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (out, err, process.returncode) == (b"", b"", 130)


@pytest.mark.parametrize("arguments", [[], ["--explain"]])
def test_reader_that_goes_away(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "many.jsonl").write_text(line(identity_policies=[FULL]) * 3000)
    done = subprocess.run(
        [
            "bash",
            "-c",
            '"$@" | head -n 1; echo ${PIPESTATUS[0]}',
            "bash",
            *command("simulate", *arguments, "many.jsonl"),
        ],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout.splitlines()[1:] == ["141"]
    assert done.stderr == ""


def test_standard_input_that_is_closed() -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" <&-', "bash", *command("simulate")],
        env=environment(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def peak(lines: int, tmp_path: Path) -> int:
    """Return the peak memory, in KiB, of a run with this many lines, each with its own action and policy."""
    import resource

    with (tmp_path / f"{lines}.jsonl").open("w") as file:
        for number in range(lines):
            statement = {**ALLOW, "Resource": f"arn:aws:s3:::b/{number}/*", "Action": f"s3:Get{number}"}
            file.write(line(number, {"action": f"s3:Get{number}"}, identity_policies=[{"Statement": [statement] * 9}]))
    with (
        (tmp_path / f"{lines}.jsonl").open("rb") as asked,
        subprocess.Popen(command("simulate"), env=environment(), stdin=asked, stdout=subprocess.DEVNULL) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert isinstance(usage, resource.struct_rusage)
    return usage.ru_maxrss


def test_memory_does_not_grow_with_the_lines(tmp_path: Path) -> None:
    few, many = peak(300, tmp_path), peak(6000, tmp_path)
    assert many < few + 8 * 1024


# -- policies are compiled once
# ------------------------------------------------------------------------------------------------------------------


def test_equal_policies_are_compiled_once() -> None:
    simulators = Simulators()
    first = simulators.of({"identity_policies": [FULL]})
    assert simulators.of({"identity_policies": [json.loads(json.dumps(FULL))]}) is first
    assert simulators.of({"identity_policies": [FULL], "scps": [[FULL]]}) is not first
    assert simulators.of({"identity_policies": [FULL]}) is first


def test_what_only_python_holds_equal_is_not() -> None:
    simulators = Simulators()

    def when(value: object) -> dict[str, Any]:
        return {"identity_policies": [{"Statement": [{**ALLOW, "Condition": {"StringEquals": {"a:b": value}}}]}]}

    assert simulators.of(when(True)) is not simulators.of(when(1))
    assert simulators.of(when(1)) is not simulators.of(when(1.0))


def test_few_are_kept_and_none_that_is_large() -> None:
    simulators = Simulators()
    kept = simulators.of({"identity_policies": [FULL]})
    for number in range(Simulators.MOST - 1):
        simulators.of({"identity_policies": [{**FULL, "Id": str(number)}]})
    assert simulators.of({"identity_policies": [FULL]}) is kept
    for number in range(Simulators.MOST):
        simulators.of({"identity_policies": [{**FULL, "Id": str(number)}]})
    assert simulators.of({"identity_policies": [FULL]}) is not kept
    large = {"identity_policies": [{**FULL, "Id": "x" * Simulators.LONGEST}]}
    assert simulators.of(large) is not simulators.of(large)


# -- explanations
# ------------------------------------------------------------------------------------------------------------------


def test_explained_by_either_option(run_snaplint: Run) -> None:
    stdin = line("1", identity_policies=[FULL]) + "x\n" + line("2")
    run = run_snaplint("simulate", "--explain", stdin=stdin)
    assert run.returncode == 2
    assert run.stdout.startswith("1: s3:PutObject on arn:aws:s3:::b/k\n  by arn:aws:iam::111122223333:role/exporter, ")
    assert "\n<stdin>:2: error: expected a value, found `x`" in run.stdout
    assert "\n  ImplicitlyDenied: no identity policies provided\n" in run.stdout
    assert "\x1b" not in run.stdout
    assert run_snaplint("simulate", "--format", "text", stdin=stdin).stdout == run.stdout


def test_explained_in_colour(run_snaplint: Run) -> None:
    run = run_snaplint("simulate", "--explain", "--color", "always", stdin=line("1"))
    assert "\x1b[1;31mImplicitlyDenied\x1b[0m" in run.stdout
    run = run_snaplint("simulate", "--color", "always", stdin=line("1"))
    assert "\x1b" not in run.stdout


def test_explained_at_once() -> None:
    with subprocess.Popen(
        command("simulate", "--explain"), cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in ("1", "2"):
            process.stdin.write(line(number).encode())
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            assert ready
            text = b""
            while not text.endswith(b"\n\n") or b"blocked by" not in text:
                text += process.stdout.readline()
            assert text.startswith(f"{number}: ".encode())


def test_unusable_arguments(run_snaplint: Run) -> None:
    run = run_snaplint("simulate", "--format", "yaml")
    assert (run.returncode, run.stdout) == (2, "")
    assert "invalid choice: 'yaml'" in run.stderr


def test_examples_are_answered_as_their_names_say(snaplint_here: Run) -> None:
    run = snaplint_here("simulate", "examples/simulate.jsonl")
    assert run.returncode == 0
    assert {each["id"]: each["decision"] for each in answers(run)} == {
        "as-deployed": "ExplicitlyDenied",
        "services-exempt": "Allowed",
        "boundary": "ImplicitlyDenied",
        "unsure": "Depends",
    }


def test_no_more_is_loaded_than_is_needed() -> None:
    program = (
        "import sys, io\nfrom snaplint.cli import main\nmain(['simulate', 'examples/simulate.jsonl'])\n"
        "print('LOADED', *sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [command()[0], "-c", program],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    loaded = set(done.stdout.splitlines()[-1].split()[1:])
    assert {"snaplint.iam", simulate.__name__} <= loaded
    assert loaded.isdisjoint(
        {"yaml", "boto3", "jsonschema", "snaplint.lint.engine", "snaplint.checks", "snaplint.iam.explain.explain"}
    )
