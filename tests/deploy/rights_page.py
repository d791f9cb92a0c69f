"""docs/rights.md, made from the files that grant: `python -m tests.deploy.rights_page`.

nats.conf, deploy/iam/, docker-compose.yml as they stand; deploy/*.sql as a real server has them.
With `--keep-tables` the part about PostgreSQL stays as it is, and no server is needed.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.deploy.aws_calls import POLICIES, rights_of
from tests.deploy.compose_file import OURS, SERVICES, with_defaults
from tests.deploy.nats_conf import Rights, rights_of_users, without_lab
from tests.deploy.nats_users import CONFIG, inbox_of
from tests.deploy.postgresql_shop import ROLES, Shop
from tests.support.postgresql import postgresql

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
ROWS = {"SELECT": "read", "INSERT": "add", "UPDATE": "change", "DELETE": "delete"}
BEYOND_ROWS = ("TRUNCATE", "REFERENCES", "TRIGGER")
TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT LIKE 'lab%%' ORDER BY 1
"""
COLUMNS = """
    SELECT privilege_type, array_agg(attname::text ORDER BY attname) FROM (
        SELECT attname, (aclexplode(attacl)).* FROM pg_attribute WHERE attrelid = %s::regclass
    ) AS rights WHERE grantee = %s::regrole GROUP BY 1 ORDER BY 1
"""
HEADING_OF_TABLES = "## Tables of PostgreSQL"
INTRODUCTION = """# Who may do what

This page lists the rights of every process at NATS, SQS, S3 and PostgreSQL. It is generated from
the files that grant them (`python -m tests.deploy.rights_page`), and
`tests/deploy/test_rights_page.py` compares it with them. It does not show the rights that the
[lab](lab.md) adds.

These tests in `tests/deploy` check on real servers that each right may be used, and that other
actions are rejected:

* `test_nats_matrix.py`, `test_nats_permissions.py`: every user, every subject, both operations
* `test_iam_policies.py`: a policy allows exactly the calls of the work to SQS and S3
* `test_iam_refusals.py`: moto enforces each policy, and rejects other calls; it cannot do so for
  CreateQueue and GetQueueUrl, which name no URL
* `test_postgresql_rights.py`: without any one right of `shop_pictures` its work
  fails; the work of all other workers needs exactly the rights of `shop_workers`;
  each right of these and of `shop_app` is used on a row, and every other operation
  on a column, a table or a sequence is refused
* `test_compose_limits.py`: volumes and passwords

`shop_app` may read and write all rows, since the admin of `web` shows them.
`shop_workers` may do more than any one of its processes does.

A process without a user at NATS, or without a policy at AWS, cannot reach it. Each user at NATS
also receives on its own inbox, `_INBOX_NAME.>`, where no other user does. Pictures are on S3 in
production, and on the volume `pictures` in compose.

"""


def page(shop: Shop) -> str:
    """Return the whole text, of a server on which deploy/*.sql was run."""
    lines = [*_processes(), "", *_people(), "", *_tables(shop)]
    return INTRODUCTION + "\n".join(lines) + "\n"


def _processes() -> Iterator[str]:
    users = rights_of_users(without_lab(CONFIG))
    yield "## Processes"
    yield ""
    yield "| process | NATS | SQS | S3 | PostgreSQL | volumes |"
    yield "|---|---|---|---|---|---|"
    for name, service in OURS.items():
        user = urlsplit(with_defaults(service["environment"].get("NATS_URL", ""))).username
        policy = "web" if name == "seed" else name
        cells = (
            _nats(user, users[user]) if user in users else "",
            _aws(policy, "sqs"),
            _aws(policy, "s3"),
            str(urlsplit(with_defaults(service["environment"]["DATABASE_URL"])).username),
            ", ".join(each.partition(":")[0] for each in service.get("volumes", [])),
        )
        yield f"| `{name}` | {' | '.join(cell or '-' for cell in cells)} |"
    yield ""
    yield "`seed` belongs to the demo, and uses the rights of `web`. Other volumes in compose:"
    yield ""
    for name in sorted(SERVICES.keys() - OURS.keys()):
        yield f"- `{name}`: {_code(SERVICES[name].get('volumes', [])) or 'nothing'}"


def _people() -> Iterator[str]:
    rights = rights_of_users(without_lab(CONFIG))["developer"]
    yield "## You: `developer` at NATS"
    yield ""
    yield f"- {_nats('developer', rights)}"
    theirs = sorted({each.split(".")[-1] for each in rights.denied} - {">"})
    yield f"- except subjects of {_code(theirs)}: {len(rights.denied)} are denied"


def _nats(user: str, rights: Rights) -> str:
    own = f"{inbox_of(user)}.>"
    received = [" in ".join(filter(None, each)) for each in rights.subscribe if each.subject != own]
    parts = {"sends": _code(rights.publish), "receives": _code(received)}
    texts = [f"{verb} {subjects}" for verb, subjects in parts.items() if subjects]
    return "; ".join([*texts, *(["answers requests"] if rights.answers else [])])


def _aws(service: str, store: str) -> str:
    if not (POLICIES / f"{service}.json").exists():
        return ""
    found: dict[str, list[str]] = {}
    for action, resource in sorted(rights_of(service)):
        kind, _, what = action.partition(":")
        if kind == store:
            found.setdefault(resource.rpartition(":")[2], []).append(what)
    return "; ".join(f"`{resource}`: {', '.join(actions)}" for resource, actions in found.items())


def _tables(shop: Shop) -> Iterator[str]:
    roles = [role for role in ROLES if role != "shop_migrate"]
    yield HEADING_OF_TABLES
    yield ""
    yield "`shop_migrate` owns them. A right in bold would go beyond rows."
    yield ""
    yield f"| table | {' | '.join(f'`{role}`' for role in roles)} |"
    yield f"|---|{'---|' * len(roles)}"
    for (table,) in shop.ask(TABLES):
        yield f"| `{table}` | {' | '.join(_rows(shop, role, table) for role in roles)} |"


def _rows(shop: Shop, role: str, table: str) -> str:
    may = [right for right in (*ROWS, *BEYOND_ROWS) if _may(shop, role, table, right)]
    if list(ROWS) == may:
        return "all rows"
    texts = [ROWS.get(right, f"**{right}**") for right in may]
    for right, columns in shop.ask(COLUMNS, table, role):
        texts.append(f"{ROWS.get(right, f'**{right}**')} {_code(columns)}")
    return ", ".join(texts) or "-"


def _may(shop: Shop, role: str, table: str, right: str) -> bool:
    return bool(shop.ask("SELECT has_table_privilege(%s, %s, %s)", role, table, right)[0][0])


def _code(subjects: Iterable[str]) -> str:
    return ", ".join(f"`{subject}`" for subject in subjects)


def page_with_tables_of(present: str) -> str:
    """Return the whole text, with the part about PostgreSQL that the present page has."""
    lines = [*_processes(), "", *_people(), "", ""]
    return INTRODUCTION + "\n".join(lines) + present[present.index(HEADING_OF_TABLES) :]


def main() -> None:
    """Write the page, from a server of our own if one is needed."""
    if "--keep-tables" in sys.argv[1:]:
        PAGE.write_text(page_with_tables_of(PAGE.read_text()))
        return
    with TemporaryDirectory() as folder, postgresql() as port:
        os.environ |= {"DEMO": "true", "DEMO_DIR": folder}
        shop = Shop(port)
        shop.make_tables()
        PAGE.write_text(page(shop))


if __name__ == "__main__":
    main()
