"""Explanations to print: one of each kind of decision, and one of hostile policies."""

from __future__ import annotations

from typing import Any

from snaplint.iam import Context, Principal, Request, Simulator
from snaplint.iam.explain.explain import Explanation, explain

ROLE = "arn:aws:iam::111122223333:role/exporter"
SERVICE = "us-east-1.elasticache-snapshot.amazonaws.com"
KEY = "arn:aws:s3:::acme-redis-exports/orders-2026-11-0001.rdb"
OWNER = "111122223333"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


EXPORT = {
    "Sid": "Export",
    "Effect": "Allow",
    "Action": ["s3:PutObject"],
    "Resource": "arn:aws:s3:::acme-redis-exports/*",
}
LIST = {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-redis-exports"}
READ = {**EXPORT, "Sid": "Read", "Action": ["s3:GetObject", "s3:GetObjectTagging"]}
IN_VPC = {
    "Sid": "DenyOutsideVpc",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::acme-redis-exports/*",
    "Condition": {"StringNotEquals": {"aws:SourceVpc": [f"vpc-{number}" for number in range(8)]}},
}
TAGGED = {**EXPORT, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team, 'data'}"}}}
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
HOSTILE = {
    **FULL,
    "Sid": "a\x1b[31mb\u202ec",
    "Condition": {"StringEquals": {"aws:PrincipalTag/\x1b]8;;x\x07": ["\x9b2J", "x" * 500, "\u2066"]}},
}  # fmt: skip


def _explained(simulator: Simulator, principal: str = ROLE, account: str | None = OWNER, **context: Any) -> Explanation:
    request = Request(Principal.parse(principal), "s3:PutObject", KEY, account, Context(**context))
    return explain(simulator, request)


STORY: list[tuple[str | int | None, Explanation]] = [
    ("allowed", _explained(Simulator(identity_policies=[policy(LIST, READ, EXPORT)], resource_policy=policy(IN_VPC)),
                      known={"aws:SourceVpc": "vpc-3"})),
    ("denied", _explained(Simulator(identity_policies=[policy(EXPORT)], resource_policy=policy(IN_VPC)))),
    (3, _explained(Simulator(
        identity_policies=[policy(READ), policy(TAGGED)],
        permission_boundaries=[policy(LIST, {**FULL, "Action": "ec2:*"})],
        scps=[[policy(FULL)], [policy({**FULL, "Resource": "arn:aws:s3:::other/*"})]],
        rcps=[[policy({**FULL, "Effect": "Deny", "Principal": "*", "Action": "kms:*"})]],
    ), account="444455556666", known={"aws:PrincipalTag/team": "web"})),
    (None, _explained(Simulator(identity_policies=[policy(TAGGED)], resource_policy=policy(IN_VPC)),
                 unknown=["aws:SourceVpc", "aws:PrincipalTag/*"])),
    ("service", _explained(Simulator(
        identity_policies=[policy(FULL)],
        resource_policy=policy(
            {**EXPORT, "Principal": {"AWS": ROLE}}, {**EXPORT, "Principal": {"Service": "s3.amazonaws.com"}}
        ),
        acl={"Owner": {"ID": "0" * 64}, "Grants": [
            {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}, "Permission": "WRITE"},
            {"Grantee": {"ID": "1" * 64}, "Permission": "READ"},
        ]},
    ), SERVICE)),
    ("nothing", _explained(Simulator())),
    ("public", _explained(Simulator(
        resource_policy=policy({**EXPORT, "Principal": "*"}), s3_block_public_access=True), "*")),
    ("root", _explained(Simulator(), OWNER)),
    ("ho\x1b[31mstile", _explained(Simulator(identity_policies=[policy(HOSTILE)]), account=None)),
]  # fmt: skip
"""The ids and explanations of the golden files."""

LINE_ERROR = ("a\x1b.jsonl", 7, "unknown member `x\x1b[2J`")
