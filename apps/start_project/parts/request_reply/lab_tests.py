"""What tests of the lab say of request-reply."""

from apps.start_project.parts.cuts import lines, unit, words

LAB_TESTS = {
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
        words("import no_answer, runner", "import runner"),
        lines(
            "# A busy machine may stand still; what must not be waited for takes longer here.\n"
            'monkeypatch.setattr(no_answer, "LATE", 8.0)\n'
            'monkeypatch.setattr(no_answer, "PLENTY", 60.0)'
        ),
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
            '"one of 24 experiments", len(EXPERIMENTS), 24)',
            '"one of 20 experiments", len(EXPERIMENTS), 20)',
        ),
    ),
    "tests/system/test_experiments.py": (words('"slow-responder"', '"nobody-listening"', times=4),),
}
