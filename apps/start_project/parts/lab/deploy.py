"""What the lab has in deploy, compose, the requirements: users, rights, passwords, a package."""

from apps.start_project.parts.cuts import block, lines, marked, words

DEPLOY = {
    "deploy/nats.conf": (marked("lab"), words("# Without the lab: publish", "publish", times=2)),
    "deploy/postgresql_tables.sql": (marked("lab"),),
    "docker-compose.yml": (marked("lab"),),
    ".env.example": (
        marked("lab"),
        block("# For what the lab's experiments start, in the demo alone;"),
        lines("#LAB_NATS_URL="),
        lines("# Seconds after which a line in the lab's terminal ends."),
        lines("#LAB_TERMINAL_SECONDS=300"),
    ),
    "pyproject.toml": (marked("lab"), words('"pygments.*", ')),
    "requirements/base.txt": (block("pygments=="),),
    "requirements/demo.txt": (block("pygments=="),),
    "Makefile": (words(", in .screenshots and docs", ", in .screenshots"),),
}
