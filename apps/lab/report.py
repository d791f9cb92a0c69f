"""Reports of a member to the experiment that started it: lines of JSON on standard output."""

import json
import sys
import threading
from typing import Any

_one_at_a_time = threading.Lock()


def report(what: str, **facts: Any) -> None:
    """Write the line `{"what": what, **facts}`; lines of several threads do not mix."""
    with _one_at_a_time:
        sys.stdout.write(json.dumps({"what": what, **facts}) + "\n")
        sys.stdout.flush()
