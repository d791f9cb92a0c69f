"""Without an endpoint nothing is sent, and OpenTelemetry is not even imported."""

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

LOADED = """
import sys, django
django.setup()
import apps.messaging.outbox, apps.messaging.events.consumer, apps.messaging.jobs.worker
import apps.messaging.request_reply.responder
import orders_site.celery
import orders_site.wsgi
print("opentelemetry" in sys.modules)
"""


def loads_it(**environment: str) -> str:
    found = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("variables", "loads"),
    [
        ({}, "False"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, "False"),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, "False"),
        (ENDPOINT, "True"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, "True"),
        ({"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://127.0.0.1:1/v1/logs"}, "True"),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}, "False"),
    ],
)
def test_a_process_loads_opentelemetry_only_if_something_is_sent(
    variables: dict[str, str], loads: str
) -> None:
    assert loads_it(**variables) == loads
