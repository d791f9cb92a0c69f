"""With the example of an override in compose, a changed responder answers by its new code."""

import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from nats.errors import NoRespondersError

from tests.acceptance.compose import ROOT, Project, engine_answers
from tests.acceptance.nats_client import NatsClient
from tests.support.checkout import files_of_the_checkout
from tests.support.ports import free_port
from tests.support.waiting import eventually

LIVE_WITHIN_SECONDS = 3.0
OVERRIDE = "deploy/docker-compose.override.example.yml"
RESPONDERS = "apps/pricing/responders.py"
OLD, NEW = "unknown SKU {query.sku!r}", "no such SKU as {query.sku!r}"
ASKED = b'{"sku": "NOBODY-SELLS-IT"}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose files may be changed, and read by the user of the containers."""
    folder = tmp_path_factory.mktemp("compose") / "shop"
    for name in files_of_the_checkout():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    shutil.copy(folder / OVERRIDE, folder / "docker-compose.override.yml")
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            read = stat.S_IRGRP | stat.S_IROTH
            path.chmod(path.stat().st_mode | (read | 0o011 if path.is_dir() else read))
    return folder


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    return {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}


@pytest.fixture(scope="module")
def project(folder: Path, ports: dict[str, str]) -> Iterator[Project]:
    """One responder and what it needs, so that no second one answers by old code."""
    if not engine_answers():
        pytest.skip("no Docker engine answers")
    project = Project(f"reload-{uuid.uuid4().hex[:8]}", ports, folder)
    try:
        one = ("--scale", "price_responder=1", "price_responder")
        project.run("up", "--build", "--detach", "--wait", *one)
        yield project
    finally:
        project.vanish()


@pytest.fixture(scope="module")
def nats(project: Project, ports: dict[str, str]) -> Iterator[NatsClient]:
    with closing(NatsClient(f"nats://developer:demo@127.0.0.1:{ports['NATS_PORT']}")) as client:
        yield client


def refusal(nats: NatsClient) -> str:
    """Ask for a price that no one knows; return what is said, or nothing if no one answers."""
    try:
        return nats.request("price.lookup", ASKED, within=1).headers.get("Nats-Service-Error", "")
    except (TimeoutError, NoRespondersError):
        return ""


@pytest.mark.slow
def test_a_changed_responder_answers_within_three_seconds(nats: NatsClient, folder: Path) -> None:
    assert refusal(nats).startswith("unknown SKU")
    file = folder / RESPONDERS
    text = file.read_text()
    assert text.count(OLD) == 1
    file.write_text(text.replace(OLD, NEW))
    eventually(lambda: refusal(nats).startswith("no such SKU"), within=LIVE_WITHIN_SECONDS)


@pytest.mark.slow
def test_a_broken_file_is_named_and_the_old_code_goes_on(
    nats: NatsClient, folder: Path, project: Project
) -> None:
    before = eventually(lambda: refusal(nats))
    file = folder / RESPONDERS
    good = file.read_text()
    file.write_text(f"{good}\ndef broken(:\n")
    named = f"{RESPONDERS} is not live: invalid syntax"
    eventually(lambda: named in project.run("logs", "--no-color", "price_responder"))
    assert refusal(nats) == before
    file.write_text(good)
