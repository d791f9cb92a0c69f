"""`new_responder`: what it would write, and what it refuses."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.scaffold.new_responder import new_responder

ROOT = Path(__file__).parents[2]


def test_all_that_a_responder_needs_is_written() -> None:
    changed = new_responder(ROOT, "shelf.lookup", "catalog").changed()
    # The first contract of an app is also declared there.
    assert set(changed) | {"orders_site/conf/messaging.py"} == {
        ".env.example",
        ".vscode/launch.json",
        "apps/catalog/client.py",
        "apps/catalog/contract.py",
        "apps/catalog/responders.py",
        "deploy/compose.cluster.yml",
        "deploy/docker-compose.override.example.yml",
        "deploy/nats.conf",
        "deploy/prometheus.yml",
        "docker-compose.yml",
        "docs/contracts/examples/answers/shelf.lookup.v1.json",
        "docs/contracts/examples/requests/shelf.lookup.v1.json",
        "orders_site/conf/worker_processes.py",
        "orders_site/conf/messaging.py",
        "tests/catalog/test_shelf_lookup_responder.py",
        "workers/shelf_lookup_responder.py",
    }
    for path, text in changed.items():
        assert "{{" not in text
        if path.endswith(".py"):
            ast.parse(text)


@pytest.mark.parametrize(
    ("name", "app", "said"),
    [
        ("stock", "catalog", "is no subject"),
        ("orders.lookup", "orders", "apps.orders.events.ORDERS stores orders.lookup"),
        ("stock.lookup", "shelf", "is no app of the shop"),
        ("price.lookup", "catalog", "the subject price.lookup is in use already"),
        ("jobs.resize", "images", "the subject jobs.resize is in use already"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(name: str, app: str, said: str) -> None:
    with pytest.raises(CommandError, match=re.escape(said)):
        call_command("new_responder", name, "--app", app)
