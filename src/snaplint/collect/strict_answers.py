"""Refuse answers that botocore would misread, before and after it parses them.

botocore is lenient: it ignores unknown elements, takes each boolean but `true` for false, the first of two elements
and the last of two JSON members, and the text of any root element for the location of a bucket. A captive portal, a
proxy or a faulty endpoint would then give facts that AWS never stated. Each refused answer raises Misread, which makes
its fact unknown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import CLOSED, UNPARSABLE, AwsError, Unanswered
from snaplint.syntax import json_text
from snaplint.syntax.text import Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Misread(Unanswered):
    """An answer does not have the form that AWS documents."""

    def __init__(self) -> None:
        super().__init__(UNPARSABLE)


_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "GetBucketLocation": "LocationConstraint",
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketOwnershipControls": "OwnershipControls",
    "GetPublicAccessBlock": "PublicAccessBlockConfiguration",
    "GetBucketEncryption": "ServerSideEncryptionConfiguration",
    "GetObjectLockConfiguration": "ObjectLockConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketAbac": "AbacStatus",
    "ListObjectsV2": "ListBucketResult",
}
"""The root elements of S3's answers, which botocore does not compare.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html (Response Syntax of each operation)
"""

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}
"""The Python types of the values that botocore returns; timestamps and blobs have several."""

_READS = ("AssumeRole", "Describe", "Get", "Head", "List", "Simulate")
"""The beginnings of the names of the operations that are checked. The demo also writes, with answers of other forms."""

_MOST_TAGS = 2_000_000
"""More than a page of 50 snapshots with 500 shards each has. No other thread runs while an answer is parsed: a longer
one would be parsed until long after the time limit."""

_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def watch(client: Any) -> None:
    """Check each answer that a client gets; the client's methods raise Misread for those that are refused."""
    events = client.meta.events
    events.register_first("before-parse", _before_parse)
    # before botocore replaces the text of an IAM policy with an object
    events.register_first("after-call", _after_call)
    events.unregister("after-call.iam", _json_decode_policies())
    if client.meta.service_model.service_name == "s3":
        events.register_first("needs-retry.s3", _follow_no_unnamed_region)


def _json_decode_policies() -> Any:
    """Return the handler by which botocore parses IAM's policies: it keeps the last of two members with one name."""
    from botocore.handlers import json_decode_policies

    return json_decode_policies


def _follow_no_unnamed_region(
    request_dict: Mapping[str, Any], response: tuple[Any, Mapping[str, Any]] | None, **_event: Any
) -> None:
    """Do not let botocore follow a redirect of S3 that names no Region.

    It would send HeadBucket to find the Region. That call is redirected as well and leads to the next HeadBucket, until
    Python's stack is full.
    """
    if response is None:
        return
    metadata = response[1].get("ResponseMetadata", {})
    names_region = "x-amz-bucket-region" in metadata.get("HTTPHeaders", {}) or response[1].get("Error", {}).get(
        "Region"
    )
    redirect = request_dict.get("context", {}).get("s3_redirect")
    if not names_region and redirect is not None:
        redirect["redirected"] = True


def _before_parse(operation_model: Any, response_dict: Mapping[str, Any], **_event: Any) -> None:
    """Raise Misread for an answer that botocore would misread."""
    if not operation_model.name.startswith(_READS):
        return
    status, headers, body = response_dict["status_code"], response_dict["headers"], response_dict["body"]
    if 200 < status < 300:  # each read that snaplint sends is answered with 200
        raise Misread
    if operation_model.http["method"] == "HEAD":
        # there is no body, and S3 adds headers of this kind to each answer, but a proxy or captive portal does not:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
        if status in (200, 403, 404) and not any(name.lower().startswith("x-amz") for name in headers):
            raise Misread
        return
    if not isinstance(body, bytes):
        return
    _require_whole(headers, body)
    try:
        _require_form(operation_model, body, is_error=status != 200)
    except (LookupError, RecursionError, SyntaxError, ValueError):  # ParseError of XML is a SyntaxError
        raise Misread from None


def _require_form(operation_model: Any, body: bytes, *, is_error: bool) -> None:
    """Raise Misread, or what the parsers raise, for a body that is not in the protocol of the service."""
    if operation_model.service_model.resolved_protocol in ("query", "rest-xml", "ec2"):
        # entities can make a short answer arbitrarily long; AWS sends none, and no UTF-16, in which they are not found
        if b"\0" in body or _DTD.search(body):
            raise Misread
        if body.count(b"<") > _MOST_TAGS:
            raise Unanswered(AwsError("too long", f"the answer has more than {_MOST_TAGS} tags"))
        if not is_error:
            _require_xml(operation_model, body)
    elif not is_error:
        try:
            answer = json_text.quick_load(body.decode())
        except Malformed:
            raise Misread from None
        if operation_model.output_shape is not None:
            _require_json(operation_model.output_shape, answer)


def _require_json(shape: Any, value: Any) -> None:
    """Raise Misread if an object or a list is missing in its place: botocore may take any value for an empty one."""
    if value is None:
        return
    kind = {"structure": dict, "map": dict, "list": list}.get(shape.type_name)
    if kind is not None and not isinstance(value, kind):
        raise Misread
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            _require_json(member, value.get(member.serialization.get("name", name)))
    elif shape.type_name == "list":
        for each in value:
            _require_json(shape.member, each)


def _require_whole(headers: Mapping[str, str], body: bytes) -> None:
    """Raise Unanswered if the connection was closed before the end of the body, which botocore does not check."""
    length = headers.get("Content-Length", "")
    if length.isdecimal() and not headers.get("Content-Encoding") and len(body) < int(length[:20]):
        raise Unanswered(CLOSED)


def _require_xml(operation_model: Any, body: bytes) -> None:
    """Raise Misread or ParseError for an XML answer that botocore would misread.

    Such an answer has another root than AWS documents, a boolean that is neither `true` nor `false`, or two elements
    for one member.
    """
    shape = operation_model.output_shape
    if shape is None or shape.type_name != "structure":
        return
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name != "structure":
        return  # the body is the document itself, as the policy of a bucket
    service = operation_model.service_model.service_name
    root = ElementTree.XML(body)
    expected = _ROOTS.get(operation_model.name) if service == "s3" else None
    if expected is not None and _local(root) not in (expected, "Error"):
        raise Misread
    names = _xml_names(operation_model)
    for parent in root.iter():
        seen: set[str] = set()
        for child in parent:
            name = _local(child)
            if name in seen and name not in names.repeated:
                raise Misread
            seen.add(name)
            if name in names.booleans and (child.text or "").strip() not in ("true", "false", "False"):
                raise Misread
            if (name in names.texts and len(child)) or (name in names.nodes and (child.text or "").strip()):
                raise Misread
    if operation_model.name == "GetBucketLocation" and len(root):
        raise Misread


def _local(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


class _XmlNames(NamedTuple):
    """The names of elements of an answer: the booleans, those that contain only text, those that contain only elements,
    and those that may occur more than once in their parent."""

    booleans: frozenset[str]
    texts: frozenset[str]
    nodes: frozenset[str]
    repeated: frozenset[str]


@lru_cache(maxsize=64)
def _xml_names(operation_model: Any) -> _XmlNames:
    """Return the names of an operation's answer, from botocore's model of it."""
    booleans, texts, nodes, repeated = set(), set(), set(), set()
    for name, member in _members(operation_model.output_shape, set()):
        if member.type_name == "boolean":
            booleans.add(name)
        if member.type_name not in ("structure", "list", "map"):
            texts.add(name)
        elif member.type_name == "list":
            is_flat = member.serialization.get("flattened")
            item = member.member.serialization.get("name", "member")
            repeated.add(member.member.serialization.get("name", name) if is_flat else item)
            nodes.add(name)
        else:
            nodes.add(name)
    # a name may be that of a text in one parent and of a structure in another
    both = texts & nodes
    return _XmlNames(
        frozenset(booleans), frozenset(texts - both - repeated), frozenset(nodes - both - repeated), frozenset(repeated)
    )


def _members(shape: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield each member of a shape and of the shapes in it, with the name of its element."""
    if shape.name in seen:
        return
    seen.add(shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield member.serialization.get("name", name), member
            yield from _members(member, seen)
    elif shape.type_name == "list":
        yield from _members(shape.member, seen)
    elif shape.type_name == "map":
        yield from _members(shape.value, seen)


def _after_call(http_response: Any, parsed: object, model: Any, **_event: Any) -> None:
    """Raise Misread if the types of an answer are not those of botocore's model, which it does not check in JSON."""
    if model.name.startswith(_READS) and http_response.status_code < 300 and model.output_shape is not None:
        _require_types(model.output_shape, parsed)


def _require_types(shape: Any, value: Any) -> None:
    types = _TYPES.get(shape.type_name)
    # in Python a boolean is an integer
    if types is not None and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
        raise Misread
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _require_types(member, value[name])
    elif shape.type_name == "list":
        for each in value:
            _require_types(shape.member, each)
    elif shape.type_name == "map":
        for each in value.values():
            _require_types(shape.value, each)
