"""docs/rights.md agrees with nats.conf, deploy/iam/, deploy/*.sql and docker-compose.yml."""

import re

from tests.deploy.aws_calls import POLICIES
from tests.deploy.compose_file import OURS
from tests.deploy.nats_conf import rights_of_users, without_lab
from tests.deploy.nats_users import CONFIG
from tests.deploy.postgresql_shop import Shop
from tests.deploy.rights_page import PAGE, page, page_with_tables_of
from tests.support.postgresql import postgresql


def test_the_rights_page_matches_the_grants() -> None:
    with postgresql() as port:
        shop = Shop(port)
        shop.make_tables()
        assert PAGE.read_text() == page(shop), "write it again: python -m tests.deploy.rights_page"


def test_the_page_without_a_server_keeps_its_tables() -> None:
    assert page_with_tables_of(PAGE.read_text()) == PAGE.read_text()


def test_every_user_and_policy_is_a_process_of_the_page() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE))
    assert set(OURS) <= rows
    assert {path.stem for path in POLICIES.glob("*.json")} <= set(OURS)
    assert set(rights_of_users(without_lab(CONFIG))) - set(OURS) == {"developer"}


def test_processes_may_change_rows_only() -> None:
    assert "**" not in PAGE.read_text()
