"""What request-reply has in the lab: a page, experiments, faults, a part of the map."""

from apps.start_project.parts.cuts import block, lines, unit, words

_MAP = {
    "apps/lab/map/topology.py": (
        words(
            'ASK, EVENTS, JOBS, TASKS = "request-reply", "durable', 'EVENTS, JOBS, TASKS = "durable'
        ),
        words('Node( "responders", … destination="catalog."), ),'),
        block('Edge("ask", '),
        words('Edge( "prices", … "catalog.price_changed", ),'),
    ),
    "apps/lab/map/layouts.py": (
        lines('"responders": _cell(2, 0),'),
        lines('"responders": Place(16, 84, 112, 62),'),
        lines('"ask": "right > left .25",\n"prices": "right > left .75",'),
        lines('"ask": "bottom > top .35",\n"prices": "bottom > top .65",'),
        lines('"ask": (128, 14),\n"prices": (128, 45),'),
    ),
    "apps/lab/map/new_parts.py": (lines("rows += rows_of_requests(kept, contracts)"),),
    "apps/lab/map/free_space.py": (
        lines('"responder": (430, 146),'),
        lines('"responder": (16, 150),'),
    ),
    "apps/lab/static/lab/lab.css": (lines(".map-edge-request-reply,"),),
}

_PATTERNS = {
    "apps/lab/patterns/__init__.py": (
        words("The six patterns", "The five patterns"),
        lines("queue_group,\nrequest_reply,", "queue_group,"),
        lines("request_reply.PATTERN,"),
    ),
    "apps/lab/templates/lab/map.html": (words("The six patterns", "The five patterns"),),
    "apps/lab/patterns/durable_events.py": (
        words('If you need an answer now: use " "request-reply. For a command', 'For a command" "'),
        words(", price lookup included"),
    ),
    "apps/lab/patterns/durable_ways.py": (
        words('WayStep( point="request.answered", … request_reply.ask_all), ),'),
    ),
    "apps/lab/patterns/sending.py": (
        block('"NoResponder": '),
        block('"RequestTimeout": '),
    ),
    "apps/lab/patterns/publish_subscribe.py": (
        words('WayStep( point="core.heard", … kept_fresh), ),'),
        words(
            'reaches the price responders this way; … after each reconnect."',
            'is announced this way; a loss is "\n"harmless, as the catalogue has the price."',
        ),
        words(
            'Both " "price responders should receive it; the order listener should not."',
            'Who "\n"listens at this moment receives it; the order listener does not."',
        ),
        words(
            "wins: the responders ignore a message with version 1.",
            "wins: a listener ignores a message with version 1.",
        ),
        words(
            'A price responder was away while a price changed. Why does it still answer with " '
            '"the right price?"',
            'A listener was away while a price changed. How does it learn the right price?"',
        ),
        words(
            "It reads all prices at its start and after each reconnect",
            "It reads the price in the catalogue",
        ),
        words(
            "until each responder has acknowledged it", "until each listener has acknowledged it"
        ),
        words(
            'The responder is correct because it reads " … every 30 seconds."',
            'The catalogue "\n"has the price, and who needs it for certain reads it there."',
        ),
    ),
}

_EXPERIMENTS = {
    "apps/lab/experiments/__init__.py": (
        lines("no_answer,"),
        lines("responders_split,"),
        lines("no_answer.NO_RESPONDER,"),
        lines("no_answer.SLOW_RESPONDER,"),
        lines("responders_split.EXPERIMENT,"),
        lines("no_answer.NO_TIMEOUT,"),
    ),
    "apps/lab/faults/known_faults.py": (
        words(
            'Change a price: the responders keep the old one until they read all prices again, " '
            '"within half a minute. Upload',
            'Change a price: no listener learns of it. " "Upload',
        ),
        words(
            'KnownFault( point="request.received", action="skip", … patterns=("request-reply",), '
            "seconds=2.0, ),"
        ),
    ),
    "apps/lab/member/loops.py": (
        unit("AT_ONCE"),
        unit("responder"),
        lines('"responder": responder,'),
        unit("_answer"),
    ),
    "apps/lab/messages.py": (
        words(
            '"""A numbered question; its answer takes `seconds`."""',
            '"""A numbered message for a member of a group."""',
        ),
        unit("LabAnswer"),
    ),
}

LAB_TOO = _MAP | _PATTERNS | _EXPERIMENTS
