"""What request-reply has in tests of the shop that stay, and in the bench."""

from apps.start_project.parts.cuts import block, lines, unit, words

_ANSWERING = "with running(answering(pricing_service()))"

_PATIENT = lines(
    'demo.environment["PRICE_LOOKUP_TIMEOUT"] = "4"  # Prices may come late on a busy machine.'
)

TESTS = {
    "tests/system/test_demo.py": (_PATIENT,),
    "tests/lab/processes/test_at_work.py": (_PATIENT,),
    "bench/results.json": (words('"price_responder": { … "relay": {', '"relay": {'),),
    "tests/demo/chaos/test_chaos.py": (words("no responder has prices", "no prices"),),
    "tests/orders/test_api.py": (unit("test_an_order_without_prices_gets_503_with_retry_after"),),
    "tests/orders/test_checkout.py": (
        words("test_the_price_of_the_responder_is_charged", "test_the_present_price_is_charged"),
        unit("test_nothing_is_stored_without_a_price"),
    ),
    "tests/orders_site/test_tracing_off.py": (
        lines("import apps.messaging.request_reply.responder"),
    ),
    "tests/system/test_traces.py": (
        lines(
            '(PLACING, "web", "CLIENT", "price.lookup"),\n'
            '("price.lookup", "price_responder", "SERVER", "price.lookup"),'
        ),
        lines('"PRICE_LOOKUP_TIMEOUT": "4",'),
    ),
    "bench/__main__.py": (words('ONLY="relay prices"', 'ONLY="relay chain"'),),
    "bench/figures/__init__.py": (lines('"prices",\n"price_responder",'),),
    "tests/acceptance/test_from_the_terminal.py": (
        words('"Request-reply",'),
        unit("ORDERS"),
        unit("PRICES"),
        unit("test_orders_beside_the_tutorials_responder_cost_the_right_price"),
    ),
    "tests/acceptance/test_terminal_of_compose.py": (block('"""nats request price.lookup'),),
    "tests/catalog/test_queries.py": (
        lines("assert queries.price_list() == {}"),
        unit("test_the_price_list_has_the_newest_version"),
    ),
    "tests/plugins/demos.py": (
        words("are seconds here; prices may come late on a busy machine.", "are seconds here."),
        lines('"PRICE_REFRESH_SECONDS": "3",'),
        lines('"PRICE_LOOKUP_TIMEOUT": "4",'),
    ),
    "tests/settings.py": (
        lines(
            "# Prices may come late on a busy machine; "
            "who tests what comes too late sets a time of its own."
        ),
        unit("PRICE_LOOKUP_TIMEOUT"),
    ),
    "tests/demo/retail/test_orders.py": (
        unit("test_it_waits_for_price_responders"),
        unit("test_it_waits_for_a_new_product_to_get_a_price"),
        unit("_a_false_refusal"),
        unit("impatient"),
        unit("test_without_prices_the_error_says_so"),
        words(
            '@pytest.mark.usefixtures("impatient") … [NoResponder, OperationalError,',
            '@pytest.mark.parametrize("why", [OperationalError,',
        ),
        unit("_no_responder"),
    ),
    "tests/orders/conftest.py": (
        words(
            "Prices without responders; `test_checkout_prices.py` asks real ones.",
            "Prices without a catalogue; `test_checkout_prices.py` has those of a real one.",
        ),
    ),
    "tests/orders/test_checkout_prices.py": (
        words(
            "The checkout with real prices: … a real responder.",
            "The checkout with the prices of the catalogue.",
        ),
        words(
            "test_a_cart_is_charged_the_responders_price",
            "test_a_cart_is_charged_the_present_price",
        ),
        words(f"{_ANSWERING}: assert buy", "assert buy"),
        words(f"{_ANSWERING}, pytest.raises", "with pytest.raises"),
        unit("test_without_a_responder_nothing_is_placed"),
        words(
            f'{_ANSWERING}: change_price(sku="ABC", price=Decimal("11.00")) eventually(lambda: '
            'buy("ABC").total == Decimal("11.00"), within=1)',
            'change_price(sku="ABC", price=Decimal("11.00"))\n'
            '    assert buy("ABC").total == Decimal("11.00")',
        ),
    ),
    "tests/orders/test_currencies.py": (
        words("; the responders answer with the catalogue's prices."),
        unit("test_two_currencies_from_responders_make_no_quote"),
    ),
    "tests/orders/test_forms.py": (
        unit("answer"),
        unit("no_answer"),
        unit("price_responder"),
        unit("test_a_checkout_without_prices_asks_to_try_again"),
        unit("test_a_checkout_without_prices_keeps_the_typed_values"),
    ),
    "tests/orders/test_saleable.py": (
        words("test_the_asker_says_why_before_it_asks", "test_the_look_up_says_why"),
        words("; each asker then rejects every answer"),
    ),
    "tests/orders_site/http/test_errors.py": (
        lines('(RequestRefused(400, "unreadable"), 422),'),
        lines('(RequestRefused(500, "the responder failed"), 502),'),
        lines("(NoResponder(), 503),"),
        lines("(RequestTimeout(), 503),"),
        lines("raising(NoResponder())", "raising(BrokerAway())"),
    ),
    "tests/orders_site/http/test_error_reasons.py": (
        unit("test_internal_reasons_appear_only_in_the_log"),
    ),
    "tests/orders_site/test_declared_streams.py": (
        words("none stores a request, an offer or a wake-up", "none stores an offer or a wake-up"),
        words("[SUBJECT, SUBJECT_OF_MANY, PREVIEW_SUBJECT", "[PREVIEW_SUBJECT"),
        words(
            "test_questions_and_offers_are_outside_every_stream",
            "test_offers_are_outside_every_stream",
        ),
        words(
            '"""There the stream\'s ack would come first, in place of the answer."""',
            '"""There each would be stored, and none of them is an event."""',
        ),
    ),
    "tests/orders_site/checks/test_startup.py": (
        lines('({"PRICE_LOOKUP_TIMEOUT": 0.0}, "orders_site.E010"),'),
        lines('({"PRICE_LOOKUP_TIMEOUT": 30.0}, "orders_site.E010"),'),
        lines('({"PRICE_REFRESH_SECONDS": 0.0}, "orders_site.E011"),'),
        lines('({"LONGEST_TIMES": times(request=5, s3_call=1)}, "orders_site.E036"),'),
    ),
    "tests/orders_site/conf/test_environment.py": (lines('"PRICE_REFRESH_SECONDS": ["1e300"],'),),
    "tests/system/test_orders_survive.py": (words(', "price_responder")', ")"),),
    "tests/lab/map/test_new_parts.py": (
        unit("Weight"),
        words('*request_reply( … responders=["scales"] ),'),
        words(', "scales"'),
        unit("test_a_new_request_moves_to_its_responder_and_others_do_not"),
    ),
    "tests/scaffold/test_scaffolds_at_work.py": (
        unit("NEW_RESPONDER"),
        words(", NEW_RESPONDER"),
        words(", or the answer is there"),
        words("of the worker or the answer has", "of the worker has"),
    ),
    "tests/test_architecture.py": (
        words('{"request_reply", "outbox"}', '{"outbox"}'),
        words('"handlers", "responders", "jobs"', '"handlers", "jobs"'),
    ),
    "tests/test_page_statements.py": (block('("request-reply.md", "within 0.15 s"'),),
    "tests/test_pages.py": (
        words("YOURS|NAME|parcel_responder|tracking", "YOURS|NAME|tracking"),
        words("`warm_cache`, WarmCache, wake-up", "`wake_up`, WakeUp, wake-up"),
        words("assert len(found) == 12", "assert len(found) == 11"),
        words("assert len(calls) == 6", "assert len(calls) == 4"),
    ),
}
