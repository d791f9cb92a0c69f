"""What `docker compose` makes of a copy's files; no engine is asked."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.terminal import of_a_reader


def of_compose(copy: Path, *arguments: str) -> str:
    """Return what the command prints. It may have no complaint."""
    if not shutil.which("docker"):
        pytest.skip("docker is not installed")
    done = subprocess.run(
        ["docker", "compose", *arguments],
        check=False,
        cwd=copy,
        env=of_a_reader(),
        capture_output=True,
        text=True,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout
