"""The report of `manage.py doctor`: aligned lines, a summary, and JSON."""

import json

from apps.messaging.finding import broken, skipped, warning, well
from orders_site.doctor import report

FOUND = [
    well("python", "3.13.0"),
    warning("HTTPS_PROXY", "is set", "unset it"),
    broken("nats", "does not answer\n\x1b[31m", "start it"),
    skipped("servers", "as nothing runs"),
]


def test_each_finding_is_one_aligned_line_with_its_mend() -> None:
    assert report.lines(FOUND) == [
        "ok       python       3.13.0",
        "warning  HTTPS_PROXY  is set -> unset it",
        "BROKEN   nats         does not answer  [31m -> start it",
        "skipped  servers      not looked at, as nothing runs",
    ]


def test_the_summary_counts() -> None:
    assert report.summary(FOUND) == "1 broken, 1 warning"
    assert report.summary([FOUND[1], FOUND[1]]) == "nothing is broken, 2 warnings"
    assert report.summary([FOUND[0], FOUND[3]]) == "all well"


def test_json_has_each_finding() -> None:
    said = json.loads(report.as_json(FOUND, of_the_demo=True))
    assert (said["looked_at"], said["well"]) == ("demo", False)
    assert said["findings"][1] == {
        "name": "HTTPS_PROXY",
        "state": "warning",
        "seen": "is set",
        "mend": "unset it",
    }
    assert json.loads(report.as_json(FOUND[:2], of_the_demo=False))["well"] is True
