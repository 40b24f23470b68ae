"""Fifty ways to answer a read wrongly: servers, proxies and portals that are not AWS, and AWS's answers mutilated."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.collect.fake_aws import JSON, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collect.fake_aws import Call

    Way = Callable[[Call, Reply], Reply]

HTML = {"Content-Type": "text/html"}
XML = {"Content-Type": "text/xml"}
PORTAL = b"<!doctype html><html><head><title>Sign in</title></head><body><form/>&nbsp;</body></html>"
XHTML = b"<html><head><title>Sign in</title></head><body>us-east-1</body></html>"
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">{_LAUGHS}]><r>&l9;</r>'.encode()
DEEP_JSON = b'{"a":' * 1000 + b"1" + b"}" * 1000
DEEP_XML = b"<a>" * 5000 + b"</a>" * 5000


def answered(status: int, body: bytes = b"", **headers: str) -> Way:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _call, _right: Reply(status, body, sent)


def changed(change: Callable[[bytes], bytes], status: int | None = None) -> Way:
    """Return the way that changes the body of the right answer; HEAD has none, so its headers go."""

    def answer(call: Call, right: Reply) -> Reply:
        headers = {} if call.name == "s3:HeadBucket" else right.headers
        return Reply(status or right.status, change(right.body), headers)

    return answer


def _each(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """Return the function that applies a change to every value in a JSON body, and the like to the texts in XML."""

    def every(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: every(each) for name, each in value.items()}
        if isinstance(value, list):
            return [every(each) for each in value]
        return change(value)

    def body(raw: bytes) -> bytes:
        try:
            return json.dumps(every(json.loads(raw))).encode()
        except ValueError:
            return re.sub(rb">([^<>]+)<", lambda text: f">{change(text[1].decode())}<".encode(), raw)

    return body


def _twice(raw: bytes) -> bytes:
    """Return a body in which the first member is there again, with another value."""
    if raw.startswith(b"{"):
        return re.sub(rb'^\{\s*("[^"]*")', rb'{\1: "other", \1', raw, count=1)
    return re.sub(rb"<(\w+)>([^<>]+)</\1>", rb"<\1>\2</\1><\1>other</\1>", raw, count=1)


def _error_body(call: Call, _right: Reply) -> Reply:
    if call.service in JSON:
        return Reply(200, b'{"__type": "AccessDeniedException", "message": "no"}')
    return Reply(200, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")


WAYS: dict[str, Way] = {
    "nothing": answered(200),
    "html": answered(200, PORTAL, **HTML),
    "xhtml": answered(200, XHTML, **HTML),
    "xhtml as xml": answered(200, XHTML, **XML),
    "another root": answered(200, b"<Answer/>"),
    "another object": answered(200, b"{}"),
    "a list": answered(200, b"[]"),
    "null": answered(200, b"null"),
    "a number": answered(200, b"17"),
    "a text": answered(200, b'"text"'),
    "NaN": answered(200, b'{"a": NaN}'),
    "deep JSON": answered(200, DEEP_JSON),
    "deep list": answered(200, b"[" * 100_000),
    "deep XML": answered(200, DEEP_XML),
    "entities": answered(200, LAUGHS),
    "external entity": answered(200, b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'),
    "zeros": answered(200, bytes(1000)),
    "not UTF-8": answered(200, b"\xff\xfe\x00<\x00a\x00>"),
    "error with 200": _error_body,
    "204": answered(204),
    "206": changed(lambda raw: raw, 206),
    "201": changed(lambda raw: raw, 201),
    "301": answered(301),
    "301 elsewhere": answered(301, Location="http://elsewhere.test/"),
    "302": answered(302, Location="http://portal.test/login"),
    "302 html": answered(302, PORTAL, Location="http://portal.test/login"),
    "303": answered(303, Location="/login"),
    "304": answered(304),
    "307": answered(307),
    "307 round": answered(307, Location="http://replay.test:1/"),
    "308": answered(308, Location="/"),
    "301 to no Region": answered(301, x_amz_bucket_region="no Region!"),
    "400": answered(400),
    "401": answered(401, PORTAL, WWW_Authenticate="Basic"),
    "403 html": answered(403, PORTAL, **HTML),
    "404": answered(404),
    "404 html": answered(404, PORTAL, **HTML),
    "407": answered(407, PORTAL, Proxy_Authenticate="Basic"),
    "410": answered(410, PORTAL),
    "418": answered(418, b"teapot"),
    "451": answered(451, PORTAL),
    "500": answered(500, b"\x00"),
    "502": answered(502, PORTAL, **HTML),
    "504": answered(504, PORTAL, **HTML),
    "511": answered(511, PORTAL, **HTML),
    "error that is deep": answered(500, DEEP_JSON),
    "error with entities": answered(403, LAUGHS),
    "closed early": lambda _call, right: Reply(right.status, right.body[: len(right.body) // 2], {}, missing=500),
    "half": changed(lambda raw: raw[: len(raw) // 2]),
    "no text": changed(_each(lambda _value: "")),
    "nulls": changed(_each(lambda _value: None)),
    "numbers": changed(_each(lambda _value: 10**30)),
    "lists": changed(_each(lambda value: [value])),
    "other booleans": changed(_each(lambda value: {"true": "yes", "false": "no", "True": "yes"}.get(value, value))),
    "twice": changed(_twice),
    "text twice": changed(lambda raw: raw + raw),
    "gzip": lambda _call, right: Reply(200, right.body, {"Content-Encoding": "gzip"}),
}
"""Each way by what it does. None is an answer that AWS documents for the read."""
