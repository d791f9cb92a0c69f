"""The settings as `manage.py check --deploy` judges them: a finding for each message."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import run_checks

from apps.messaging.finding import Finding, broken, warning, well


def findings() -> Iterator[Finding]:
    found = [
        each
        for each in run_checks(include_deployment_checks=not settings.DEMO)
        if not each.is_silenced()
    ]
    if not found:
        yield well("settings", "they can be read, and do not contradict each other")
    for each in found:
        kind = broken if each.is_serious() else warning
        seen = " ".join(f"{each.msg} ({each.id})".split())
        yield kind("settings", seen, " ".join((each.hint or "").split()).rstrip("."))
