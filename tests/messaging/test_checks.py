"""Environment variables that botocore would obey instead of the settings."""

from collections.abc import Iterator

import pytest
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS

from apps.messaging.checks import BOTOCORES_OWN, requests_go_where_the_settings_say

READ_BY_THE_SETTINGS = "AWS_DEFAULT_REGION"


def read_by_botocore() -> Iterator[str]:
    for table in (BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS):
        for _, variables, *_ in table.values():
            yield from [variables] if isinstance(variables, str) else variables or ()


def test_every_environment_variable_of_botocore_is_listed() -> None:
    assert set(read_by_botocore()) - {READ_BY_THE_SETTINGS} == set(BOTOCORES_OWN)


@pytest.mark.parametrize("service", ["S3", "SQS"])
def test_a_service_endpoint_outside_the_settings_is_rejected(
    monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    assert requests_go_where_the_settings_say(None) == []
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", "http://sqs.example.com")
    (error,) = requests_go_where_the_settings_say(None)
    assert error.id == "messaging.E004"
    assert error.msg.startswith(f"AWS_ENDPOINT_URL_{service} is set")
    assert error.hint
