"""An operator changes the log level of a real worker and of `web` while they run."""

from pathlib import Path

import pytest

from tests.support.nats_server import NatsServer
from tests.support.processes import worker_process
from tests.support.served import status_of, web
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_running_worker_takes_the_level_of_the_file(
    nats_server: NatsServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, log = tmp_path / "log_level", ""

    def has_said() -> bool:
        nonlocal log
        log += capfd.readouterr().err
        return "log level set" in log and "to=DEBUG" in log

    with worker_process("outbox_relay", nats_server, LIVE_LOG_LEVEL_FILE=str(file)):
        assert not has_said()
        file.write_text("DEBUG")
        eventually(has_said, within=20, what="the worker logs its new level")


def test_a_running_web_takes_it_at_a_request(
    nats_server: NatsServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, log = tmp_path / "log_level", ""

    def has_said() -> bool:
        nonlocal log
        status_of("/readyz", port)
        log += capfd.readouterr().err
        return "log level set" in log and "to=DEBUG" in log

    with web(nats_server, LIVE_LOG_LEVEL_FILE=str(file)) as port:
        assert not has_said()
        file.write_text("DEBUG")
        eventually(has_said, within=20, what="web logs its new level")
