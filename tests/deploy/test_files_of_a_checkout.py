"""What a checkout brings along, modes and line ends, and what a server makes of its files."""

import subprocess
from pathlib import Path

from apps.demo.servers import find_nats_server

ROOT = Path(__file__).parents[2]


def test_the_image_sets_the_modes_of_what_was_copied() -> None:
    """A checkout made under `umask 077` has files that only root may read."""
    build = (ROOT / "deploy" / "Dockerfile").read_text().partition("COPY . .")[2]
    assert "RUN chmod -R u=rwX,go=rX ." in build.partition("\nFROM")[0]


def test_the_terminals_image_sets_the_mode_of_what_was_copied() -> None:
    """Its user is `nobody`."""
    lines = (ROOT / "deploy" / "terminal.Dockerfile").read_text().splitlines()
    copied = [line for line in lines if line.startswith("COPY") and "--from=" not in line]
    assert copied
    assert all("--chmod=644" in line for line in copied)


def test_what_runs_in_a_container_has_no_carriage_returns() -> None:
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text()


def test_durations_for_nats_stand_in_quotes() -> None:
    """`sync_interval: 2m` is two million seconds."""
    assert 'sync_interval: "5s"' in (ROOT / "deploy" / "nats.conf").read_text()


def test_a_quoted_duration_is_one(tmp_path: Path) -> None:
    config = tmp_path / "nats.conf"
    config.write_text('jetstream { sync_interval: "2m" }')
    tried = subprocess.run(
        [find_nats_server(), "-t", "-c", str(config)], capture_output=True, check=False
    )
    assert tried.returncode == 0, tried.stderr
