"""A preflight check for a boto3 client: `guard` adds it, `unguard` removes it, `collector` reads its facts from AWS.

Nothing here imports boto3: a guard uses only the events of a client, and `collector` imports what reads AWS when it is
called.
"""

from __future__ import annotations

from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from snaplint.api import Checker, InvalidArgument, InvalidFacts
from snaplint.api.arguments import require_choice, require_flag, require_mapping, require_text
from snaplint.base.breakage import described
from snaplint.base.secrets import masked_urls
from snaplint.base.source import Fault
from snaplint.base.wording import listed
from snaplint.findings.verdict import fails_strict
from snaplint.operations.partitions import REGIONS
from snaplint.operations.registry import operation_named, operations, operations_of, with_operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal

    from snaplint.api import Report
    from snaplint.operations.operation import Operation

    FactsOf = Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """Returns the facts for one request: a `collector`, or a function of the program."""

Client = TypeVar("Client")

_LAYERS = ("arn", "policies", "boundary", "session_policies")

_LIBRARIES = ("snaplint", "botocore", "boto3")

_ASYNCIO = ("aiobotocore", "aioboto3")
"""The packages of clients whose calls are coroutines."""

_CALLER = '{"arn": "arn:aws:iam::111122223333:role/exporter"}'

_GUARDS: WeakKeyDictionary[Any, dict[str, Callable[..., None]]] = WeakKeyDictionary()
"""The handlers of each guarded client by their events; botocore needs the handler to unregister it."""
_GUARDS_LOCK = Lock()


class PreflightFailed(Exception):
    """Raised instead of a call that would fail, or whose outcome is undetermined under `on_unknown="raise"`.

    `report` holds every verdict. `why` is set if there are no facts, and says why; `__cause__` is then the exception
    that the callable raised.
    """

    def __init__(self, report: Report, why: str = "") -> None:
        super().__init__(report, why)
        self.report = report
        self.why = why
        self._method = operation_named(str(report.request.get("operation"))).method

    def __str__(self) -> str:
        """Return the rules that stopped the call, with their messages and what the undetermined ones depend on."""
        undecided = self.report.cannot_tell
        stopped = self.report.failing or tuple(
            each for each in undecided if fails_strict(each) or each in self.report.broken
        )
        if self.why and not self.report.failing:
            undetermined = ", ".join(verdict.rule.id for verdict in stopped)
            return f"{self._method} was not called: {self.why} (undetermined: {undetermined})"
        by_message: dict[str, list[str]] = {}
        for verdict in stopped:
            needs = f" (depends on {', '.join(verdict.depends_on)})" if verdict.depends_on else ""
            by_message.setdefault(verdict.message + needs, []).append(verdict.rule.id)
        reasons = (f"{', '.join(rules)}: {message}" for message, rules in by_message.items())
        return f"{self._method} was not called: {'; '.join(reasons)}"


class NotPreflighted(UserWarning):
    """Warns that a guard has no facts, or none for a call, which is sent nevertheless: `on_unknown="allow"`."""


def guard(
    client: Client,
    facts: Mapping[str, Any] | FactsOf | None = None,
    caller: Mapping[str, Any] | None = None,
    *,
    on_unknown: Literal["allow", "raise"] = "allow",
) -> Client:
    """Check the calls of a boto3 client before they are sent, and return the client.

    The operations of the client's service that snaplint knows are checked; other calls are sent unchecked. `facts` and
    `caller` are as in `check`; if the facts do not state the Region, it is that of the client. `facts` may also be a
    callable, which gets the members of each request before it is sent and returns the facts for it
    (`snaplint.collector` returns one that reads AWS). Facts may contain `caller` themselves.

    A call that would fail raises PreflightFailed and is not sent. A call with an undetermined condition is sent under
    `on_unknown="allow"`. Under `"raise"` it raises PreflightFailed if AWS documents the condition or it would be an
    error, and nothing is assumed for what is not provided, as with `snaplint check --strict`.

    If a callable raises, or returns facts of another Region or of another form, nothing is known. What is wrong with
    the request itself still stops the call. Otherwise the call is sent under "allow", with the warning NotPreflighted
    (a guard without facts must not prevent an export), and is not sent under "raise". A mapping is read at the first
    call and kept; it raises InvalidFacts at each call if it does not have the form.

    An error in snaplint is treated in the same way. If the check of a rule raises, the other rules still stop the call,
    and otherwise the call is sent under "allow", with the warning NotPreflighted, and is not sent under "raise".

    A second guard replaces the first, and `unguard` removes it. A guard applies to its client only, which may be used
    from several threads. Without `facts` it checks the request alone, and warns once with NotPreflighted.

    Raises InvalidArgument, which is a TypeError and a ValueError, for what is not a client, a client of another service
    or of asyncio (aiobotocore), and for other arguments of the wrong type.
    """
    region, guarded = _connected(client)
    require_choice("on_unknown", on_unknown, ("allow", "raise"))
    if facts is not None and not callable(facts):
        require_mapping("facts", facts, '{"account": "111122223333"}, or a function that returns one')
    require_mapping("caller", caller, _CALLER, or_none=True)
    if facts is None:
        _warn_of_no_facts(guarded)
    strict = on_unknown == "raise"
    handlers = {each.event: _Guard(facts, caller, region, each, strict=strict).before_call for each in guarded}
    events = client.meta.events  # type: ignore[attr-defined]  # `_connected` has checked it
    with _GUARDS_LOCK:
        # the last handler gets the members as they will be sent, after all changes by other handlers
        for event, handler in handlers.items():
            events.register_last(event, handler)  # before the old one is unregistered, so that no call is unguarded
        old, _GUARDS[client] = _GUARDS.get(client, {}), handlers
        for event, handler in old.items():
            events.unregister(event, handler)
    return client


def unguard(client: Client) -> Client:
    """Remove the guard of a client, if it has one, and return the client.

    Raises InvalidArgument as `guard` does.
    """
    _connected(client)
    with _GUARDS_LOCK:
        for event, handler in _GUARDS.pop(client, {}).items():
            client.meta.events.unregister(event, handler)  # type: ignore[attr-defined]  # `_connected` has checked it
    return client


def collector(
    session: Any = None,
    *,
    region: str | None = None,
    profile: str | None = None,
    role_arn: str | None = None,
    endpoint_url: str | None = None,
    no_session_policy: bool = False,
    timeout: float | None = None,
) -> FactsOf:
    """Return a callable for `guard` that reads the facts for each request from AWS, with read-only calls.

    `session` is the boto3 session of the guarded client, also that of an assumed role. Without a session, `region`,
    `profile` and `role_arn` select the credentials. They must be those of the guarded client, because the caller's
    own rights are part of the facts. `endpoint_url` replaces AWS's own endpoints for all services. `no_session_policy`
    states that the role session has no session policy, which no AWS call returns. `timeout` is how many seconds all
    reads for one request may take together (default: 300; 0: no limit); what has not been read by then is unknown.
    Raises snaplint.collect.NotConnected if there is no Region or there are no credentials, and InvalidArgument, which
    is a TypeError and a ValueError, for an argument of the wrong type and a negative `timeout`.
    """
    for name, value in (
        ("region", region),
        ("profile", profile),
        ("role_arn", role_arn),
        ("endpoint_url", endpoint_url),
    ):
        require_text(name, value, or_none=True)
    require_flag("no_session_policy", no_session_policy)
    if session is not None and not callable(getattr(session, "client", None)):
        raise InvalidArgument("session", f"a boto3 session, not `{type(session).__name__}`")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout >= 0):
        raise InvalidArgument("timeout", f"a number of seconds, or 0 for no limit, not `{timeout!r}`")
    from snaplint.collect import Connection, collect

    def limit() -> dict[str, Any]:
        if timeout is None:
            return {}
        from snaplint.collect import Deadline

        return {"deadline": Deadline(timeout)}

    connection = Connection(
        region=region, profile=profile, role_arn=role_arn, endpoint_url=endpoint_url, session=session, **limit()
    )

    def read(request: Mapping[str, Any]) -> Mapping[str, Any]:
        collected = collect([request], connection, no_session_policy=no_session_policy, **limit())
        if collected.interrupted:  # Ctrl-C was to end the program: incomplete facts must not let the call proceed
            raise KeyboardInterrupt
        facts: Mapping[str, Any] = collected.facts
        if why := _nothing_read(facts):
            from snaplint.collect import NotConnected

            raise NotConnected(f"nothing could be read ({why})")
        return facts

    return read


def _nothing_read(facts: Mapping[str, Any]) -> str:
    """Return why neither the caller nor anything named in the request could be read; empty if something could."""
    essential = [facts.get("account"), *facts.get("snapshots", {}).values(), *facts.get("buckets", {}).values()]
    reasons = [each.get("unknown", "") if isinstance(each, dict) else "" for each in essential]
    return str(reasons[0]) if all(reasons) else ""


class _Guard:
    """Checks the requests of one operation of one client."""

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
        """Handle the event of a call, whose members botocore passes as `params`."""
        self(params)

    def __call__(self, request: Mapping[str, Any]) -> None:
        """Check a request. Raises PreflightFailed if it may not be sent."""
        facts = self.facts
        if not callable(facts):
            try:
                if self._checker is None:
                    self._checker = self._checker_of({**_in_region_of_client(self.region), **(facts or {})})
                report = self._report(request, self._checker)
            except InvalidFacts:
                raise
            except Exception as error:  # noqa: BLE001  # an error in snaplint is no reason to stop an export
                self._settle_without_facts(request, error, f"snaplint broke: {described(error)}")
            else:
                self._settle(report)
            return
        try:
            region_facts = self._in_region(facts(with_operation(self.operation, request)))
            report = self._report(request, self._checker_of(region_facts))
        except Exception as error:  # noqa: BLE001  # a bug in the callable is no reason to stop an export
            self._settle_without_facts(request, error, f"the facts are not available: {_described(error)}")
        else:
            self._settle(report)

    def _checker_of(self, facts: Mapping[str, Any]) -> Checker:
        return Checker(facts, self.caller, strict=self.strict)

    def _report(self, request: Mapping[str, Any], checker: Checker) -> Report:
        return checker.check(with_operation(self.operation, request))

    def _in_region(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the facts of a callable. Raises InvalidFacts if they are of another Region than the client."""
        facts = {**_in_region_of_client(self.region), **facts}
        if isinstance(facts["region"], str) and facts["region"] != self.region:
            message = f"the facts are for `{facts['region']}`, but the client calls `{self.region}`"
            raise InvalidFacts([Fault("<python>", 1, 1, message)])
        return facts

    def _settle(self, report: Report, why: str = "") -> None:
        """Raise PreflightFailed if the report does not allow the call; warn if the check of a rule raised."""
        broken = report.broken
        is_undetermined = self.strict and (broken or any(fails_strict(verdict) for verdict in report.verdicts))
        if report.failing or is_undetermined:
            raise PreflightFailed(report, why) from (broken[0].error if broken else None)
        if broken and not why:
            self._warn("a complete preflight", f"{broken[0].rule.id}: {broken[0].message}")

    def _settle_without_facts(self, request: Mapping[str, Any], error: Exception, why: str) -> None:
        """Check what can be checked without facts, and warn that there are none. Raises PreflightFailed."""
        try:
            checker = self._checker_of(_unknown_facts(request, self.operation, self.region, why))
            self._settle(self._report(request, checker), why)
        except PreflightFailed as failed:
            raise failed from error
        except InvalidFacts:
            raise
        except Exception:
            if self.strict:  # without any report the call must not be sent
                raise
        self._warn("a preflight", why)

    def _warn(self, missing: str, why: str) -> None:
        """Warn that a call is sent although not every condition was checked."""
        import warnings

        message = f"{self.operation.method} is called without {missing}: {why}"
        warnings.warn(message, NotPreflighted, stacklevel=_depth_of_the_call())


def _connected(client: Any) -> tuple[str, tuple[Operation, ...]]:
    """Return the Region of a client, and the operations of its service that can be checked.

    Raises InvalidArgument if it is no such client.
    """
    needed = f"a boto3 client of {_services()}"
    if _is_of_asyncio(client):
        raise InvalidArgument("client", f"{needed}: clients of asyncio (aiobotocore, aioboto3) cannot be guarded")
    try:
        service: str = client.meta.service_model.service_name
        region: str = client.meta.region_name
    except AttributeError:
        raise InvalidArgument("client", f"{needed}, not `{type(client).__name__}`") from None
    guarded = operations_of(service)
    if not guarded:
        raise InvalidArgument("client", f"{needed}, not one of `{service}`")
    return region, guarded


def _is_of_asyncio(client: Any) -> bool:
    """Return True for a client of aiobotocore, what creates one, and everything else whose calls are coroutines."""
    from inspect import iscoroutinefunction

    parts = (client, getattr(getattr(client, "meta", None), "events", None))
    classes = [each for part in parts for each in type(part).__mro__]
    named = any(each.__module__.partition(".")[0] in _ASYNCIO for each in classes)
    return named or iscoroutinefunction(getattr(client, "_make_api_call", None))


def _warn_of_no_facts(guarded: tuple[Operation, ...]) -> None:
    """Warn that a guard can find only what is wrong with a request itself."""
    import warnings

    methods = listed(f"`{each.method}`" for each in guarded)
    message = (
        f"this guard has no facts, so it checks the request of {methods} alone; with "
        "`facts=snaplint.collector(session)` it reads the facts from AWS before each call"
    )
    warnings.warn(message, NotPreflighted, stacklevel=_depth_of_the_call())


def _services() -> str:
    """Return the services whose clients can be guarded, in words."""
    return listed((each.writer.name for each in operations().values()), "or")


def _in_region_of_client(region: str) -> dict[str, Any]:
    """Return the Region of a client as facts. boto3 may know Regions that are newer than this version of snaplint."""
    if region in REGIONS:
        return {"region": region}
    return {"region": region, "region_opt_status": {"unknown": f"snaplint does not know the Region {region}"}}


def _unknown_facts(request: Mapping[str, Any], operation: Operation, region: str, why: str) -> dict[str, Any]:
    """Return facts in which everything that a request depends on is unknown, for the reason `why`."""
    reason = {"unknown": why}

    def unknown(*roles: str) -> dict[str, Any]:
        names = (operation.value(request, role) for role in roles)
        return {name: reason for name in names if isinstance(name, str)}

    return {
        **_in_region_of_client(region),
        "account": reason,
        "caller": dict.fromkeys(_LAYERS, reason),
        "organization": {"scps": reason, "rcps": reason},
        "snapshots": unknown("source", "target"),
        "buckets": unknown("bucket"),
    }


def _described(error: Exception) -> str:
    """Return an exception in one line, with the name of its class unless it is one of snaplint's own."""
    text = masked_urls(" ".join(str(error).split()))
    if type(error).__module__.startswith("snaplint."):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _depth_of_the_call() -> int:
    """Return how many frames up the stack the program has made the call: a warning shall point at its line."""
    import inspect

    frame, depth = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _LIBRARIES:
        frame, depth = frame.f_back, depth + 1
    return depth
