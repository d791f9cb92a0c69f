"""System checks: they find settings that contradict each other, and say how to correct them.

`startup` runs them all; read it first. Each other module checks one subject: `aws`, `libpq`
(PostgreSQL's own variables), `links` (TLS and the servers' addresses), `pictures`, `times`, `web`.
"""
