"""How a member reports to the experiment that started it: one line of JSON on standard output."""

import json
import sys
import threading
from typing import Any

_one_at_a_time = threading.Lock()


def report(what: str, **facts: Any) -> None:
    """Write one line, whole, whichever thread it comes from: `{"what": what, **facts}`."""
    with _one_at_a_time:
        sys.stdout.write(json.dumps({"what": what, **facts}) + "\n")
        sys.stdout.flush()
