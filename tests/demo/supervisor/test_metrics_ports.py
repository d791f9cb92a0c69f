"""The demo's workers have ports of their own for `/metrics`, and the demo writes them down."""

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.demo.supervisor import metrics_ports, programs
from apps.demo.supervisor.metrics_ports import port_of


def test_each_instance_of_each_worker_has_a_port_of_its_own(settings: Settings) -> None:
    settings.METRICS_PORT = 9100
    shop = programs.workers(dict.fromkeys(settings.WORKERS, 5))
    ports = [port_of(each.title, each.instance) for each in shop]
    assert len({*ports}) == len(ports)
    assert min(ports) == 9100


@pytest.mark.parametrize(("base", "title"), [(0, "workers.outbox_relay"), (9100, "web")])
def test_others_have_none(settings: Settings, base: int, title: str) -> None:
    settings.METRICS_PORT = base
    assert port_of(title, "") == 0


def test_the_written_targets_are_the_ports_of_the_processes(
    settings: Settings, tmp_path: Path
) -> None:
    settings.METRICS_PORT = 9100
    metrics_ports.keep_targets(tmp_path)
    written = json.loads((tmp_path / metrics_ports.FILE).read_text())
    jobs = [(each["labels"]["job"], each["targets"]) for each in written]
    assert jobs[0] == ("web", [f"127.0.0.1:{settings.PORT}"])
    assert len(jobs) == 1 + sum(settings.WORKERS.values())
    name = max(settings.WORKERS, key=lambda each: settings.WORKERS[each])
    last = port_of(f"workers.{name}", str(settings.WORKERS[name]))
    assert (name, [f"127.0.0.1:{last}"]) in jobs
