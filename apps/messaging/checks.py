"""System checks of the messaging settings: contradictions, and how to correct them."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

BOTOCORES_FILES = ("AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
"""Botocore ignores a missing one, or fails at the first request."""
BOTOCORES_OWN = (
    *BOTOCORES_FILES,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_CSM_CLIENT_ID",
    "AWS_CSM_ENABLED",
    "AWS_CSM_HOST",
    "AWS_CSM_PORT",
    "AWS_DATA_PATH",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_PROFILE",
    "AWS_DISABLE_HOST_PREFIX_INJECTION",
    "AWS_DISABLE_REQUEST_COMPRESSION",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_ENDPOINT_DISCOVERY_ENABLED",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_IMDS_USE_IPV6",
    "AWS_MAX_ATTEMPTS",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "AWS_METADATA_SERVICE_TIMEOUT",
    "AWS_PROFILE",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_RETRY_MODE",
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
    "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
    "AWS_S3_USE_ARN_REGION",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
    "AWS_SDK_UA_APP_ID",
    "AWS_SIGV4A_SIGNING_REGION_SET",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "BOTOCORE_TCP_KEEPALIVE",
)
"""Variables that botocore reads by itself, and no setting here does."""
OUR_SERVICES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS")


def failpoints_are_the_demos_alone(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    """Return an error where `FAILPOINTS` is set outside the demo."""
    if settings.DEMO or not settings.FAILPOINTS:
        return []
    return [
        Error(
            "FAILPOINTS is set where DEMO is not: it would break messages on purpose.",
            hint="Remove FAILPOINTS from the environment. Until then it is ignored.",
            id="messaging.E001",
        )
    ]


def the_account_can_be_read(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    """Check only if such a variable is set: boto3 takes time, and memory in every worker."""
    if missing := list(_missing_files()):
        return missing
    found = {name: os.environ.get(name) for name in BOTOCORES_OWN}
    # The demo names the empty file, so that no user's own is read.
    given = [name for name, text in found.items() if text not in (None, "", os.devnull)]
    if not given:
        return []
    if trouble := import_string("apps.messaging.brokers.sqs.trouble_with_the_account")():
        # If two variables are wrong in the same way, to unset one alone would not help.
        guilty = import_string("apps.messaging.brokers.sqs.to_blame")(given, trouble) or given
        named = ", ".join(f"{name}={found[name]}" for name in guilty)
        hint = "Unset what is another project's, or name what is there."
        return [Error(f"{named}: {trouble}", hint=hint, id="messaging.E002")]
    return []


def _missing_files() -> Iterator[CheckMessage]:
    for name in BOTOCORES_FILES:
        path = os.environ.get(name)
        if path and not Path(path).expanduser().exists():
            yield Error(
                f"{name}={path} is not there.",
                hint="Unset it, or name a file that is there.",
                id="messaging.E003",
            )


def requests_go_where_the_settings_say(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    """botocore's variable for one service would redirect the calls that our setting directs."""
    return [
        Error(
            f"{name} is set, and would not be obeyed: AWS_ENDPOINT_URL alone says where to ask.",
            hint="Unset it; AWS_ENDPOINT_URL names a stand-in for both SQS and S3.",
            id="messaging.E004",
        )
        for name in OUR_SERVICES
        if os.environ.get(name)
    ]
