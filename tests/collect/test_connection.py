"""The connection: credentials and Region. Every reason for which there is none is one clear message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.collect.fake_aws import FakeAws, error, said
from tests.collect.sandbox import ACCOUNT, SECRET, session

from snaplint.collect import Connection, NotConnected

if TYPE_CHECKING:
    from pathlib import Path

ROLE = f"arn:aws:iam::{ACCOUNT}:role/exporter"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "config"
    # a named profile is not completed from the environment
    keys = "aws_access_key_id = AKIAX\naws_secret_access_key = secret\n"
    path.write_text(f"[profile work]\nregion = eu-central-1\n{keys}", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


def test_the_region_argument_takes_precedence(monkeypatch: pytest.MonkeyPatch, profiles: Path) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-1")
    assert Connection(region="eu-north-1", profile="work").region == "eu-north-1"
    assert Connection(profile="work").region == "us-west-2"


def test_the_region_of_the_environment_and_of_the_profile(monkeypatch: pytest.MonkeyPatch, profiles: Path) -> None:
    assert Connection(profile="work").region == "eu-central-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-1")
    assert Connection().region == "us-west-1"


def test_a_session_keeps_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert Connection(session=session(("AKIAX", SECRET), region="ca-central-1")).region == "ca-central-1"


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_partition_follows_the_region(region: str, partition: str) -> None:
    made = Connection(region=region)
    assert made.partition == partition
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    assert made.client("elasticache").meta.endpoint_url == f"https://elasticache.{region}.{suffix}"


def test_a_client_is_created_once_for_each_region(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Connection(region="us-east-1")
    assert made.client("s3") is made.client("s3", "us-east-1")
    assert made.client("s3", "eu-west-1").meta.region_name == "eu-west-1"


def test_retries_and_timeouts_of_a_client() -> None:
    config = Connection(region="us-east-1").client("s3").meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 4}
    assert (config.connect_timeout, config.read_timeout) == (5, 10)
    assert "snaplint" in config.user_agent


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no Region is set"),
        ({"region": "us east"}, "`us east` is not a Region"),
        ({"region": "us-esat-1"}, "there is no Region `us-esat-1`; did you mean `us-east-1`?"),
        ({"region": "https://evil.example"}, "is not a Region"),
        ({"region": "us-east-1", "profile": "nobody"}, "there is no profile `nobody`"),
        ({"region": "us-east-1", "endpoint_url": "nowhere"}, "is not the address of an endpoint"),
    ],
)
def test_a_failed_connection_has_a_reason(options: dict[str, Any], words: str) -> None:
    with pytest.raises(NotConnected, match=words) as caught:
        Connection(**options).client("sts")
    assert SECRET not in caught.value.message


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotConnected, match="no AWS credentials were found"):
        Connection(region="us-east-1")


def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NotConnected, match="could not be loaded"):
        Connection(region="us-east-1")


def test_a_broken_config_file(profiles: Path) -> None:
    profiles.write_text("[profile", encoding="utf-8")
    with pytest.raises(NotConnected, match="could not be loaded"):
        Connection(region="us-east-1")


def test_the_role_of_a_profile_that_cannot_be_assumed(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    role = f"[profile role]\nregion = us-east-1\nsource_profile = work\nrole_arn = {ROLE}\n"
    profiles.write_text(profiles.read_text(encoding="utf-8") + role, encoding="utf-8")
    with FakeAws() as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
        aws.on("sts:AssumeRole", error("AccessDenied", 403))
        with pytest.raises(NotConnected, match="the AWS credentials could not be loaded: AccessDenied") as caught:
            Connection(region="us-east-1", profile="role")
    assert "SECRETWORD" not in caught.value.message


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        (
            "credential_process = /no/such/program",
            "a file or program that the settings of the AWS CLI name: no such file",
        ),
        ("credential_process = echo SECRETWORD", "what was loaded could not be parsed"),
        ("credential_process = echo []", "what was loaded could not be parsed"),
        (f"role_arn = {ROLE}\nweb_identity_token_file = /no/such", "settings of the AWS CLI name: no such file"),
        (f"role_arn = {ROLE}\nsource_profile = work\nmfa_serial = SECRETWORD", "no MFA code was entered"),
    ],
)
def test_credentials_that_cannot_be_loaded(
    profiles: Path, monkeypatch: pytest.MonkeyPatch, setting: str, why: str
) -> None:
    def ended(*_prompt: object, **_streams: object) -> str:
        raise EOFError

    for way in ("_raw_input", "fallback_getpass"):  # with a terminal, and without one
        monkeypatch.setattr(f"getpass.{way}", ended)
    profiles.write_text(
        f"{profiles.read_text(encoding='utf-8')}[profile odd]\nregion = us-east-1\n{setting}\n", encoding="utf-8"
    )
    with pytest.raises(NotConnected, match=f"the AWS credentials could not be loaded: .*{why}") as caught:
        Connection(region="us-east-1", profile="odd")
    assert "SECRETWORD" not in caught.value.message


@pytest.mark.parametrize("url", ["nowhere SECRETWORD", "http://", "http://a b/"])
def test_an_endpoint_of_the_settings_that_is_no_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(NotConnected, match="the endpoint set for sts is not the address of an endpoint") as caught:
        Connection(region="us-east-1").client("sts")
    assert "SECRETWORD" not in caught.value.message


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken"])
def test_a_role_that_cannot_be_assumed(code: str) -> None:
    with FakeAws() as aws:
        aws.on("sts:AssumeRole", error(code, 403))
        with pytest.raises(NotConnected, match=f"role `{ROLE}` cannot be assumed: .*{code}") as caught:
            Connection(region="us-east-1", endpoint_url=aws.url, role_arn=ROLE, attempts=1)
    assert "SECRETWORD" not in caught.value.message


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ("exporter", "not `exporter`"),
        ("", "not ``"),
        ("x" * 5000, "x…`"),
        (f"arn:aws:iam::{ACCOUNT}:user/exporter", "principal: user"),
        (f"arn:aws:iam::{ACCOUNT}:root", "principal: root"),
        (f"arn:aws:iam::{ACCOUNT}:role/", "not `arn:"),
        (f"arn:aws:iam::{ACCOUNT}:role/a*", "not `arn:"),
        (f"arn:aws:s3:::{ACCOUNT}", "not `arn:"),
        (ACCOUNT, "principal: account"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/night", "a session of role `exporter`"),
    ],
    ids=lambda text: text[:50],
)
def test_what_is_no_role_is_said_before_anything_is_read(arn: str, words: str) -> None:
    with FakeAws() as aws:
        with pytest.raises(
            NotConnected, match="`--role-arn` must be the ARN of a role, such as arn:aws:iam::"
        ) as caught:
            Connection(endpoint_url=aws.url, role_arn=arn)
        assert aws.calls == []
    assert words in caught.value.message
    assert len(caught.value.message) < 400


def test_a_malformed_answer_of_sts() -> None:
    with FakeAws() as aws:
        aws.on("sts:AssumeRole", said("<html/>"))
        with pytest.raises(NotConnected, match="the answer could not be parsed"):
            Connection(region="us-east-1", endpoint_url=aws.url, role_arn=ROLE, attempts=1)


def test_reads_use_the_role() -> None:
    credentials = (
        "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
    )
    with FakeAws() as aws:
        aws.on(
            "sts:AssumeRole",
            said(
                f"<AssumeRoleResponse><AssumeRoleResult><Credentials>{credentials}</Credentials></AssumeRoleResult>"
                "</AssumeRoleResponse>"
            ),
        )
        aws.on("sts:GetCallerIdentity", error("AccessDenied", 403))
        made = Connection(region="us-east-1", endpoint_url=aws.url, role_arn=ROLE, attempts=1)
        with pytest.raises(made.client("sts").exceptions.ClientError):
            made.client("sts").get_caller_identity()
        assert made.assumed
        assert [("ASIAROLE" in call.headers["authorization"]) for call in aws.calls] == [False, True]
        assert "snaplint" in aws.calls[0].headers["user-agent"]
