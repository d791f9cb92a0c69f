"""Edits of files that are no Python: a line before another one, a queue in a policy of AWS.

Each raises `LookupError` with what was looked for.
"""

import json
from typing import Any


def before_line(text: str, anchor: str, new: str) -> str:
    """Return the text with `new` before the first line that begins with `anchor`."""
    lines = text.splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if line.startswith(anchor)), None)
    if at is None:
        raise LookupError(f"a line that begins with {anchor.strip()!r}")
    return "".join([*lines[:at], new, *lines[at:]])


def with_queue(text: str, statement: str, queue: str) -> str:
    """Return the policy with one more queue in the statement of this `Sid`."""
    policy = json.loads(text)
    found = [each for each in policy["Statement"] if each["Sid"] == statement]
    if not found:
        raise LookupError(f"the statement {statement}")
    resources: list[str] = _listed(found[0]["Resource"])
    place = resources[0].rpartition(":")[0]
    found[0]["Resource"] = [*resources, f"{place}:{queue}"]
    return json.dumps(policy, indent=2) + "\n"


def place_of_queues(text: str) -> str:
    """Return the ARN of the policy's first queue without its name: `arn:aws:sqs:REGION:ACCOUNT`."""
    first = _listed(json.loads(text)["Statement"][0]["Resource"])[0]
    return first.rpartition(":")[0]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
