"""The names under which rules call checks."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import listed
from snaplint.findings.cause import REQUEST, SETTING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding

    Run = Callable[[Proposal, Mapping[str, Any]], Iterator[Finding]]


class Check(NamedTuple):
    """A named check: a generator of findings without side effects, and the JSON Schema of its parameters.

    `blames` is the kind of the cause of a failure that names none. `bucket` is REPLACED if a failure means that another
    bucket has to be used, USED if the check concerns a bucket that will be used, and "" for other checks.
    """

    name: str
    run: Run
    params: Mapping[str, object]
    blames: str = SETTING
    bucket: str = ""


CHECKS: dict[str, Check] = {}
"""Every check by name: the built-in ones as the modules beside this one are imported, then those of plug-ins."""

READS: dict[str, str] = {}
"""What a check, by name, reads of the request beside operation and mode; "" if it reads more than one of these.

`bucket` and `source` are members of the request: the findings are kept for other requests with the same one. `grants`
is what the service that writes may do with bucket and keys, `rights` is what the caller may do. Such a check reads
the name of the target only as a part of the resources that it asks policies about, and what passes or does not apply
does not report it: these findings are kept for other requests in which all else is the same, if no policy
distinguishes the names.
"""


REPLACED, USED = "replaced", "used"
"""What a check has to do with the target bucket. Where a check of the first kind fails, the failures and undetermined
verdicts of the second kind are its consequences: they are about a bucket that has to be replaced."""


def check(
    name: str,
    *required: str | tuple[str, ...],
    reads: str = "",
    blames: str = "",
    bucket: str = "",
    **params: object,
) -> Callable[[Run], Run]:
    """Register a check under `name`; `params` maps each parameter to its JSON Schema.

    `required` lists the parameters that it needs; a tuple means exactly one of its members. The name is a topic, a dot,
    and what is true if the check passes: `bucket.in-region`. `reads` is as in `READS`, `blames` and `bucket` are as in
    `Check`; the topic `request` blames the request by default.
    """
    always = [each for each in required if isinstance(each, str)]
    schema = {"type": "object", "properties": params, "required": always, "additionalProperties": False}
    for choices in required:
        if isinstance(choices, tuple):
            schema["anyOf"] = [_one_of(each, choices) for each in choices]
            schema["expects"] = f"an object with either {listed((f'`{each}`' for each in choices), 'or')}"

    def register(run: Run) -> Run:
        if name in CHECKS:
            message = f"check `{name}` is already registered"
            raise ValueError(message)
        kind = blames or (REQUEST if name.startswith("request.") else SETTING)
        CHECKS[name] = Check(name, run, schema, kind, bucket)
        READS[name] = reads
        return run

    return register


def _one_of(name: str, choices: tuple[str, ...]) -> dict[str, object]:
    """Return the schema of parameters that include `name` and none of the other `choices`."""
    return {"required": [name], "properties": {other: False for other in choices if other != name}}
