"""Whether the process that decodes can start, and what is said where it cannot."""

from pathlib import Path

import pytest

from apps.images import sandbox
from apps.images.errors import DecoderLost
from tests.images.drawn import draw, encode
from tests.images.no_pillow import hide_pillow


def test_a_decoder_without_pillow_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    hide_pillow(tmp_path, monkeypatch)
    with pytest.raises(DecoderLost, match=r"cannot import Pillow: install requirements/base\.txt"):
        sandbox.inspect(encode(draw()))
    assert capfd.readouterr().err == "decoder: there is no Pillow\n"
