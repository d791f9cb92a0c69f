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

_TESTS = {
    "tests/acceptance/test_lab_lines.py": (
        words(
            '"queue-group", "request-reply", "durable-events"]', '"queue-group", "durable-events"]'
        ),
        words(
            'if slug == "request-reply": answers_a_question(nats) elif listening:', "if listening:"
        ),
        unit("answers_a_question"),
    ),
    "tests/browser/lab.py": (lines('"request-reply",'),),
    "tests/deploy/lab_rights.py": (unit("answer_a_question"), lines('("lab", answer_a_question),')),
    "tests/deploy/test_lab_rights.py": (
        unit("RESPONDER"),
        unit("test_the_responder_of_an_experiment_can_answer_web"),
    ),
    "tests/lab/experiments/test_on_nats.py": (
        unit("test_a_missing_responder_is_found_at_once"),
        unit("test_a_slow_responder_times_out"),
        words(
            'run = outcome("no-responder") assert run.state == Run.State.FAILED',
            'run = outcome("nobody-listening")\n    assert run.state == Run.State.FAILED',
        ),
        words("no connection to NATS", "No hop came from"),
    ),
    "tests/lab/feed/test_feed.py": (
        words('"request.sent"', '"core.publishing"', times=6),
        words('"request.answered"', '"core.heard"', times=2),
    ),
    "tests/lab/pages/test_stream.py": (
        words('"request.sent"', '"core.publishing"', times=6),
        words('"request.answered"', '"core.heard"', times=2),
    ),
    "tests/lab/map/test_node_facts.py": (
        words('"price_responder": {', '"preview_resizer": {'),
        words('("responders", [', '("resizers", ['),
        words('red == ["responders"]', 'red == ["resizers"]'),
    ),
    "tests/lab/orders/test_load.py": (
        words("[NoResponder(), DatabaseError", "[BrokerAway(), DatabaseError"),
        words("import NoResponder", "import BrokerAway"),
    ),
    "tests/lab/orders/test_snapshot.py": (
        unit("test_one_missing_worker_of_two_is_red"),
        unit("test_a_surplus_worker_that_left_is_not_red"),
    ),
    "tests/lab/pages/test_pattern_views.py": (
        unit("test_a_missing_responder_is_shown_in_words"),
        unit("test_a_broker_that_is_away_is_shown_in_words"),
    ),
    "tests/lab/pages/test_views.py": (
        words("No order was placed. BrokerAway", "No order was placed. UnknownLine"),
        words("# No broker is there in this test.", "# No product is there in this test."),
    ),
    "tests/lab/patterns/test_patterns.py": (
        words("test_there_are_six_patterns", "test_there_are_five_patterns"),
        lines('"request-reply",'),
    ),
    "tests/lab/patterns/test_sending.py": (
        words("import NoResponder", "import BrokerAway"),
        words('button("request-reply")', 'button("queue-group")'),
        words("raise NoResponder", "raise BrokerAway"),
        words(
            '"NoResponder: No responder … The client knew"',
            '"BrokerAway: The broker cannot be reached. The broker cannot"',
        ),
    ),
    "tests/lab/patterns/test_way.py": (
        words("== [1, 0]", "== [1]"),
        words("== [[], []]", "== [[]]"),
        unit("test_each_of_two_listeners_is_shown"),
        unit("test_times_count_from_the_first_hop"),
        words('"request.sent"', '"core.heard"'),
    ),
    "tests/lab/test_page_figures.py": (
        words(
            '"one of 18 experiments", len(EXPERIMENTS), 18)',
            '"one of 14 experiments", len(EXPERIMENTS), 14)',
        ),
    ),
    "tests/system/test_experiments.py": (words('"slow-responder"', '"nobody-listening"', times=4),),
}

LAB_TOO = _MAP | _PATTERNS | _EXPERIMENTS | _TESTS
