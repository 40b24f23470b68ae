"""Through which services a request of the caller reaches AWS: `aws:ViaAWSService` and the keys of `aws:CalledVia`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia
"""

from __future__ import annotations

from snaplint.iam.terms.states import ABSENT, ANYTHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snaplint.iam.asked.ties import Alternative
    from snaplint.operations.export_service import ExportService

KEYS = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
"""The condition keys that name the services."""

Chain = tuple[str, ...] | None
"""The services in order; empty for a direct request, None for a request through services that are not known."""


def of_the_call(context: Mapping[str, object]) -> list[Alternative]:
    """Return how the keys of the call itself occur: it is direct, unless the context names services before it."""
    return [_keys(chain) for chain in _given(context)]


def at_s3(context: Mapping[str, object], service: ExportService) -> list[Alternative]:
    """Return how the keys of a check at S3 occur.

    AWS does not document whether the service makes the check as a forward access session, which adds the service to the
    chain, or not.
    """
    return [_keys(longer) for chain in _given(context) for longer in _with_or_without(chain, service.called_via)]


def _with_or_without(chain: Chain, services: tuple[str, ...]) -> Iterator[Chain]:
    yield chain
    if not services:
        yield None
    elif chain is not None:
        yield from ((*chain, name) for name in services)


def _given(context: Mapping[str, object]) -> list[Chain]:
    """Return the chains that the context leaves possible for the call."""
    folded = {name.lower(): value for name, value in context.items()}
    chain = folded.get("aws:calledvia")
    if isinstance(chain, str):
        chain = [chain]
    if isinstance(chain, (list, tuple)) and chain and all(isinstance(name, str) for name in chain):
        return [tuple(str(name) for name in chain)]
    through = folded.get("aws:viaawsservice")
    named = any(folded.get(key) for key in ("aws:calledviafirst", "aws:calledvialast"))
    if named or str(through).lower() == "true":
        return [None]
    return [()]


def _keys(chain: Chain) -> Alternative:
    if chain is None:
        # some services are not in the chain
        return {"aws:ViaAWSService": ("true",), **dict.fromkeys(KEYS, ANYTHING)}
    if not chain:
        return {"aws:ViaAWSService": ("false",), **dict.fromkeys(KEYS, ABSENT)}
    return {"aws:ViaAWSService": ("true",), **dict(zip(KEYS, (chain, chain[:1], chain[-1:]), strict=True))}
