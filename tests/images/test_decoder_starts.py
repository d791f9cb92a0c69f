"""Whether the decoder process can start, and its error if it cannot."""

import subprocess
import sys
from pathlib import Path

import PIL
import pytest

from apps.images import sandbox
from apps.images.errors import DecoderLost
from tests.images.drawn import draw, encode
from tests.images.no_pillow import hide_pillow
from tests.support.processes import ROOT

ASK = """
import sys
from apps.images import sandbox
print(sandbox.inspect(sys.stdin.buffer.read()).width)
"""


def test_the_decoder_finds_pillow_among_the_users_own_packages(tmp_path: Path) -> None:
    """In an interpreter without packages, as after `pip install --user`."""
    python = str(Path(sys.executable).resolve())
    environment = {"PYTHONUSERBASE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment |= {"DJANGO_SETTINGS_MODULE": "orders_site.settings", "DEMO": "true"}
    where = subprocess.check_output([python, "-m", "site", "--user-site"], env=environment)
    folder = Path(where.decode().strip())
    folder.parent.mkdir(parents=True)
    folder.symlink_to(Path(PIL.__file__).parents[1])
    asked = subprocess.run(
        [python, "-c", ASK], env=environment, input=encode(draw()), capture_output=True, check=False
    )
    assert (asked.returncode, asked.stdout) == (0, b"64\n"), asked.stderr


def test_a_decoder_without_pillow_reports_it_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    hide_pillow(tmp_path, monkeypatch)
    with pytest.raises(DecoderLost, match=r"cannot import Pillow: install requirements/base\.txt"):
        sandbox.inspect(encode(draw()))
    assert capfd.readouterr().err == "decoder: there is no Pillow\n"
