"""One order becomes many: its rows are copied by SQL, each copy with ids of its own.

The build itself makes the first order, so the copies have the columns and the format of that build,
whatever these are. Copy number N of two tables has the same ids, so it is one order again.
"""

from dataclasses import dataclass

from psycopg import sql

from bench.kit.errors import BenchError
from bench.kit.stage import Connection

_TEXTS = {"text", "character varying", "uuid", "json", "jsonb"}


@dataclass(frozen=True, kw_only=True)
class Ids:
    """What is replaced in every column: the order's id, and the message's if there is one.

    With `is_one_key` the copies keep the order's id, so that all messages are of one key.
    """

    order: str
    message: str = ""
    is_one_key: bool = False


def the_order(db: Connection) -> str:
    """Return the id of the one order there is."""
    (row,) = db.execute("SELECT id::text FROM orders_order").fetchall()
    return str(row[0])


def the_unsent_message(db: Connection) -> str:
    """Return the id of the one row of the outbox that is not sent."""
    (row,) = db.execute(
        "SELECT message_id::text FROM messaging_outboxmessage WHERE sent_at IS NULL"
    ).fetchall()
    return str(row[0])


def multiply(db: Connection, table: str, ids: Ids, *, copies: int) -> None:
    """Add copies of the table's rows that name the message, or else the order."""
    columns = db.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND NOT is_identity = 'YES'",
        [table],
    ).fetchall()
    if not columns:
        raise BenchError(f"there is no table {table}")
    names = [str(name) for name, _ in columns]
    values = [_copied(str(name), str(kind), ids) for name, kind in columns]
    described = sql.SQL("strpos(template::text, {}) > 0").format(ids.message or ids.order)
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS template,"
        " generate_series(1, {copies}) AS copy WHERE {described} ORDER BY copy"
    ).format(
        table=sql.Identifier(table),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(values),
        copies=copies,
        described=described,
    )
    db.execute(statement)


def _copied(name: str, kind: str, ids: Ids) -> sql.Composable:
    column = sql.SQL("template.{}").format(sql.Identifier(name))
    if kind == "bytea":
        replaced = _replaced(sql.SQL("convert_from({}, 'UTF8')").format(column), ids)
        return sql.SQL("convert_to({}, 'UTF8')").format(replaced)
    if kind not in _TEXTS:
        return column
    replaced = _replaced(sql.SQL("{}::text").format(column), ids)
    return sql.SQL("({})::{}").format(replaced, sql.SQL(kind))


def _replaced(text: sql.Composable, ids: Ids) -> sql.Composable:
    of_copy = sql.SQL("md5({} || copy)::uuid::text")
    if not ids.is_one_key:
        text = sql.SQL("replace({}, {}, {})").format(text, ids.order, of_copy.format("order "))
    if ids.message:
        text = sql.SQL("replace({}, {}, {})").format(text, ids.message, of_copy.format("message "))
    return text
