"""Tables of twenty thousand rows each, or more, and PostgreSQL's statistics of them."""

from django.db import connection

ROWS = 20_000
ORDER = "('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid"
"""The id of the order number n, the youngest of which is 1."""
LARGE = {
    "orders_order": f"""
        (id, token, email, status, reason, total, currency, placed_at, ended_at)
        SELECT {ORDER}, '', 'Ann' || n % customers || '@example.com',
               CASE WHEN n <= 20 THEN 'placed' WHEN n % 50 = 1 THEN 'rejected'
                    WHEN n % 500 = 2 THEN 'cancelled' ELSE 'confirmed' END,
               '', 1, 'GBP', now() - n * interval '1 minute', CASE WHEN n > 20 THEN now() END""",
    "messaging_outboxmessage": f"""
        (message_id, lane, destination, key, headers, body, recorded_at, lease_token, tries, error,
         sent_at, dead_at)
        SELECT gen_random_uuid(), CASE WHEN n % 1000 = 1 THEN 'sqs' ELSE 'jetstream' END,
               'teas.brewed', {ORDER}, '{{}}', repeat('x', 400), now() - n * interval '1 minute',
               '', 0, '', CASE WHEN n % 10 > 1 THEN now() - n * interval '1 day' / last END,
               CASE WHEN n % 1000 = 0 THEN now() END""",
    "messaging_inboxentry": f"""
        (consumer, message_id, key, handled_at)
        SELECT 'c' || n % 3, n, {ORDER}, now() - n * interval '1 s'""",
    "messaging_faileddelivery": """
        (consumer, message_id, failed_at, error, traceback)
        SELECT 'c' || n % 3, n, now() - n * interval '1 minute', 'cold', repeat('x', 400)""",
    "messaging_deadletter": """
        (transport, consumer, message_id, destination, reason, traceback, attempts, headers, body,
         died_at, state, redrives)
        SELECT CASE WHEN n % 100 = 1 THEN 'sqs' ELSE 'jetstream' END, 'c' || n % 3, n,
               'teas.brewed', 'cold', '', 1, '{}', repeat('x', 400), now() - n * interval '1 s',
               CASE WHEN n % 10 = 1 THEN 'dead' WHEN n % 100 = 2 THEN 'dropped'
                    ELSE 'redriven' END, 0""",
    "notifications_mail": f"""
        (order_id, kind, "to", subject, body, state, attempts, failing_since, sent_at)
        SELECT {ORDER}, CASE WHEN n % 50 = 1 THEN 'rejected' WHEN n % 500 = 2 THEN 'cancelled'
                             ELSE 'confirmed' END,
               'Ann' || n % customers || '@example.com', '', repeat('x', 400),
               CASE WHEN n % 500 = 3 THEN 'given up' WHEN n % 500 = 4 THEN 'due' ELSE 'sent' END,
               1, CASE WHEN n % 500 = 4 THEN now() END,
               CASE WHEN n % 500 NOT IN (3, 4) THEN now() - n * interval '1 minute' END""",
    "fulfilment_reservation": f"""
        (order_id, lines, created_at, released_at)
        SELECT {ORDER}, '[]', now() - n * interval '1 minute',
               CASE WHEN n % 500 = 2 THEN now() END""",
}
"""Columns and values of row n: most rows are alike, as in a shop, and those of a filter are few.

A larger shop has more customers, each with twenty orders; what it has sent is younger than a day.
"""


def fill(count: int = ROWS) -> None:
    """Insert so many rows into each, the oldest first, as they come in a shop."""
    with connection.cursor() as cursor:
        for table, rows in LARGE.items():
            cursor.execute(
                f"INSERT INTO {table} {rows} FROM generate_series({count}, 1, -1) n,"
                f" (SELECT {count} AS last, greatest({count} / 20, 1) AS customers) shop"
            )
            cursor.execute(f"VACUUM ANALYZE {table}")
