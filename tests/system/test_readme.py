"""The commands of README.md that need a running shop, typed by a shell."""

import json
import re
import subprocess

import pytest

from tests.demo.running import ROOT, RunningDemo
from tests.support.waiting import eventually

pytestmark = pytest.mark.one_database

README = (ROOT / "README.md").read_text()


def test_the_order_of_the_readme_is_placed_and_confirmed(live_demo: RunningDemo) -> None:
    (line,) = re.findall(r"^```sh\n(curl .*?)^```", README, re.MULTILINE | re.DOTALL)
    there = line.replace("localhost:8000", f"127.0.0.1:{live_demo.port}")
    done = subprocess.run(["bash", "-c", there], check=True, capture_output=True, text=True)
    order = json.loads(done.stdout)
    shown = json.loads(re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0])
    assert set(order) == set(shown)

    def confirmed() -> bool:
        status, body = live_demo.get(f"/api/orders/{order['id']}")
        return status == 200 and json.loads(body)["status"] == "confirmed"

    eventually(confirmed, within=30)
