"""TLS files, session limits and permitted plaintext of this process's links to its servers."""

from typing import Any

from orders_site.conf.environment import Environment
from orders_site.conf.longest_times import DAY
from orders_site.conf.readers import words

SERVERS = ("nats", "postgres", "sqs", "mail", "redis", "otlp")


def nats_security(env: Environment) -> dict[str, Any]:
    """Return the paths of the certificate authority, our certificate, key, credentials and nkey.

    An empty path means none. `tls_first` is for a server with `handshake_first` in its `tls` block.
    """
    return {
        "ca": env.file("NATS_CA_FILE"),
        "cert": env.file("NATS_CERT_FILE"),
        "key": env.file("NATS_KEY_FILE"),
        "creds": env.file("NATS_CREDS_FILE"),
        "nkey": env.file("NATS_NKEY_FILE"),
        "tls_first": env.bool("NATS_TLS_FIRST", default=False),
    }


def plaintext_links(env: Environment) -> list[str]:
    """Return the kinds of server to which links need no TLS, on a private network.

    For `postgres` it also permits TLS that accepts any server (`sslmode=require`).
    """
    one = "|".join(SERVERS)
    wanted = f"some of {', '.join(SERVERS)}, with commas between"
    return words(env.like("PLAINTEXT_LINKS", rf"(({one})(, *({one}))*)?", wanted, default=""))


def session_limits(env: Environment, *, on_sqlite: bool = False) -> dict[str, float]:
    """Return PostgreSQL's session timeouts by name, in seconds; 0 means no limit.

    Without them, a process that is stopped or disconnected in the middle of a transaction would
    keep its locks, and every process that needs the same rows would wait. SQLite has the limit of
    a lock alone: longer by default, as all writers share one lock.
    """
    return {
        "statement_timeout": env.float(
            "DATABASE_STATEMENT_SECONDS", default=30.0, at_least=0, at_most=DAY
        ),
        "lock_timeout": env.float(
            "DATABASE_LOCK_SECONDS", default=20.0 if on_sqlite else 5.0, at_least=0, at_most=DAY
        ),
        "idle_in_transaction_session_timeout": env.float(
            "DATABASE_IDLE_SECONDS", default=15.0, at_least=0.01, at_most=DAY
        ),
    }
