import pytest

from apps.messaging.backoff import backoff


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0.25), (1, 0.5), (2, 1), (3, 2), (4, 2), (10**6, 2)]
)
def test_the_delay_doubles_up_to_the_longest(failures: int, seconds: float) -> None:
    assert backoff(failures, first=0.5, longest=2) == seconds


def test_the_first_delay_is_not_over_the_longest() -> None:
    assert backoff(1, first=5, longest=2) == 2
