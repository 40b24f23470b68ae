"""The preflight in front of a boto3 client: `guard` puts it there, `unguard` takes it away, and `collector` feeds it.

Nothing here imports boto3: a guard needs no more of a client than its events, and a collector imports what reads AWS
when it is made.
"""

from __future__ import annotations

from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from snaplint.api import Checker, InvalidFacts
from snaplint.base.source import Fault
from snaplint.base.wording import listed
from snaplint.findings.verdict import is_open
from snaplint.operations.registry import named, of_service, operations, proposing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal

    from snaplint.api import Report
    from snaplint.operations.operation import Operation

    FactsOf = Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """Gives the facts for one request: a `collector`, or a function of a program's own."""

Client = TypeVar("Client")

_LAYERS = ("arn", "policies", "boundary", "session_policies")

_NOT_THE_PROGRAM = ("snaplint", "botocore", "boto3")

_GUARDS: WeakKeyDictionary[Any, dict[str, Callable[..., None]]] = WeakKeyDictionary()
"""The handlers of each guarded client by their events, which botocore wants back to take them away."""
_GUARDS_LOCK = Lock()


class PreflightFailed(Exception):
    """Raised in place of a call that would fail, or that cannot be told to work under `on_unknown="raise"`.

    `report` holds every verdict. `why` says why the facts could not be had, where that is the reason; `__cause__` is
    then the exception of whoever was to give them.
    """

    def __init__(self, report: Report, why: str = "") -> None:
        super().__init__(report, why)
        self.report = report
        self.why = why
        self._method = named(str(report.request.get("operation"))).method

    def __str__(self) -> str:
        """The rules that stopped the call, with their messages and what would settle those that cannot be told."""
        stopped = self.report.failing or tuple(each for each in self.report.cannot_tell if is_open(each))
        if self.why and not self.report.failing:
            untold = ", ".join(verdict.rule.id for verdict in stopped)
            return f"{self._method} was not called: {self.why} (cannot be told: {untold})"
        alike: dict[str, list[str]] = {}
        for verdict in stopped:
            needs = f" (settled by {', '.join(verdict.depends_on)})" if verdict.depends_on else ""
            alike.setdefault(verdict.message + needs, []).append(verdict.rule.id)
        reasons = (f"{', '.join(rules)}: {message}" for message, rules in alike.items())
        return f"{self._method} was not called: {'; '.join(reasons)}"


class NotPreflighted(UserWarning):
    """The facts for a call could not be had, and the call is made all the same: `on_unknown="allow"`."""


def guard(
    client: Client,
    facts: Mapping[str, Any] | FactsOf | None = None,
    caller: Mapping[str, Any] | None = None,
    *,
    on_unknown: Literal["allow", "raise"] = "allow",
) -> Client:
    """Check the calls of a boto3 client before they are sent, and return the client.

    The operations of the client's service that snaplint knows are checked; other calls are sent as they are. `facts`
    and `caller` are as in `check`; the Region is the client's own where they do not say. `facts` may also be callable:
    it is given the members of each request as it is made, and returns the facts for that one (`snaplint.collector`
    makes one that reads AWS). Facts may hold `caller` themselves.

    A call that would fail raises PreflightFailed and sends nothing. What cannot be told is sent under
    `on_unknown="allow"`; under `"raise"` it raises PreflightFailed if AWS documents the condition or it would be an
    error, and nothing that was left out is assumed, as with `snaplint check --strict`.

    If a callable raises, or gives facts of another Region or of another form, nothing is known. The faults of the
    request itself still stop the call; else it is sent under "allow", with the warning NotPreflighted (a guard that
    cannot look must not keep an export from being made), and under "raise" it is not. A mapping is read at the first
    call and kept, and raises InvalidFacts at each call if it is not of the form.

    A second guard takes the place of the first, and `unguard` takes it away. A guard belongs to its client alone, which
    may be used from several threads. Clients of asyncio (aiobotocore) are not supported. Raises TypeError for what is
    no client, ValueError for the client of another service and for another `on_unknown`.
    """
    region, guarded = _connected(client)
    if on_unknown not in ("allow", "raise"):
        raise ValueError(f"`on_unknown` is `allow` or `raise`, not `{on_unknown}`")
    strict = on_unknown == "raise"
    handlers = {each.event: _Guard(facts, caller, region, each, strict=strict).before_call for each in guarded}
    events = client.meta.events  # type: ignore[attr-defined]  # `_connected` has seen to it
    with _GUARDS_LOCK:
        # the last handler sees the members as they will be sent, whatever the handlers before it have changed
        for event, handler in handlers.items():
            events.register_last(event, handler)  # before the old one goes: a call is never unguarded
        old, _GUARDS[client] = _GUARDS.get(client, {}), handlers
        for event, handler in old.items():
            events.unregister(event, handler)
    return client


def unguard(client: Client) -> Client:
    """Take the guard of a client away, if it has one, and return the client.

    Raises TypeError and ValueError as `guard` does.
    """
    _connected(client)
    with _GUARDS_LOCK:
        for event, handler in _GUARDS.pop(client, {}).items():
            client.meta.events.unregister(event, handler)  # type: ignore[attr-defined]  # `_connected` has seen to it
    return client


def collector(
    session: Any = None,
    *,
    region: str | None = None,
    profile: str | None = None,
    role_arn: str | None = None,
    endpoint_url: str | None = None,
    no_session_policy: bool = False,
) -> FactsOf:
    """A callable for `guard` that reads the facts for each request from AWS, anew each time, by read-only calls.

    `session` is the boto3 session that the guarded client was made from, an assumed role's too; without one, `region`,
    `profile` and `role_arn` say whom to read as. It must be who makes the call: the caller's own rights are part of
    the answer. `endpoint_url` takes the place of AWS's own for all services. `no_session_policy` says that the role's
    session was made without a session policy, which AWS tells nobody. Raises snaplint.collect.NotConnected where there
    is no Region, or no credentials.
    """
    from snaplint.collect import Connection, collect

    connection = Connection(
        region=region, profile=profile, role_arn=role_arn, endpoint_url=endpoint_url, session=session
    )

    def read(request: Mapping[str, Any]) -> Mapping[str, Any]:
        collected = collect([request], connection, no_session_policy=no_session_policy)
        if collected.interrupted:  # the program was to end: what is half known must not let the call go on
            raise KeyboardInterrupt
        facts: Mapping[str, Any] = collected.facts
        if why := _nothing_read(facts):
            from snaplint.collect import NotConnected

            raise NotConnected(f"nothing could be read ({why})")
        return facts

    return read


def _nothing_read(facts: Mapping[str, Any]) -> str:
    """Why neither the caller nor anything that the request names could be read; empty where something could."""
    found = [facts.get("account"), *facts.get("snapshots", {}).values(), *facts.get("buckets", {}).values()]
    reasons = [each.get("unknown", "") if isinstance(each, dict) else "" for each in found]
    return str(reasons[0]) if all(reasons) else ""


class _Guard:
    """Judges the requests of one client."""

    __slots__ = ("_checker", "caller", "facts", "operation", "region", "strict")

    def __init__(
        self,
        facts: Mapping[str, Any] | FactsOf | None,
        caller: Mapping[str, Any] | None,
        region: str,
        operation: Operation,
        *,
        strict: bool,
    ) -> None:
        self.facts = facts
        self.caller = caller
        self.region = region
        self.operation = operation
        self.strict = strict
        self._checker: Checker | None = None

    def before_call(self, params: Mapping[str, Any], **_event: Any) -> None:
        """Handle the event of a call: botocore gives its members as `params`."""
        self(params)

    def __call__(self, request: Mapping[str, Any]) -> None:
        """Return for a request that may be sent; PreflightFailed for one that may not."""
        facts = self.facts
        if not callable(facts):
            if self._checker is None:
                self._checker = self._checker_of({"region": self.region, **(facts or {})})
            self._settle(self._report(request, self._checker))
            return
        try:
            report = self._report(request, self._checker_of(self._told(facts(proposing(self.operation, request)))))
        except Exception as error:  # noqa: BLE001  # whatever a collector trips over, the export is not to blame
            self._blind(request, error)
        else:
            self._settle(report)

    def _checker_of(self, facts: Mapping[str, Any]) -> Checker:
        return Checker(facts, self.caller, strict=self.strict)

    def _report(self, request: Mapping[str, Any], checker: Checker) -> Report:
        return checker.check(proposing(self.operation, request))

    def _told(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """The facts of a callable, which must be of the Region that the client calls."""
        told = {"region": self.region, **facts}
        if isinstance(told["region"], str) and told["region"] != self.region:
            message = f"the facts are of `{told['region']}`, and the client calls `{self.region}`"
            raise InvalidFacts([Fault("<python>", 1, 1, message)])
        return told

    def _settle(self, report: Report, why: str = "") -> None:
        untold = self.strict and any(is_open(verdict) for verdict in report.verdicts)
        if report.failing or untold:
            raise PreflightFailed(report, why)

    def _blind(self, request: Mapping[str, Any], error: Exception) -> None:
        """Settle what can be settled without the facts, and say that they could not be had."""
        why = f"the facts could not be had: {_described(error)}"
        try:
            nothing = self._checker_of(_unknown(request, self.operation, self.region, why))
            self._settle(self._report(request, nothing), why)
        except PreflightFailed as failed:
            raise failed from error
        import warnings

        message = f"{self.operation.method} is called without a preflight: {why}"
        warnings.warn(message, NotPreflighted, stacklevel=_depth_of_the_call())


def _connected(client: Any) -> tuple[str, tuple[Operation, ...]]:
    """The Region of a client, and the operations of its service that can be checked.

    Raises TypeError for what is no client, ValueError for the client of another service.
    """
    try:
        service: str = client.meta.service_model.service_name
        region: str = client.meta.region_name
    except AttributeError:
        raise TypeError(f"a boto3 client of {_services()} is needed, not `{type(client).__name__}`") from None
    guarded = of_service(service)
    if not guarded:
        raise ValueError(f"a boto3 client of {_services()} is needed, not one of `{service}`")
    return region, guarded


def _services() -> str:
    """The services whose clients can be guarded, in words."""
    return listed((each.writer.name for each in operations().values()), "or")


def _unknown(request: Mapping[str, Any], operation: Operation, region: str, why: str) -> dict[str, Any]:
    """Facts that say of everything a request needs that it is unknown, and why."""
    reason = {"unknown": why}

    def given(*roles: str) -> dict[str, Any]:
        names = (operation.given(request, role) for role in roles)
        return {name: reason for name in names if isinstance(name, str)}

    return {
        "region": region,
        "account": reason,
        "caller": dict.fromkeys(_LAYERS, reason),
        "organization": {"scps": reason, "rcps": reason},
        "snapshots": given("source", "target"),
        "buckets": given("bucket"),
    }


def _described(error: Exception) -> str:
    """An exception in one line: what snaplint raises speaks for itself, what others raise goes by its name too."""
    said = " ".join(str(error).split())
    if type(error).__module__.startswith("snaplint."):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _depth_of_the_call() -> int:
    """How far up the stack the program stands that made the call, for a warning to point at its line."""
    import inspect

    frame, depth = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _NOT_THE_PROGRAM:
        frame, depth = frame.f_back, depth + 1
    return depth
