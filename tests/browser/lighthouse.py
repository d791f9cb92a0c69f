"""Lighthouse on one page: of `.clients` (see .ci/run-slow), of the PATH, or of `LIGHTHOUSE`."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Cookie

from tests.acceptance.clients import CLIENTS
from tests.browser.chromium import ARGUMENTS, executable

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SECONDS = 600
"""For one page: a busy machine loads it slowly, and Lighthouse loads it several times."""


def program() -> str | None:
    """Return the path of Lighthouse; None if it is not installed."""
    path = os.pathsep.join(
        [str(CLIENTS / "lighthouse" / "node_modules" / ".bin"), os.environ["PATH"]]
    )
    return os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse", path=path)


def scores(url: str, cookies: Sequence[Cookie], folder: Path) -> dict[str, int]:
    """Visit the page as a phone with these cookies; return each category's score, 0 to 100."""
    return scores_in(_report(url, cookies, folder))


def scores_in(report: dict[str, Any]) -> dict[str, int]:
    """Return each category's score; one that could not be measured is 0."""
    found = report["categories"]
    return {name: round((found[name]["score"] or 0) * 100) for name in CATEGORIES}


def _report(url: str, cookies: Sequence[Cookie], folder: Path) -> dict[str, Any]:
    output, headers = folder / "report.json", folder / "headers.json"
    sent = "; ".join(f"{each.get('name')}={each.get('value')}" for each in cookies)
    headers.write_text(json.dumps({"Cookie": sent}))
    command = [
        program() or "lighthouse",
        url,
        "--quiet",
        "--output=json",
        f"--output-path={output}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={headers}",
        f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}",
    ]
    environment = os.environ | {"CHROME_PATH": executable()}
    subprocess.run(command, check=True, env=environment, timeout=SECONDS, capture_output=True)
    report: dict[str, Any] = json.loads(output.read_text())
    return report
