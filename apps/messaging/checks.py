"""System checks of the messaging settings: what contradicts itself, and the mend."""

import os
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from apps.messaging import sqs_client

BOTOCORES_OWN = (
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULTS_MODE",
    "AWS_PROFILE",
    "AWS_RETRY_MODE",
    "AWS_SHARED_CREDENTIALS_FILE",
)
"""Variables that botocore obeys by itself, and that no setting of ours is read from."""


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


def the_account_can_be_read(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    """Look only where there is such a variable: making a client takes a tenth of a second."""
    given = [f"{name}={os.environ[name]}" for name in BOTOCORES_OWN if os.environ.get(name)]
    if not given:
        return []
    try:
        sqs_client.client()
    except (BotoCoreError, ValueError) as error:
        hint = "Unset what is another project's, or name what is there."
        return [Error(f"{', '.join(given)}: {error}", hint=hint, id="messaging.E002")]
    return []
