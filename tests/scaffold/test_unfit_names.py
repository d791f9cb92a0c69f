"""Names of scaffolds: classes in the singular, and a folder of `apps/` that is no app yet."""

from pathlib import Path

import pytest

from apps.scaffold import names
from apps.scaffold.errors import UnfitName


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("orders.shipped", "OrderShipped"),
        ("deliveries.booked", "DeliveryBooked"),
        ("boxes.packed", "BoxPacked"),
        ("dishes.washed", "DishWashed"),
        ("prices.changed", "PriceChanged"),
        ("status.changed", "StatusChanged"),
        ("glass.broken", "GlassBroken"),
        ("news.read", "NewsRead"),
    ],
)
def test_the_class_of_an_event_has_its_first_word_in_the_singular(subject: str, name: str) -> None:
    assert names.event_class(subject) == name


def test_the_error_of_a_folder_without_its_config_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "apps" / "deliveries").mkdir(parents=True)
    with pytest.raises(UnfitName, match=r"^apps/deliveries has no apps\.py: write one"):
        names.app("deliveries", tmp_path)
    (tmp_path / "apps" / "deliveries" / "apps.py").touch()
    assert names.app("deliveries", tmp_path) == "deliveries"
