"""What the demo makes sure of before it starts anything, and what it leaves in memory."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from apps.demo.errors import OtherServers
from apps.demo.start import check_addresses


def test_the_addresses_of_its_own_servers_are_fine() -> None:
    check_addresses()


@pytest.mark.parametrize("variable", ["NATS_URL", "AWS_ENDPOINT_URL"])
def test_an_address_of_another_server_is_refused(settings: Settings, variable: str) -> None:
    setattr(settings, variable, "nats://elsewhere.example.com:4222")
    with pytest.raises(OtherServers, match=f"{variable} is .*elsewhere.*unset"):
        check_addresses()


def test_what_is_preloaded_leaves_no_thread_and_no_connection() -> None:
    preload = "import django; django.setup(); from apps.demo.preload import preload; preload()"
    environment = os.environ | {"DEMO": "true", "DEMO_DIR": str(settings.DEMO_DIR)}
    result = subprocess.run(
        [sys.executable, "-c", preload],
        env=environment | {"DJANGO_SETTINGS_MODULE": "orders_site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
