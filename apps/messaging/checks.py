"""System checks of the messaging settings: what contradicts itself, and the mend."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

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
    """Look only where there is such a variable: boto3 takes time, and memory of every worker."""
    found = {name: os.environ.get(name) for name in BOTOCORES_OWN}
    # The demo names the empty file, so that nobody's own is read.
    given = [f"{name}={text}" for name, text in found.items() if text not in (None, "", os.devnull)]
    if not given:
        return []
    if trouble := import_string("apps.messaging.sqs_client.trouble_with_the_account")():
        hint = "Unset what is another project's, or name what is there."
        return [Error(f"{', '.join(given)}: {trouble}", hint=hint, id="messaging.E002")]
    return []
