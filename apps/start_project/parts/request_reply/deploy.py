"""What request-reply has in deploy and in compose: a service, a user, rights, passwords."""

from apps.start_project.parts.cuts import block, lines, words

DEPLOY = {
    "pyproject.toml": (
        words("what happened: NoResponder, OutOfStock", "what happened: OutOfStock"),
    ),
    "deploy/nats.conf": (
        words('"price.lookup", "price.lookup.many",', times=3),
        words(
            "Asks prices, offers previews, announces prices", "Offers previews, announces prices"
        ),
        words(
            '{ # Only as a member of the group. It may answer … "_INBOX_price_responder.>" ] } }'
        ),
        words("They join a group, answer requests, read", "They join a group, read"),
        words('["lab.>", "$SRV.>", "_INBOX_lab.>"]', '["lab.>", "_INBOX_lab.>"]'),
        words('"lab.>", "_INBOX.>", "_INBOX_web.>", "_INBOX_lab.>",', '"lab.>",'),
        words('# Where those who ask wait for an answer. "_INBOX.>", "_INBOX_web.>",'),
        words("read the streams, try a responder, and have", "read the streams, and have"),
        words('"catalog.>", "$SRV.>",', '"catalog.>",', times=2),
    ),
    "deploy/terminal.bashrc": (block("nats request price.lookup"),),
    "deploy/compose.cluster.yml": (
        words(
            "`price_responder` and `preview_resizer` have several already.",
            "`preview_resizer` has several already.",
        ),
    ),
    "deploy/docker-compose.override.example.yml": (lines("price_responder: *worker"),),
    "deploy/prometheus.yml": (lines("- price_responder"),),
    ".vscode/launch.json": (lines('"price_responder",'),),
    "docker-compose.yml": (
        block("NATS_PASSWORD_PRICE_RESPONDER: "),
        block("price_responder:"),
    ),
    ".env.example": (
        block("# Seconds. The whole time that a checkout waits"),
        block("#PRICE_LOOKUP_TIMEOUT="),
        block("#PRICE_REFRESH_SECONDS="),
        words("handler of events or of price look-ups, a job", "handler of events, a job"),
        block("#NATS_PASSWORD_PRICE_RESPONDER="),
    ),
}
