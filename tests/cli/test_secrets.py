"""No message of the command line shows a password in a URL, or the signature of a presigned one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from snaplint.base.secrets import masked_url, masked_urls
from snaplint.collect import Connection, NotConnected

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

FLAGS = ["--source-snapshot-name", "nightly", "--target-snapshot-name", "orders", "--target-bucket", "exports"]
ENV = {"AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}
URLS = (
    "ftp://u:PASSWORD@h",
    "ftp://u:PASS@PASSWORD@h",
    "ftp://u:a/PASSWORD@h",
    "ftp://u:a//PASSWORD@h",
    "FTP://:PASSWORD@",
    "u:PASSWORD@h",
    "//u:PASSWORD@h",
    "ftp://h/?X-Amz-Signature=PASSWORD",
    "http://u:PASSWORD@127.0.0.1:9",
    "http://u:PASSWORD@h:99999999",
    "http://u:PASS WORD@[::",
)


@pytest.mark.parametrize("url", ["http://h", "https://h:1/path", "nonsense", "http://[::1]:80"])
def test_a_url_without_secrets_is_shown_as_it_is(url: str) -> None:
    assert masked_url(url) == url
    assert masked_urls(f"cannot reach {url} today") == f"cannot reach {url} today"


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("command", ["audit", "collect"])
def test_an_endpoint_shows_no_password(snaplint_here: Run, tmp_path: Path, url: str, command: str) -> None:
    run = snaplint_here(command, "copy-snapshot", *FLAGS, "--endpoint-url", url, "-v", cwd=tmp_path, env=ENV)
    assert "WORD" not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert run.returncode in (0, 2, 4)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "HTTPS_PROXY"])
@pytest.mark.parametrize("url", ["ftp://u:PASSWORD@h", "http://u:PASSWORD@127.0.0.1:9"])
def test_the_environment_shows_no_password(snaplint_here: Run, tmp_path: Path, name: str, url: str) -> None:
    env = {**ENV, "AWS_ENDPOINT_URL": "http://127.0.0.1:9", name: url}
    run = snaplint_here("audit", "copy-snapshot", *FLAGS, cwd=tmp_path, env=env)
    assert "PASSWORD" not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "copy-snapshot", *FLAGS, "--endpoint-urll", "http://u:PASSWORD@h"],
        ["audit", "copy-snapshot", *FLAGS, "http://u:PASSWORD@h"],
        ["audit", "http://u:PASSWORD@h"],
        ["audit", "copy-snapshot", *FLAGS, "--region", "http://u:PASSWORD@h"],
        ["http://u:PASSWORD@h"],
    ],
)
def test_a_misplaced_url_shows_no_password(snaplint_here: Run, tmp_path: Path, arguments: list[str]) -> None:
    run = snaplint_here(*arguments, cwd=tmp_path, env=ENV)
    assert run.returncode == 2
    assert "***@h" in run.stderr
    assert "PASSWORD" not in run.stdout + run.stderr


IN_PLACE_OF_PATHS = (
    "http://u:PASSWORD@h",
    "HTTPS://u:PASSWORD@h:1/a?b",
    "s3://u:PASS WORD@h",
    "redis+tls://u:PASS`WORD@h",
    "ftp://u:a\nPASSWORD@h",
    "http://u:a/PASSWORD@h",
)


@pytest.mark.parametrize("url", IN_PLACE_OF_PATHS)
@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--format", "json"],
        ["check", "--config"],
        ["check", "--rules"],
        ["explain"],
        ["init"],
        ["rules", "test"],
        ["rules", "--rules"],
        ["simulate"],
        ["simulate", "--format", "json"],
    ],
)
def test_a_url_in_place_of_a_path_shows_no_password(
    snaplint_here: Run, tmp_path: Path, arguments: list[str], url: str
) -> None:
    run = snaplint_here(*arguments, url, cwd=tmp_path, env=ENV)
    assert run.returncode == 2
    assert "***@h" in run.stdout + run.stderr
    assert "WORD" not in run.stdout + run.stderr


def test_python_shows_no_password() -> None:
    with pytest.raises(NotConnected) as caught:
        Connection(region="us-east-1", endpoint_url="ftp://u:PASSWORD@h", role_arn="arn:aws:iam::111122223333:role/x")
    assert "PASSWORD" not in str(caught.value)
