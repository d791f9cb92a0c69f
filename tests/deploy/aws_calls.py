"""The calls that moto's server received from each access key, from its own recording."""

import base64
import json
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

POLICIES = Path(__file__).parents[2] / "deploy" / "iam"
BUCKET = "shop-pictures"

type Right = tuple[str, str]
"""An action, and the resource that it is for, as a policy names them."""


def rights_of(service: str) -> set[Right]:
    """Return the rights in the service's policy."""
    rights = set()
    for statement in json.loads((POLICIES / f"{service}.json").read_text())["Statement"]:
        assert statement["Effect"] == "Allow"
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            rights |= {(action, resource) for action in statement["Action"]}
    return rights


def calls_in(recording: Path) -> dict[str, set[Right]]:
    """Return access key → its calls."""
    calls: dict[str, set[Right]] = defaultdict(set)
    for line in recording.read_text().splitlines():
        request = json.loads(line)
        url = urlsplit(request["url"])
        # In a header, or in a signed address.
        signed = request["headers"].get("Authorization") or unquote(url.query)
        found = re.search(r"Credential=(\w+)/\d{8}/[\w-]+/(sqs|s3)/", signed)
        if found:
            key, service = found.groups()
            calls[key].add(_s3(request["method"], url.path) if service == "s3" else _sqs(request))
    return calls


def _sqs(request: dict[str, str | dict[str, str]]) -> Right:
    headers, body = request["headers"], base64.b64decode(str(request["body"])).decode()
    assert isinstance(headers, dict)
    if target := headers.get("X-Amz-Target"):
        action, values = target.rpartition(".")[2], json.loads(body)
    else:  # Celery's own client speaks the older protocol.
        values = {name: value[0] for name, value in parse_qs(body).items()}
        action = values["Action"]
    queue = values.get("QueueName") or str(values["QueueUrl"]).rpartition("/")[2]
    # A batch needs the same right as its one message.
    return f"sqs:{action.removesuffix('Batch')}", f"arn:aws:sqs:eu-west-2:123456789012:{queue}"


def _s3(method: str, path: str) -> Right:
    actions = {
        "PUT": "PutObject",
        "GET": "GetObject",
        "HEAD": "GetObject",
        "DELETE": "DeleteObject",
    }
    action = actions[method]
    folder = unquote(path).removeprefix(f"/{BUCKET}/").partition("/")[0]
    return f"s3:{action}", f"arn:aws:s3:::{BUCKET}/{folder}/*"
