"""What request-reply has in tests of the brokers that stay: rights, failures, any input."""

from apps.start_project.parts.cuts import lines, unit, words

BROKER_TESTS = {
    "tests/deploy/nats_rights.py": (
        *(
            lines(f'("price_responder", {right}),')
            for right in (
                'subscribe("catalog.price_changed")',
                'subscribe("price.lookup")',
                'subscribe("price.lookup.many")',
                'publish("catalog.price_changed")',
                'publish("orders.placed")',
            )
        ),
        *(
            lines(f'("{user}", {right}),')
            for user, right in (
                ("web", 'subscribe("price.lookup")'),
                ("web", 'subscribe("price.lookup.many")'),
                ("outbox_relay", 'publish("price.lookup")'),
                ("outbox_relay", 'publish("price.lookup.many")'),
                ("outbox_relay", 'subscribe("price.lookup")'),
            )
        ),
        words(
            "Without the group each member would get every job, and each price two answers.",
            "Without the group each member would get every job.",
        ),
    ),
    "tests/deploy/test_nats_matrix.py": (
        words(
            'responder = MATRIX["price_responder"] … assert responder.answers',
            'member = MATRIX["preview_resizer"]\n'
            '    assert member.may_subscribe(Subscription("jobs.resize", "resizers"))\n'
            '    assert not member.may_subscribe(Subscription("jobs.resize"))\n'
            "    assert not member.answers",
        ),
    ),
    "tests/deploy/test_nats_permissions.py": (
        unit("PRICE"),
        unit("PRICING"),
        unit("test_web_may_ask_the_responder_for_prices"),
        unit("test_a_developer_may_ask_for_prices_and_discover_services"),
        unit("test_a_developers_own_responder_may_answer"),
        unit("test_a_forbidden_request_is_logged_by_its_sender"),
    ),
    "tests/deploy/workers_at_work.py": (lines("yield catalogue_prices"),),
    "tests/failures/test_relays.py": (
        lines('running(answering(pricing_service()), name="price_responder"),'),
    ),
    "tests/failures/test_rollout.py": (lines('"price_responder",'),),
    "tests/grey/expected_alarms.py": (
        lines(
            "# A checkout without prices is answered with 503.\n"
            '"price_responder": _expected(f"{GONE} RequestsFail"),'
        ),
        words("PartDoesNotAnswer RequestsFail", "PartDoesNotAnswer", times=4),
    ),
    "tests/failures/test_small_server.py": (
        unit("LongMinutes"),
        unit("test_a_too_large_request_raises_an_error_to_the_caller"),
        unit("test_a_too_large_answer_becomes_an_error_answer_with_the_reason"),
        unit("FIGURES"),
    ),
    "tests/fuzz/test_messages.py": (
        unit("PRICE"),
        unit("pricing"),
        unit("answer_to"),
        unit("test_a_price_look_up_is_answered_or_refused"),
        unit("test_a_look_up_of_many_prices_is_answered_or_refused"),
        unit("test_the_price_stays_known_after_any_broadcast"),
    ),
    "tests/fuzz/test_wire.py": (unit("test_a_responder_continues_after_any_message"),),
    "tests/messaging/brokers/test_nats_py_fixes.py": (
        unit("test_a_responder_answers_malformed_headers_and_the_next_request"),
    ),
    "tests/messaging/handling/test_watchdog.py": (
        unit("test_a_hanging_responder_ends_and_is_replaced"),
    ),
    "tests/messaging/support/hanging_worker.py": (
        unit("Answer"),
        unit("answer"),
        unit("SERVICE"),
        lines('"responder": answering(SERVICE),'),
    ),
    "tests/messaging/worker/test_readiness.py": (
        unit("_keeping_fresh"),
        lines('"responder": (answering(service()), SUBJECT),'),
        lines('"warm cache": (_keeping_fresh, "teas.>"),'),
    ),
}
