"""`.ci/run-slow` leaves nothing out in silence: its lines run, with stand-ins for the tools."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = {
    "make": 'echo "$1: 1 passed in 0.10s"',
    "npm": "exit 0",
    "chromium": "exit 0",
    "docker": "exit 1",
}


@pytest.fixture
def path(tmp_path: Path) -> str:
    for name, does in TOOLS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("compose", "code", "says"),
    [
        ("", 1, "failed: no Docker engine answers, so make acceptance-compose cannot run"),
        ("left-out", 0, "left out: make acceptance-compose"),
    ],
)
def test_without_an_engine_it_fails_unless_that_is_on_purpose(
    path: str, compose: str, code: int, says: str
) -> None:
    done = subprocess.run(
        [ROOT / ".ci" / "run-slow"],
        check=False,
        # Where Python comes from changes nothing here.
        env={"PATH": path, "HOME": "/nonexistent", "COMPOSE": compose},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert (done.returncode, says in done.stdout) == (code, True), done.stdout
    assert "test-slow: 1 passed" in done.stdout
    assert "acceptance-compose: " not in done.stdout
