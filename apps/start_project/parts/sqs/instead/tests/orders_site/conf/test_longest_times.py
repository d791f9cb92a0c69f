"""Longest times of calls: each variable arrives where it acts."""

import json
import os

from tests.support.python import run_python

GIVEN = {"PROBE_SECONDS": "0.7", "NATS_CALL_SECONDS": "3.5"}
PROGRAM = """
import json, workers
from django.conf import settings
from apps.messaging.outbox.jetstream_publisher import ACK_DEADLINE
print(json.dumps([settings.LONGEST_TIMES.probe, ACK_DEADLINE]))
"""


def test_each_arrives_where_it_acts() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "orders_site.settings"} | GIVEN
    output = run_python("-c", PROGRAM, env=environment, check=True).stdout
    assert json.loads(output) == [0.7, 3.5]
