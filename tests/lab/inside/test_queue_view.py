"""What is drawn of a queue."""

from apps.lab.inside.queue_view import MOST_DRAWN, queue_view
from apps.lab.inside.unsettled import Unsettled

TIMER = Unsettled(consumer="jobs", sequence=0, attempt=1, seconds=20, is_retry=False)


def test_a_hidden_job_with_a_timer_is_drawn_once() -> None:
    view = queue_view("jobs", {"visible": 2, "in_flight": 3}, [TIMER])
    drawn = len(view.drawn_visible), len(view.timers), len(view.drawn_hidden), view.not_drawn
    assert drawn == (2, 1, 2, 0)


def test_a_timer_of_a_job_that_is_not_hidden_any_more_does_not_count() -> None:
    assert queue_view("jobs", {"visible": 0, "in_flight": 0}, [TIMER]).timers == ()


def test_a_timer_of_another_queue_does_not_count() -> None:
    assert queue_view("celery", {"visible": 0, "in_flight": 1}, [TIMER]).timers == ()


def test_of_many_the_rest_is_a_number() -> None:
    view = queue_view("jobs", {"visible": 500, "in_flight": 0}, [])
    assert (len(view.drawn_visible), view.not_drawn) == (MOST_DRAWN, 500 - MOST_DRAWN)


def test_a_queue_that_does_not_answer_says_so() -> None:
    assert queue_view("jobs", {}, []).error == "SQS is away"
