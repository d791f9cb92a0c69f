"""The demo's own variables: all it keeps lies in its folder, whatever that is called."""

from pathlib import Path

import pytest

from orders_site.demo_defaults import demo_defaults, demo_secret_key
from orders_site.environment import Environment, Unreadable
from orders_site.mailers import mailer_from


@pytest.mark.parametrize(
    "name", ["c++", "C# demo", "50%", "a b", "x%20y", "q?z", "ä", "a&b", "semi;colon", "a@b:c"]
)
def test_database_and_mails_lie_in_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    env = Environment(demo_defaults(folder, nats_port=1, aws_port=2))
    assert env.database("DATABASE_URL")["NAME"] == str(folder / "db.sqlite3")
    mailer = mailer_from(env.email("EMAIL_URL"))
    assert mailer["OPTIONS"] == {"file_path": str(folder / "mail")}


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.touch()
    with pytest.raises(Unreadable, match=r"^DEMO_DIR=.*README\.md cannot be used "):
        demo_secret_key(file)
