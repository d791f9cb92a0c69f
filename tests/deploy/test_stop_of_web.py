"""The command of the image gives requests that have begun the time to end at a stop."""

import json
import re
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.python import ROOT
from tests.support.served import is_up
from tests.support.waiting import at_most, eventually

pytestmark = pytest.mark.one_database

LONG_SECONDS = 4.0
"""Of one request: a checkout waits for a lock of the database as long, or an upload arrives."""
APPLICATION = f"""
import asyncio
from pathlib import Path

async def application(scope, proto):
    if scope.path != "/healthz":
        Path("begun").touch()
        await asyncio.sleep({LONG_SECONDS})
    proto.response_str(200, [], "tea")
"""


def command_of_the_image(port: int) -> list[str]:
    """Return the options of `CMD` in deploy/Dockerfile, for another application at this port."""
    found = re.search(r"^CMD (\[.*?\])", (ROOT / "deploy/Dockerfile").read_text(), re.S | re.M)
    assert found
    granian, *options, application = json.loads(found[1].replace("\\\n", ""))
    assert (granian, application) == ("granian", "orders_site.rsgi:application")
    ours = {"--host": "127.0.0.1", "--port": str(port)}
    given = [each for each in options if each.partition("=")[0] not in ours]
    return [
        "-m",
        granian,
        *given,
        *(f"{name}={value}" for name, value in ours.items()),
        "slow:application",
    ]


def test_a_request_that_has_begun_is_answered_at_a_stop(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(APPLICATION)
    port = free_port()
    server = subprocess.Popen([sys.executable, *command_of_the_image(port)], cwd=tmp_path)
    try:
        eventually(lambda: is_up(port), within=30, what="granian answers")
        with ThreadPoolExecutor(1) as asking:
            answer = asking.submit(
                urllib.request.urlopen, f"http://127.0.0.1:{port}/", timeout=at_most(20)
            )
            eventually((tmp_path / "begun").exists)
            server.terminate()
            assert answer.result().read() == b"tea"
    finally:
        server.terminate()
        server.wait(at_most(15))
