"""Code is shown as it runs here."""

import inspect
import re
from pathlib import Path

from django.conf import settings

from apps.catalog import services
from apps.lab.patterns import source
from apps.messaging import outbox
from apps.messaging.pubsub import broadcast
from apps.notifications import tasks

SHEET = settings.BASE_DIR / "apps" / "lab" / "static" / "lab" / "code.css"


def test_a_function_is_shown_with_file_and_lines() -> None:
    code = source.code_of(outbox.record)

    lines = (settings.BASE_DIR / code.file).read_text().splitlines()
    assert code.file == "apps/messaging/outbox/recording.py"
    assert lines[code.first - 1].startswith("def record(")
    assert lines[code.last - 1] == code.text.splitlines()[-1]


def test_a_decorated_function_is_unwrapped() -> None:
    code = source.code_of(services.change_price)

    assert code.file == "apps/catalog/services.py"
    assert code.text.startswith("@transaction.atomic\ndef change_price(")


def test_a_celery_task_is_shown_as_its_function() -> None:
    assert "def send_mail(mail_id: int)" in source.code_of(tasks.send_mail).text


def test_each_line_has_its_number() -> None:
    code = source.code_of(outbox.record)

    numbers = [int(number) for number in re.findall(r'data-line="(\d+)"', code.html)]
    assert numbers == list(range(code.first, code.last + 1))


def test_the_line_of_the_hook_is_marked() -> None:
    html = source.code_of(broadcast.publish, frozenset({"core.publishing"})).html

    marked = [line for line in html.splitlines() if "line-here" in line]
    assert len(marked) == 1
    assert "core.publishing" in marked[0]


def test_code_is_escaped() -> None:
    html = source.python('print("<b>&")')

    assert "<b>" not in html
    assert "&lt;b&gt;&amp;" in html


def test_a_string_of_several_lines_is_coloured_on_each() -> None:
    lines = source.python('"""One.\n\nTwo."""').split("\n")

    assert [line.count("<span") for line in lines] == [1, 1, 1]
    assert [line.count("</span") for line in lines] == [1, 1, 1]


def test_every_colour_is_in_the_stylesheet() -> None:
    sheet = Path(SHEET).read_text()

    missing = {name for _, name in source.CLASSES if f".code .{name} {{" not in sheet}
    assert missing == set()


def test_source_finds_code_that_reaches_a_hook() -> None:
    assert source.reaches(broadcast.publish, "core.publishing")
    assert not source.reaches(broadcast.announce, "core.publishing")
    assert '"core.publishing"' in inspect.getsource(broadcast.publish)
