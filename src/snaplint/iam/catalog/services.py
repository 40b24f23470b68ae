"""Facts about whole services: those to whose resources RCPs apply, and those whose ARNs are all known.

Maintained by hand. The actions, resource types and keys of each service are in modules of their own.
"""

from __future__ import annotations

_RCP_SERVICES = (
    "aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch "
    "cloudtrail-data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend "
    "comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose "
    "fis fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications "
    "opensearch pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3 secretsmanager "
    "servicediscovery signin sqs sts support swf textract timestream-influxdb transcribe transfer translate wafv2 "
    "workspaces xray"
)
RCP_SERVICES = frozenset(_RCP_SERVICES.split())
"""Services to whose resources RCPs apply, as listed by AWS in September 2026.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
"""

WITHOUT_RESOURCE = frozenset({"s3:listallmybuckets"})
"""Actions without a resource type that AWS's own policies allow on `arn:aws:s3:::*` as well as on `*`.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

CLOSED = frozenset({"elasticache", "kms", "memorydb"})
"""Services whose ARNs are all in the catalog and all contain an account."""

OFTEN_MISSPELT = ("elasticache", "memorydb")
"""Service prefixes that people misspell in policies for exports."""
