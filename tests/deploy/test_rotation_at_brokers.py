"""`docs/rotation.md` at NATS and at AWS: two users, or two keys, for a while."""

import asyncio
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import nats.errors
import pytest
from botocore.exceptions import ClientError

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from tests.acceptance.clients import PATH, Client
from tests.deploy.nats_users import CONFIG, USERS
from tests.deploy.rotation_page import typed
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer, nats_server_path

AWS = Client(name="AWS", language="Shell", needs=("aws",))


# --- NATS ------------------------------------------------------------------------------------


def with_users(*names: str) -> str:
    """Return the shop's configuration with the block of `web` for each of these instead."""
    (block,) = re.findall(
        r"^    \{\n(?:(?!^    \}).*\n)*?\s+user: web,(?:.*\n)*?^    \}\n", CONFIG, re.M
    )
    copies = [
        block.replace(
            "user: web, password: $NATS_PASSWORD_WEB", f"user: {name}, password: of-{name}"
        )
        for name in names
    ]
    return CONFIG.replace(block, "".join(copies))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsServer]:
    for user in USERS:
        monkeypatch.setenv(f"NATS_PASSWORD_{user.upper()}", "demo")
    server = NatsServer(folder=tmp_path, config=with_users("web"))
    server.start()
    yield server
    server.stop()


def reload(server: NatsServer, config: str) -> None:
    """Type what the page has; where several servers run, it needs the process."""
    assert server.process
    (server.folder / "nats.conf").write_text(config)
    line = typed("sh", "nats-server").strip().replace("nats-server", nats_server_path())
    subprocess.run(shlex.split(f"{line}={server.process.pid}"), check=True)


async def sign_in(server: NatsServer, user: str, lost: list[str]) -> PatchedClient:
    async def gone() -> None:
        lost.append(user)

    nc = PatchedClient()
    url = f"nats://{user}:of-{user}@127.0.0.1:{server.port}"
    await nc.connect(url, inbox_prefix="_INBOX_web", disconnected_cb=gone, allow_reconnect=False)
    return nc


async def may_sign_in(server: NatsServer, user: str) -> bool:
    try:
        await (await sign_in(server, user, [])).close()
    except (nats.errors.Error, OSError):
        return False
    return True


async def until(server: NatsServer, user: str, *, may: bool) -> None:
    async with asyncio.timeout(60):
        while await may_sign_in(server, user) is not may:
            await asyncio.sleep(0.05)


async def is_answered(nc: PatchedClient) -> bool:
    """Ask something that only the rights of `web` permit, with an answer in its inbox."""
    try:
        await nc.request("$JS.API.STREAM.INFO.ORDERS", b"", timeout=60)
    except nats.errors.TimeoutError:
        return False
    return True


def test_a_second_user_takes_over_at_nats(server: NatsServer) -> None:
    async def rotate() -> list[str]:
        lost: list[str] = []
        before = await sign_in(server, "web", lost)
        reload(server, with_users("web", "web_2"))
        await until(server, "web_2", may=True)
        after = await sign_in(server, "web_2", lost)
        assert await is_answered(before)
        assert await is_answered(after)
        assert lost == []
        reload(server, with_users("web_2"))
        await until(server, "web", may=False)
        assert await is_answered(after)
        await after.close()
        return lost

    assert asyncio.run(rotate())[0] == "web"


# --- AWS -------------------------------------------------------------------------------------


def test_a_user_at_aws_has_two_keys_for_a_while() -> None:
    AWS.check()
    server = MotoServer()
    server.start()
    try:
        operator = keys("operator", "operator")
        at(server, operator).create_user(UserName="web")
        old = type_line(server, operator, typed("sh", "create-access-key"))
        new = type_line(server, operator, typed("sh", "create-access-key"))
        in_use = at(server, operator).list_access_keys(UserName="web")["AccessKeyMetadata"]
        assert {key["AccessKeyId"] for key in in_use} == {old, new}
        with pytest.raises(ClientError, match="LimitExceeded"):
            at(server, operator).create_access_key(UserName="web")
        type_line(server, operator, typed("sh", "delete-access-key"), OLD_KEY=old)
        left = at(server, operator).list_access_keys(UserName="web")["AccessKeyMetadata"]
        assert [key["AccessKeyId"] for key in left] == [new]
    finally:
        server.stop()


def keys(id: str, secret: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret}


def at(server: MotoServer, given: dict[str, str]) -> Any:
    return boto3.client(
        "iam",
        endpoint_url=server.url,
        region_name="eu-west-2",
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def type_line(server: MotoServer, given: dict[str, str], line: str, **more: str) -> str:
    """Type a line of the page; return the id of the key that it made, if any."""
    here = {"AWS_ENDPOINT_URL": server.url, "AWS_DEFAULT_REGION": "eu-west-2", "AWS_PAGER": ""}
    environment = os.environ | given | here | more | {"PATH": PATH}
    done = subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r'"AccessKeyId": "(\w+)"', done.stdout)
    return found[1] if found else ""
