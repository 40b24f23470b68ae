"""The services through which a check at S3 reaches AWS."""

from __future__ import annotations

from snaplint.checks.export.call_chain import at_s3, of_the_call
from snaplint.iam.terms.states import ABSENT, ANYTHING
from snaplint.operations.copy_snapshot import ELASTICACHE_SNAPSHOT


def test_a_direct_call_may_be_checked_directly_or_through_the_service() -> None:
    chains = at_s3({}, ELASTICACHE_SNAPSHOT)
    assert [chain["aws:CalledViaLast"] for chain in chains] == [
        ABSENT,
        *((name,) for name in ELASTICACHE_SNAPSHOT.called_via),
    ]


def test_the_service_is_the_last_in_a_chain() -> None:
    chains = at_s3({"aws:CalledVia": ["athena.amazonaws.com"]}, ELASTICACHE_SNAPSHOT)
    assert {chain["aws:CalledViaFirst"] for chain in chains} == {("athena.amazonaws.com",)}
    assert chains[1]["aws:CalledVia"] == ("athena.amazonaws.com", ELASTICACHE_SNAPSHOT.called_via[0])


def test_a_service_of_which_no_name_is_known_may_have_any() -> None:
    direct, through = at_s3({}, ELASTICACHE_SNAPSHOT._replace(called_via=()))
    assert direct == of_the_call({})[0]
    assert (through["aws:ViaAWSService"], through["aws:CalledVia"]) == (("true",), ANYTHING)
