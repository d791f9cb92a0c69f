"""Throughput and latency, from hops."""

import pytest

from apps.lab.feed import figures as figures_module
from apps.lab.feed.figures import BIN, SECONDS, LoadFigures, percentile
from tests.lab.made_hops import hop

NOW = 1_000_000_020.5
END = 1_000_000_020


@pytest.fixture
def figures() -> LoadFigures:
    return LoadFigures()


def placed(figures: LoadFigures, key: str, at: float) -> None:
    figures.add(hop("outbox.recorded", destination="orders.placed", key=key, at=at))


def confirmed(figures: LoadFigures, key: str, at: float) -> None:
    figures.add(hop("outbox.recorded", destination="orders.confirmed", key=key, at=at))


def test_each_order_is_counted_in_its_second(figures: LoadFigures) -> None:
    placed(figures, "a", END - 2)
    placed(figures, "b", END - 1.5)
    confirmed(figures, "a", END - 0.5)
    result = figures.as_dict(NOW)
    assert result["placed"][-2:] == [2, 0]
    assert result["confirmed"][-2:] == [0, 1]
    assert len(result["placed"]) == SECONDS


def test_the_current_second_is_left_out(figures: LoadFigures) -> None:
    placed(figures, "a", END + 0.2)
    assert sum(figures.as_dict(NOW)["placed"]) == 0
    assert sum(figures.as_dict(NOW + 1)["placed"]) == 1


def test_latency_is_from_placed_to_confirmed(figures: LoadFigures) -> None:
    for number in range(20):
        placed(figures, str(number), END - 3)
        confirmed(figures, str(number), END - 3 + 0.1 * (number + 1))
    result = figures.as_dict(NOW)
    assert (result["count"], result["p50_all"], result["p95_all"]) == (20, 1000, 1900)


def test_each_bin_has_its_own_percentiles(figures: LoadFigures) -> None:
    for age, took in ((52.0, 0.3), (2.0, 0.1)):
        placed(figures, str(age), END - age)
        confirmed(figures, str(age), END - age + took)
    known = [ms for ms in figures.as_dict(NOW)["p50"] if ms is not None]
    assert known == [300, 100]
    assert len(figures.as_dict(NOW)["p50"]) == SECONDS // BIN + 1


def test_an_order_confirmed_twice_counts_once(figures: LoadFigures) -> None:
    placed(figures, "a", END - 4)
    confirmed(figures, "a", END - 3)
    confirmed(figures, "a", END - 2)
    result = figures.as_dict(NOW)
    assert sum(result["confirmed"]) == 1
    assert result["p50_all"] == 2000


def test_an_order_without_a_beginning_has_no_latency(figures: LoadFigures) -> None:
    confirmed(figures, "a", END - 3)
    result = figures.as_dict(NOW)
    assert (sum(result["confirmed"]), result["count"], result["p50_all"]) == (1, 0, None)


def test_old_orders_are_dropped(figures: LoadFigures) -> None:
    placed(figures, "a", END - 3)
    assert sum(figures.as_dict(NOW)["placed"]) == 1
    figures.as_dict(NOW + SECONDS + 90)
    assert sum(figures.as_dict(NOW)["placed"]) == 0


def test_the_number_of_orders_is_limited(
    figures: LoadFigures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures_module, "KEPT", 2)
    for second, key in enumerate("abc"):
        placed(figures, key, END - 9 + second)
    assert figures.as_dict(NOW)["placed"][-9:-6] == [0, 1, 1]


def test_other_hops_are_no_orders(figures: LoadFigures) -> None:
    figures.add(hop("relay.published", destination="orders.placed", key="a", at=END - 3))
    figures.add(hop("outbox.recorded", destination="jobs", key="photo:7", at=END - 3))
    assert sum(figures.as_dict(NOW)["placed"]) == 0


@pytest.mark.parametrize(
    ("values", "p50", "p95"),
    [
        ([], None, None),
        ([7.0], 7, 7),
        ([1.0, 2.0], 1, 2),
        ([float(n) for n in range(1, 101)], 50, 95),
    ],
)
def test_a_percentile_is_one_of_the_values(
    values: list[float], p50: int | None, p95: int | None
) -> None:
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (p50, p95)
