"""What request-reply has in the page that extends."""

from apps.start_project.parts.cuts import Cut, block, lines, section, words

_RULES = """\
| change | verdict |
|---|---|
| a new optional field | COMPATIBLE |
| a new required field; less is allowed | BREAKING |"""

EXTENDING: tuple[Cut, ...] = (
    words(
        "add an event, a responder or a job. [An … with all three.",
        "add an event or a\njob. [An example](#an-example) is a small app with both.",
    ),
    words(
        ", its receiver gets a notice, and a client asks how far it is.",
        ", and its receiver gets a notice.",
    ),
    block("| [`responders.py`](example/"),
    section("A responder"),
    lines(".venv/bin/python manage.py new_responder stock.lookup --app catalog"),
    words("a function that records it, or asks", "a function that records it"),
    words("`request_reply`, `broadcast`", "`broadcast`"),
    words("| change | … less is allowed | BREAKING | BREAKING | COMPATIBLE |", _RULES),
    words(
        "| a field is removed … default | BREAKING | BREAKING | BREAKING |",
        "| a field is removed or becomes optional; more is allowed | BREAKING |\n"
        "| another pattern, step or default | BREAKING |",
    ),
    words(
        "A request and its answer have one direction, … All others have two: an old reader",
        "An old reader",
    ),
    words("A new event, responder or job uses", "A new event or job uses"),
)
