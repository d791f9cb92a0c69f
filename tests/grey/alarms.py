"""A real Prometheus beside a shop: which rules of `deploy/alerts.yml` fire during a cell.

Each duration of the rules is a sixth: a fault lasts for a minute at most. It looks each three
seconds, and waits for so long: `web` waits a second for a part that is silent before it answers.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from apps.demo.supervisor.metrics_ports import FILE
from apps.demo.supervisor.ports import HOST
from tests.acceptance.clients import PATH
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
SHORTER = 6
STARTS_WITHIN_SECONDS = 60.0
PORTS = 200
"""For the workers of one shop; more than their instances have."""
_DURATION = re.compile(r"(for: |\[)(\d+)([sm])\b")
_CONFIGURATION = """
global: {{ scrape_interval: 3s, scrape_timeout: 3s, evaluation_interval: 1s }}
rule_files: [{rules}]
scrape_configs:
  - job_name: demo
    file_sd_configs: [{{ files: [{targets}] }}]
"""


class Alarms:
    """What Prometheus at this port has seen; nothing if there is none."""

    def __init__(self, port: int) -> None:
        self._port = port

    def fired_since(self, began: float) -> set[str] | None:
        """Return the names of the rules that fired since then, in Unix time; None if unknown."""
        if not self._port:
            return None
        asked = {"match[]": 'ALERTS{alertstate="firing"}', "start": began, "end": time.time()}
        url = f"http://{HOST}:{self._port}/api/v1/series?{urlencode(asked)}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return {each["alertname"] for each in json.load(answer)["data"]}


def missing() -> str:
    """Return why no alarm can be looked at; "" where one can, or where clients are not required."""
    if os.environ.get("REAL_CLIENTS") != "required" or shutil.which("prometheus", path=PATH):
        return ""
    return "there is no prometheus for the alarms, and REAL_CLIENTS=required: make clients"


@contextmanager
def watching(folder: Path) -> Iterator[Alarms]:
    """Run Prometheus on the targets of the demo in this folder until the block ends."""
    program = shutil.which("prometheus", path=PATH)
    if program is None:
        print("no alarms are looked at: there is no prometheus (make clients)", file=sys.stderr)
        yield Alarms(0)
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="shop-prometheus-") as own:
        rules, configuration = Path(own, "alerts.yml"), Path(own, "prometheus.yml")
        rules.write_text(shortened((ROOT / "deploy" / "alerts.yml").read_text()))
        configuration.write_text(_CONFIGURATION.format(rules=rules, targets=folder / FILE))
        listen = [f"--web.listen-address={HOST}:{port}", f"--storage.tsdb.path={own}/data"]
        command = [program, f"--config.file={configuration}", *listen, "--log.level=error"]
        process = subprocess.Popen(command)
        try:
            _until_ready(port)
            yield Alarms(port)
        finally:
            process.terminate()
            process.wait(60)


def shortened(rules: str) -> str:
    """Return the rules with each duration divided."""

    def shorter(found: re.Match[str]) -> str:
        seconds = int(found[2]) * (60 if found[3] == "m" else 1)
        return f"{found[1]}{seconds // SHORTER}s"

    return _DURATION.sub(shorter, rules)


def _until_ready(port: int) -> None:
    """Wait until it answers queries: it listens before, and answers 503."""
    give_up = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        with suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/-/ready", timeout=10):
            return
        assert time.monotonic() < give_up, "prometheus does not answer"
        time.sleep(0.1)
