"""System checks of the messaging settings: what contradicts itself, and the mend."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


def seams_are_the_demos_alone(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    if settings.DEMO or not settings.SEAMS:
        return []
    return [
        Error(
            "SEAMS is set where DEMO is not: it would break messages on purpose.",
            hint="Remove SEAMS from the environment. Until then it is not obeyed.",
            id="messaging.E001",
        )
    ]
