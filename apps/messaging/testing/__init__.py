"""Test kit: fixtures of pytest that run a handler, a job or a caller as the workers run it.

`published` reads what was recorded, `deliver` hands events to their consumers, `work` a job to its
handler. `answers` gives a caller its answer.
They use the database, and no broker. `plugin` has the fixtures, `tests/conftest.py` loads it, and
no process of the shop does. Read `delivering` first.

Do not use it to show what a broker does, such as a redelivery or a failover: a test of that runs
on a real server.
"""

from apps.messaging.testing.delivering import Deliver
from apps.messaging.testing.errors import DeadLettered, KitError, NotHandled, WillRetry
from apps.messaging.testing.published import PublishedMessages
from apps.messaging.testing.working import WorkOn

__all__ = [
    "DeadLettered",
    "Deliver",
    "KitError",
    "NotHandled",
    "PublishedMessages",
    "WillRetry",
    "WorkOn",
]
