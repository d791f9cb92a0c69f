"""What `manage.py doctor` says of variables in the shell that would lead astray."""

import os

import pytest

from apps.messaging.finding import Finding
from orders_site.doctor import shell


def found(given: dict[str, str], *, of_the_demo: bool = True) -> list[Finding]:
    return list(shell.findings(given, of_the_demo=of_the_demo))


def test_an_empty_shell_is_well() -> None:
    assert [each.state for each in found({})] == ["ok"]


def test_a_python_that_finds_no_module_here_is_named() -> None:
    (said,) = found({"PYTHONSAFEPATH": "1"}, of_the_demo=False)
    assert (said.name, said.state) == ("PYTHONSAFEPATH", "warning")
    assert "python -m workers.NAME" in said.seen


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("of_the_demo", [True, False])
def test_a_proxy_is_named_without_its_password(name: str, of_the_demo: bool) -> None:
    (said,) = found({name: "http://ann:secret@proxy.example.com:3128"}, of_the_demo=of_the_demo)
    assert (said.name, said.state) == (name, "warning")
    assert "proxy.example.com:3128 is asked" in said.seen
    assert "secret" not in str(said)


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL_SQS"])
def test_the_demo_ignores_another_account_and_clients_do_not(name: str) -> None:
    (said,) = found({name: "of-my-company"})
    assert (said.name, said.state) == (name, "warning")
    assert "the demo ignores it" in said.seen
    assert "make -s env" in said.mend
    assert "of-my-company" not in str(said)


def test_a_shop_elsewhere_says_whose_account_is_used() -> None:
    (said,) = found({"AWS_PROFILE": "staging"}, of_the_demo=False)
    assert "its account is used" in said.seen
    (said,) = found(
        {"AWS_PROFILE": "staging", "AWS_ACCESS_KEY_ID_FILE": "/run/secrets/id"}, of_the_demo=False
    )
    assert "beside the keys, which are used" in said.seen


def test_what_make_env_sets_is_the_demos_own() -> None:
    ours = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "demo")
    assert [each.state for each in found(ours | {"AWS_DEFAULT_REGION": "eu-central-2"})] == ["ok"]
    assert [each.state for each in found(ours | {"AWS_PROFILE": "mine"})] == ["warning"]


def test_the_empty_file_that_the_demo_names_is_no_account() -> None:
    assert [each.state for each in found({"AWS_CONFIG_FILE": os.devnull})] == ["ok"]


@pytest.mark.parametrize(
    ("given", "is_meant"),
    [
        ({}, True),
        ({"DEMO": "true"}, True),
        ({"DEMO": "false"}, False),
        ({"DATABASE_URL": "postgres://another/project"}, True),
        ({"NATS_URL": "nats://127.0.0.1:4222"}, True),
        ({"DATABASE_URL": "postgres://db/shop", "NATS_URL": "nats://nats:4222"}, False),
        ({"DATABASE_URL_FILE": "/run/secrets/url", "NATS_URL": "tls://nats:4222"}, False),
        ({"DEMO": "true", "DATABASE_URL": "postgres://db/x", "NATS_URL": "nats://n:4222"}, False),
    ],
)
def test_compose_and_production_name_the_database_and_nats(
    given: dict[str, str], is_meant: bool
) -> None:
    assert shell.means_the_demo(given) is is_meant
