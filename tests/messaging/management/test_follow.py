"""`manage.py follow`: what it shows of one key, and which lines of a log it keeps."""

import io
import sys

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from apps.messaging.hooks.tracing import following
from apps.messaging.management.commands.follow import lines_about
from tests.messaging.support.rows import record
from tests.support.spans import CALLER, NOT_SAMPLED, TRACE

LOG = f"""\
web-1  | 10:00:00.000 [info     ] order placed   order=pot-1 trace_id={TRACE}
web-1  | 10:00:00.001 [info     ] order placed   order=pot-2 trace_id={"e" * 32}
relay  | 10:00:00.002 [error    ] failed         trace_id={TRACE}
relay  |   Traceback (most recent call last):
relay  |     KeyError: 'lid'
relay  | 10:00:00.003 [info     ] stopped
"""


def test_lines_of_the_key_and_of_its_trace_are_kept_with_their_tracebacks() -> None:
    kept = list(lines_about(["pot-1", TRACE], LOG.splitlines(keepends=True)))
    assert [line.split()[0] for line in kept] == ["web-1", "relay", "relay", "relay"]
    assert "KeyError" in kept[-1]


@pytest.mark.django_db
def test_a_line_that_is_no_text_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = io.BytesIO(b"web-1  | sent \xff\nweb-1  | order placed order=pot-1\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(log, encoding="utf-8"))
    call_command("follow", "pot-1")
    assert capsys.readouterr().out == "web-1  | order placed order=pot-1\n"


@pytest.mark.django_db(transaction=True)
def test_it_shows_hops_traces_and_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.TRACE_VIEWER = "https://traces.example.com/{trace}"
    settings.TRACES_URL = "http://127.0.0.1:4318/v1/traces"
    with following(CALLER):
        record("pot-1")
    monkeypatch.setattr(sys, "stdin", io.StringIO(LOG.replace("order=pot-1 ", "")))
    call_command("follow", "pot-1")
    hop, trace, *lines = capsys.readouterr().out.splitlines()
    assert hop.endswith(" recorded teas.brewed")
    assert trace == f"trace {TRACE} https://traces.example.com/{TRACE}"
    assert len(lines) == 4


@pytest.mark.django_db(transaction=True)
def test_a_trace_that_is_not_sampled_has_lines_and_no_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.TRACE_VIEWER = "https://traces.example.com/{trace}"
    settings.TRACES_URL = "http://127.0.0.1:4318/v1/traces"
    with following(NOT_SAMPLED):
        record("pot-1")
    monkeypatch.setattr(sys, "stdin", io.StringIO(LOG.replace("order=pot-1 ", "")))
    call_command("follow", "pot-1")
    _, trace, *lines = capsys.readouterr().out.splitlines()
    assert trace == f"trace {TRACE}"
    assert len(lines) == 4
