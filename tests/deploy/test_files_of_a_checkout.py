"""File modes and line ends of a checkout, and how servers read its files."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.deploy.nats_users import CONFIG, shop_nats
from tests.support.nats_server import ports_of

ROOT = Path(__file__).parents[2]
NANOSECONDS = 1_000_000_000


def test_the_image_sets_the_modes_of_copied_files() -> None:
    """A checkout made under `umask 077` has files that only root may read."""
    build = (ROOT / "deploy" / "Dockerfile").read_text().partition("COPY . .")[2]
    assert "RUN chmod -R u=rwX,go=rX ." in build.partition("\nFROM")[0]


def test_the_terminals_image_sets_the_modes_of_copied_files() -> None:
    """Its user is `nobody`."""
    lines = (ROOT / "deploy" / "terminal.Dockerfile").read_text().splitlines()
    copied = [line for line in lines if line.startswith("COPY") and "--from=" not in line]
    assert copied
    assert all("--chmod=644" in line for line in copied)


def test_files_for_containers_have_no_carriage_returns() -> None:
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text()


def jetstream_as_understood(folder: Path, config: str) -> dict[str, Any]:
    """Return JetStream's configuration as the server's monitoring port reports it."""
    with shop_nats(folder, f'{config}\nhttp: "127.0.0.1:-1"\n') as server:
        assert server.process
        address = ports_of(server.process, folder)["monitoring"][0]
        with urllib.request.urlopen(f"{address}/varz", timeout=60) as answer:
            status = json.load(answer)
    config_as_understood: dict[str, Any] = status["jetstream"]["config"]
    return config_as_understood


def seconds_between_syncs(folder: Path, config: str) -> float:
    return float(jetstream_as_understood(folder, config)["sync_interval"]) / NANOSECONDS


def test_nats_syncs_each_message_before_it_acknowledges_it(tmp_path: Path) -> None:
    assert jetstream_as_understood(tmp_path, CONFIG)["sync_always"] is True


def test_an_unquoted_duration_is_read_as_another_value(tmp_path: Path) -> None:
    """`2m` is two million, of which the server makes seconds; so ours stand in quotes."""
    unquoted = "jetstream { sync_interval: 2m }"
    quoted = 'jetstream { sync_interval: "2m" }'
    assert seconds_between_syncs(tmp_path / "unquoted", unquoted) == 2_000_000
    assert seconds_between_syncs(tmp_path / "quoted", quoted) == 120
