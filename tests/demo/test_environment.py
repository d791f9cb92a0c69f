"""The lines that `eval "$(make -s env)"` reads, for the demo and for compose."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.demo.environment import exports
from tests.acceptance.clients import AWS, PATH
from tests.deploy.nats_users import shop_nats
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port

DISOBEYED = """
    af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ca-central-1 cn-north-1 cn-northwest-1 eu-central-1 eu-north-1
    eu-south-1 eu-west-1 eu-west-2 eu-west-3 me-south-1 sa-east-1 us-east-1 us-east-2
    us-gov-west-1 us-isob-east-1 us-west-1 us-west-2
"""
"""Regions in which the AWS CLI 1.x ignores AWS_ENDPOINT_URL for `sqs` (aws-cli#8737).

The list is in its `customizations/overridesslcommonname.py` (1.46.3).
"""


def exported(name: str) -> str:
    values = dict(line.removeprefix("export ").split("=", 1) for line in _exports())
    return values[name]


def _exports() -> list[str]:
    """Return the lines with `export`; those before them unset variables of an AWS account."""
    return [line for line in exports().splitlines() if line.startswith("export ")]


@pytest.mark.parametrize("before", [{}, {"no_proxy": "example.com"}, {"NO_PROXY": "example.com"}])
def test_a_proxy_is_not_used_for_the_demo(
    before: dict[str, str], sqs_server: MotoServer, settings: Settings
) -> None:
    settings.AWS_ENDPOINT_URL = sqs_server.url
    nobody = f"http://127.0.0.1:{free_port()}"
    ask = f"{exports()}\ncurl --silent --show-error --fail $AWS_ENDPOINT_URL/moto-api/data.json\n"
    asked = subprocess.run(
        ["sh", "-c", f"{ask}echo; echo $no_proxy"],
        env={"PATH": os.environ["PATH"], "http_proxy": nobody} | before,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    known = asked.stdout.splitlines()[-1].strip(",").split(",")
    assert known == ["127.0.0.1", *before.values()], asked.stderr


def test_a_server_without_users_has_a_plain_address(
    nats_server: NatsServer, settings: Settings
) -> None:
    settings.NATS_PORT = nats_server.port
    assert exported("NATS_URL") == nats_server.url


def test_the_address_needs_no_running_server(settings: Settings) -> None:
    settings.NATS_PORT = free_port()
    assert exported("NATS_URL") == settings.NATS_URL


def test_a_server_with_users_gets_developer(tmp_path: Path, settings: Settings) -> None:
    settings.NATS_PASSWORD_DEVELOPER = "p@ss"
    with shop_nats(tmp_path) as server:
        settings.NATS_PORT = server.port
        assert exported("NATS_URL") == f"nats://developer:p%40ss@127.0.0.1:{server.port}"
        # JavaScript's clients ignore a user in the URL.
        assert (exported("NATS_USER"), exported("NATS_PASSWORD")) == ("developer", "p@ss")


def test_no_user_is_named_without_need(nats_server: NatsServer, settings: Settings) -> None:
    settings.NATS_PORT = nats_server.port
    assert "NATS_USER" not in exports()


def test_in_a_container_addresses_are_for_the_host(settings: Settings) -> None:
    """`docker compose exec web python manage.py demo --env`: none of the inner hosts, not `web`."""
    settings.NATS_URL = "nats://web:inner@nats:4222"
    settings.AWS_ENDPOINT_URL = "http://sqs:5000"
    settings.NATS_PASSWORD_DEVELOPER = "mine"
    settings.PORT, settings.NATS_PORT, settings.AWS_PORT = 8123, 4331, 4631
    assert _exports() == [
        "export SHOP_URL=http://127.0.0.1:8123",
        "export NATS_URL=nats://developer:mine@127.0.0.1:4331",
        "export NATS_USER=developer",
        "export NATS_PASSWORD=mine",
        "export AWS_ENDPOINT_URL=http://127.0.0.1:4631",
        "export AWS_ACCESS_KEY_ID=demo",
        "export AWS_SECRET_ACCESS_KEY=demo",
        f"export AWS_DEFAULT_REGION={settings.AWS_REGION}",
        "export Q=http://127.0.0.1:4631/123456789012/jobs",
    ]


def test_every_aws_command_obeys_the_endpoint(
    settings: Settings,
) -> None:
    assert settings.AWS_REGION not in DISOBEYED


def test_the_tutorials_aws_command_reaches_the_demo(
    sqs_server: MotoServer, settings: Settings
) -> None:
    AWS.check()
    command = shutil.which("aws", path=PATH)
    settings.AWS_ENDPOINT_URL, settings.NATS_PORT = sqs_server.url, free_port()
    line = f"{exports()}\n{command} sqs create-queue --queue-name jobs"
    done = subprocess.run(
        ["sh", "-c", line], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {"QueueUrl": exported("Q")}


def test_the_shops_address_is_given(settings: Settings) -> None:
    settings.PORT, settings.NATS_PORT = 8123, free_port()
    assert exported("SHOP_URL") == "http://127.0.0.1:8123"


def test_q_is_the_queue_of_the_jobs(settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:4566"
    settings.NATS_PORT = free_port()
    assert exported("Q") == "http://127.0.0.1:4566/123456789012/jobs"


def test_q_has_the_prefix_of_this_shop(settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:4566"
    settings.NATS_PORT, settings.QUEUE_PREFIX = free_port(), "shop-a-"
    assert exported("Q") == "http://127.0.0.1:4566/123456789012/shop-a-jobs"
