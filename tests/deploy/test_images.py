"""Images: the command that pins them, tried beside a stand-in for `docker`; no architecture."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose_file import ROOT

FILES = ("docker-compose.yml", *(f"deploy/{each.name}" for each in ROOT.glob("deploy/*Dockerfile")))
DOCKER = """#!/bin/sh
[ "$1 $2 $3" = "buildx imagetools inspect" ] || exit 1
echo "$4" >> "$ASKED"
printf 'sha256:%s' "$(printf %s "$4$AGAIN" | sha256sum | cut -d' ' -f1)"
"""
PINNED = re.compile(
    r"(?:image: (?:&\w+ )?|FROM |--from=)([a-z0-9./-]+:v?\d[^@\s]*)@sha256:[0-9a-f]{64}"
)
OF_AN_ARCHITECTURE = re.compile(r"amd64|arm64|aarch64|x86_64|--platform|platform:")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the files, and a `docker` that knows a digest of each image."""
    (tmp_path / "deploy").mkdir()
    for file in (*FILES, "deploy/pin_images.sh"):
        shutil.copy(ROOT / file, tmp_path / file)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    return tmp_path


def pin(checkout: Path, again: str = "") -> list[str]:
    """Type the line of docs/operations.md; return the images that were asked for."""
    (line,) = re.findall(r"^deploy/pin_images.*$", (ROOT / "docs/operations.md").read_text(), re.M)
    asked = checkout / f"asked{again}"
    path = f"{checkout / 'bin'}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "ASKED": str(asked), "AGAIN": again}
    subprocess.run(["sh", "-c", line], cwd=checkout, env=environment, check=True)
    return asked.read_text().split()


def text_of(checkout: Path) -> str:
    return "".join((checkout / file).read_text() for file in FILES)


def test_each_image_gets_its_digest_and_nothing_else_changes(checkout: Path) -> None:
    before = text_of(checkout)
    images = pin(checkout)
    pinned = text_of(checkout)
    assert {*PINNED.findall(pinned)} == {*images}
    assert {"postgres:17.12-trixie", "python:3.13.5-slim-trixie", "debian:13.8-slim"} < {*images}
    assert re.sub(r"@sha256:[0-9a-f]{64}", "", pinned) == before


def test_a_digest_is_replaced_by_a_newer_one(checkout: Path) -> None:
    images = pin(checkout)
    first = text_of(checkout)
    assert pin(checkout, again="-again") == images
    second = text_of(checkout)
    assert second != first
    assert len(re.findall("sha256:", second)) == len(re.findall("sha256:", first))


def test_a_docker_without_an_answer_changes_nothing(checkout: Path) -> None:
    before = text_of(checkout)
    (checkout / "bin/docker").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(subprocess.CalledProcessError):
        pin(checkout)
    assert text_of(checkout) == before


@pytest.mark.parametrize("file", [*FILES, "deploy/compose.cluster.yml"])
def test_no_file_names_an_architecture(file: str) -> None:
    assert OF_AN_ARCHITECTURE.findall((ROOT / file).read_text()) == []
