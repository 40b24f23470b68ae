"""The global condition keys, maintained by hand: the table at the top of AWS's page, as of November 2026.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
Two are not on it: `aws:SourceOwner` is in policies written by SNS, `aws:PrincipalOrgMasterAccountId` in the AWS managed
policy AWSSSOServiceRolePolicy.
"""

from __future__ import annotations

KEYS = """\
aws:AssumedRoot aws:CalledVia aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast aws:ChatbotSourceArn \
aws:CurrentTime aws:Ec2InstanceSourcePrivateIPv4 aws:Ec2InstanceSourceVpc aws:EpochTime aws:FederatedProvider \
aws:IsMcpServiceAction aws:MultiFactorAuthAge aws:MultiFactorAuthPresent aws:PrincipalAccount aws:PrincipalArn \
aws:PrincipalIsAWSService aws:PrincipalOrgID aws:PrincipalOrgMasterAccountId aws:PrincipalOrgPaths \
aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:PrincipalTag/* aws:PrincipalType aws:referer \
aws:RequestedRegion aws:RequestTag/* aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths aws:ResourceTag/* \
aws:SecureTransport aws:SignInSessionArn aws:SourceAccount aws:SourceArn aws:SourceIdentity aws:SourceIp \
aws:SourceOrgID aws:SourceOrgPaths aws:SourceOwner aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:TagKeys \
aws:TokenIssueTime aws:UserAgent aws:userid aws:username aws:ViaAWSMCPService aws:ViaAWSService aws:VpceAccount \
aws:VpceOrgID aws:VpceOrgPaths aws:VpcSourceIp
"""
