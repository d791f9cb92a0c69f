"""A decoder that finds no Pillow, as where it is missing in the interpreter that starts it."""

from pathlib import Path

import pytest

from apps.images import sandbox


def hide_pillow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the next decoder; this process has imported it already."""
    (folder / "PIL.py").write_text('raise ImportError("there is no Pillow")')
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sandbox, "_idle", [])
