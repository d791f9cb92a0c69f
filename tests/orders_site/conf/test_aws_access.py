"""How SQS and S3 are asked: with the session token, and without a proxy on this machine."""

import json
import os
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from orders_site.conf.local_hosts import ask_directly
from tests.support.moto_server import MotoServer
from tests.support.python import run_python

ASK_ALL_THREE = """
import django; django.setup()
from django.conf import settings
from django.core.files.storage import storages
from apps.messaging.brokers import sqs
from orders_site.celery import app
sqs.client().list_queues()
with app.connection_for_write() as connection:
    connection.channel().sqs(queue="celery").list_queues()
storages["images"].exists("a.webp")
"""

SHOW_ENDPOINTS = """
import django; django.setup()
from django.core.files.storage import storages
from apps.messaging.brokers import sqs
from orders_site.celery import app
with app.connection_for_write() as connection:
    celerys = connection.channel().sqs(queue="celery")
clients = [sqs.client(), sqs.polling_client(), celerys]
clients.append(storages["images"].connection.meta.client)
print(*(each.meta.endpoint_url for each in clients))
"""

# The demo has keys of its own, and no other account's token.
PRODUCTION = {
    "DEMO": "false",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "shop.example.com",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "dummymail://",
    "NATS_URL": "nats://127.0.0.1:1",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "lent",
    "AWS_SECRET_ACCESS_KEY": "lent",
}


class Listener(ThreadingHTTPServer):
    """An AWS that agrees to all, and notes the session token of each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.tokens: list[str | None] = []


class _Request(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.tokens.append(self.headers["X-Amz-Security-Token"])
        answer = json.dumps({}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_HEAD(self) -> None:
        self.server.tokens.append(self.headers["X-Amz-Security-Token"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_all_three_clients_use_the_session_token(listener: Listener, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("lent\n")
    asked = demo_process(
        ["-c", ASK_ALL_THREE],
        tmp_path,
        **PRODUCTION,
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{listener.server_port}",
        AWS_SESSION_TOKEN_FILE=str(token),
        MEDIA_STORAGE="s3",
        MEDIA_BUCKET="pictures",
    )
    assert asked.returncode == 0, asked.stderr
    assert listener.tokens == ["lent"] * 3


@pytest.mark.parametrize(
    "profile",
    [
        "[default]\nendpoint_url = http://127.0.0.1:9",
        """[default]
services = theirs
[services theirs]
sqs =
  endpoint_url = http://127.0.0.1:9
s3 =
  endpoint_url = http://127.0.0.1:9""",
    ],
    ids=["of all", "of each service"],
)
def test_an_address_in_botocores_own_file_is_not_obeyed(profile: str, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(profile)
    shown = demo_process(
        ["-c", SHOW_ENDPOINTS],
        tmp_path,
        **PRODUCTION,
        AWS_CONFIG_FILE=str(config),
        MEDIA_STORAGE="s3",
        MEDIA_BUCKET="pictures",
    )
    assert shown.returncode == 0, shown.stderr
    sqs, s3 = "https://sqs.eu-west-2.amazonaws.com", "https://s3.eu-west-2.amazonaws.com"
    assert shown.stdout.split() == [sqs, sqs, sqs, s3]


def test_the_demos_own_servers_are_asked_without_a_proxy(
    sqs_server: MotoServer, tmp_path: Path
) -> None:
    nobody = "http://127.0.0.1:9"
    provisioned = demo_process(
        ["manage.py", "provision", "--only=sqs"],
        tmp_path,
        AWS_ENDPOINT_URL=sqs_server.url,
        HTTP_PROXY=nobody,
        http_proxy=nobody,
    )
    assert provisioned.returncode == 0, provisioned.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://sqs:5000"])
def test_a_local_server_is_kept_from_the_proxy_beside_others(url: str) -> None:
    variables = {"NO_PROXY": "example.com"}
    ask_directly(url, variables)
    assert variables["no_proxy"] in {"example.com,127.0.0.1", "example.com,sqs"}


@pytest.mark.parametrize("url", ["", "https://sqs.example.com"])
def test_another_server_is_left_to_the_proxy(url: str) -> None:
    variables: dict[str, str] = {}
    ask_directly(url, variables)
    assert variables == {}


def demo_process(
    command: list[str], folder: Path, **variables: str
) -> "subprocess.CompletedProcess[str]":
    return run_python(
        *command,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "orders_site.settings",
            "DEMO": "true",
            "DEMO_DIR": str(folder),
            **variables,
        },
    )
