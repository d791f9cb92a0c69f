"""A member process tells what it does: a line of JSON each, to whoever has started it."""

import json
import sys
import threading
from typing import Any

_one_at_a_time = threading.Lock()


def tell(what: str, **facts: Any) -> None:
    with _one_at_a_time:
        sys.stdout.write(json.dumps({"what": what, **facts}) + "\n")
        sys.stdout.flush()
