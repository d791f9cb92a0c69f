"""A folder of `apps/` that is no app yet: the error says what it lacks."""

from pathlib import Path

import pytest

from apps.scaffold import names
from apps.scaffold.errors import UnfitName


def test_the_error_of_a_folder_without_its_config_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "apps" / "deliveries").mkdir(parents=True)
    with pytest.raises(UnfitName, match=r"^apps/deliveries has no apps\.py: write one"):
        names.app("deliveries", tmp_path)
    (tmp_path / "apps" / "deliveries" / "apps.py").touch()
    assert names.app("deliveries", tmp_path) == "deliveries"
