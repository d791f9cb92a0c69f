"""Expired sessions are deleted in chunks, whatever their ends are."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.messaging.operations import expired_sessions
from apps.messaging.operations.expired_sessions import delete_expired_sessions

pytestmark = pytest.mark.django_db


def make_sessions(*ends: int) -> None:
    """Insert sessions that end in so many minutes."""
    for number, minutes in enumerate(ends):
        end = timezone.now() + timedelta(minutes=minutes)
        Session.objects.create(session_key=str(number), session_data="", expire_date=end)


def test_an_open_session_stays() -> None:
    make_sessions(-2, -1, 60)
    assert delete_expired_sessions() == 2
    assert Session.objects.get().session_key == "2"


def test_many_sessions_are_deleted_a_chunk_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expired_sessions, "CHUNK_ROWS", 2)
    make_sessions(-1, -2, -3, -4, -5, -6, -7, 60)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert delete_expired_sessions() == 7
    said = [each["sql"] for each in statements]
    assert sum(each.startswith("DELETE") for each in said) == 3
    assert not any("session_key" in each for each in said)
    assert Session.objects.count() == 1
