"""Plugin of pytest with the fixtures of the test kit; `pytest_plugins` in conftest.py names it."""

import pytest

from apps.messaging.testing.answering import Answers
from apps.messaging.testing.delivering import Deliver
from apps.messaging.testing.published import PublishedMessages
from apps.messaging.testing.working import WorkOn


@pytest.fixture
def published() -> PublishedMessages:
    """Return what the code under test has recorded in the outbox, as its classes."""
    return PublishedMessages()


@pytest.fixture
def deliver() -> Deliver:
    """Deliver events to their consumers, once, twice, or with a crash between."""
    return Deliver()


@pytest.fixture
def work() -> WorkOn:
    """Hand a job to its handler, once, twice, or with a crash between."""
    return WorkOn()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Give callers of request-reply their answers, without a server."""
    return Answers(monkeypatch)
