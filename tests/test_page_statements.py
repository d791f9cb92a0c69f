"""Statements of the pages with a figure, compared with the code."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from apps.demo.supervisor.process import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS
from apps.demo.supervisor.room import bytes_needed
from apps.images.jobs import QUEUE as RESIZING
from apps.images.pictures import MAX_PIXELS, WIDTHS
from apps.messaging import admin as messaging_admin
from apps.messaging import admin_lists
from apps.messaging.events import delivery, streams
from apps.messaging.handling import judging
from apps.messaging.jobs.celery_queue import QUEUE as MAILS
from apps.messaging.message import MAX_MESSAGE_BYTES
from apps.messaging.names import PREFIX
from apps.messaging.operations.metrics import exposition
from apps.messaging.operations.provisioning import PAUSES_UNTIL_FILES_ARE_GONE
from apps.messaging.operations.sent_rows import SENT_KEPT
from apps.messaging.outbox import claims, holds, marks, recording
from apps.messaging.recovery import causes
from apps.messaging.request_reply import client
from apps.notifications import put_off, queries, tasks
from apps.orders.events import ORDERS
from orders_site.conf import mailers
from orders_site.http import probes, server
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
NO_METRICS = re.compile(r"shop_(app|migrate|pictures|workers|[ab])$")
"""Roles at PostgreSQL, accounts at NATS."""

REMOVED = {"replay_orders"}
"""Commands that only the changelog names."""
MAIL_CLAIM = mailers.claim_of(mailers.mailer_from(mailers.email_url("smtp://mail.example.com")))
STATEMENTS: list[tuple[str, str, Any, Any]] = [
    ("sqs-jobs.md", "to `jobs-dlq` after a hundred receives", RESIZING.max_receive_count, 100),
    ("sqs-jobs.md", "otherwise after five failures", RESIZING.max_failures, 5),
    ("sqs-jobs.md", "1600, 800 and 200 pixels", WIDTHS, (1600, 800, 200)),
    ("celery-on-sqs.md", "at most 16 s", tasks.LONGEST_RETRY_SECONDS, 16),
    ("celery-on-sqs.md", "claims a mail for 190 s", MAIL_CLAIM, timedelta(seconds=190)),
    ("decisions.md", "up to 17 times", mailers.ANSWERS, 17),
    ("decisions.md", "after sixty deliveries", judging.FREE_BUSY_ATTEMPTS, 60),
    ("operations.md", "at the first sixty deliveries", judging.FREE_BUSY_ATTEMPTS, 60),
    ("dead-letters.md", "The newest 5,000 dead letters are grouped", causes.AT_MOST, 5_000),
    ("durable-events.md", "After six failures", delivery.MAX_FAILURES, 6),
    ("durable-events.md", "for ten minutes", streams.DUPLICATE_WINDOW, timedelta(minutes=10)),
    (
        "dead-letters.md",
        "of Celery's queue, whose tasks leave no record, five",
        MAILS.max_receive_count,
        5,
    ),
    ("operations.md", "JetStream after 10 s", streams.ACK_WAIT, timedelta(seconds=10)),
    ("operations.md", "at most 15 s", holds.LONGEST_HOLD, timedelta(seconds=15)),
    ("operations.md", "`max_bytes` (1 GiB)", ORDERS.max_bytes, 1024**3),
    ("operations.md", "for seven days", ORDERS.max_age, timedelta(days=7)),
    ("operations.md", "24 hours ago can not be sent again", SENT_KEPT, timedelta(hours=24)),
    ("operations.md", "passed it for ten minutes", holds.ALONE_FOR, timedelta(minutes=10)),
    ("operations.md", "finds 256 before it", server.MOST_WAITING, 256),
    ("operations.md", "of 25 megapixels", MAX_PIXELS, 25_000_000),
    ("request-reply.md", "within 0.15 s", round(sum(client.NO_RESPONDER_PAUSES), 2), 0.15),
    ("traps.md", "limited to 64 KiB", MAX_MESSAGE_BYTES, 64 * 1024),
    ("traps.md", "tries for 1.5 s", sum(PAUSES_UNTIL_FILES_ARE_GONE), pytest.approx(1.5)),
    ("traps.md", "`max_ack_pending` is 1,000", streams.MAX_ACK_PENDING, 1000),
    ("decisions.md", "at most 100 rows that are held", claims.PROBES, 100),
    ("decisions.md", "in the last five seconds of a lease", claims.LAST_CALL, timedelta(seconds=5)),
    ("decisions.md", "a dead letter after five tries", marks.MAX_TRIES, 5),
    ("decisions.md", "growing to two minutes", delivery.LONGEST_DELAY, timedelta(minutes=2)),
    ("decisions.md", "leaves 256 bytes free", recording.ROOM_FOR_REDRIVE, 256),
    ("decisions.md", "after six attempts in half a minute", put_off.AT_ONCE, 6),
    ("decisions.md", "for ten at once", queries.TRIALS, 10),
    ("decisions.md", "in 32 threads", server.THREADS, 32),
    ("decisions.md", "the first 2,000 rows", admin_lists.MOST_COUNTED, 2000),
    ("operations.md", "the last 1,000 of the list", messaging_admin.TEXTS_SEARCHED, 1000),
    ("operations.md", "Four separate threads", probes.AT_ONCE, 4),
    ("differences.md", "1.5 GiB of free disk", bytes_needed() <= 1.5 * 1024**3, True),
    (
        "differences.md",
        "started again after 0.5 to 5 s",
        (FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS),
        (0.5, 5),
    ),
]
"""Page, words of it, what the code has, what the words say."""


@pytest.mark.parametrize(("page", "words", "in_code", "said"), STATEMENTS)
def test_a_figure_of_a_page_is_the_codes(page: str, words: str, in_code: Any, said: Any) -> None:
    assert words in re.sub(r"\s+", " ", (DOCS / page).read_text())
    assert in_code == said


def named(words: str) -> set[str]:
    """Return what stands behind these words on any page, in code."""
    pages = [*DOCS.glob("*.md"), *ROOT.glob("*.md")]
    return {name for page in pages for name in re.findall(words, page.read_text(), re.M)}


def test_each_command_that_a_page_names_is_one() -> None:
    commands = named(r"manage\.py ([a-z_]+)\b")
    assert {"provision", "dead_letters"} <= commands
    assert commands - set(get_commands()) <= REMOVED


def test_each_target_that_a_page_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = named(r"(?:`|^|\()make (?:-s )?([a-z-]+)")
    assert {"demo", "test-slow", "env"} <= targets
    assert targets - set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == set()


def described() -> set[str]:
    """Return the names of all metrics that this process gives now."""
    return set(re.findall(r"^# HELP (\w+)", exposition()[0].decode(), re.MULTILINE))


@pytest.mark.django_db
def test_each_metric_that_a_page_names_is_there() -> None:
    names = {name for name in named(r"\bshop_[a-z_]+\b") if not NO_METRICS.match(name)}
    metrics = {name.removesuffix("_count") for name in names}  # Of a histogram.
    assert "shop_outbox_held" in metrics
    # A part that does not answer within a second has none: the first query on a busy machine.
    eventually(lambda: metrics <= described(), what=lambda: f"metrics {metrics - described()}")


@pytest.mark.django_db
def test_each_metric_of_web_is_on_the_page_of_operations() -> None:
    page = (DOCS / "operations.md").read_text()
    assert [
        name for name in described() if name.startswith(f"{PREFIX}_") and name not in page
    ] == []


def test_each_check_that_a_page_names_is_one() -> None:
    code = "".join(path.read_text() for path in (ROOT / "orders_site").rglob("*.py"))
    checks = named(r"\b[EW]0\d\d\b")
    assert "E023" in checks
    assert [name for name in checks if f'"orders_site.{name}"' not in code] == []
