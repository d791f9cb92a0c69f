"""What request-reply has in the code: errors, hooks, settings; and where the prices come from."""

from apps.start_project.parts.cuts import block, lines, unit, words

CODE = {
    "apps/lab/terminal/tools.py": (
        lines("from apps.lab.terminal.nats_requests_table import REQUESTS"),
        lines("*REQUESTS,"),
    ),
    "apps/pricing/__init__.py": (
        words(
            "Prices over request-reply: `client` asks, … the same `contract`.",
            "The prices that we charge.",
        ),
        words("owns the prices, and responders hold them in memory", "owns the prices"),
    ),
    "apps/pricing/client.py": (
        words("Request-reply, the asking side: the present prices", "The present prices"),
        words("Ask for all prices at once; return SKU", "Return SKU"),
        words("`NotSaleable`; `NoResponder`, … is unreadable.", "`NotSaleable`."),
        lines("currencies = dict.fromkeys(skus, settings.CURRENCY)"),
        lines(
            "# A responder may hold the price of a product for a while after it was taken off sale."
        ),
        words(
            "if (others := set(skus) - for_sale.keys()) and (withdrawn := "
            "queries.withdrawn(others)): raise UnknownSku(next(sku for sku in skus if sku in "
            "withdrawn))",
            "if unknown := [sku for sku in skus if sku not in for_sale]:\n"
            "        raise UnknownSku(unknown[0])",
        ),
        lines("# No answer with these terms would be valid, so asking again would not help."),
        lines("currencies[sku] = listed.currency"),
        lines("answers = _answers(skus, _Terms(currencies=currencies, for_sale=for_sale.keys()))"),
        lines(
            "return {sku: _price(sku, answers[sku], currencies[sku]) for sku in skus}",
            "return {\n"
            "    sku: Price(price=listed.price.quantize(CENT), currency=listed.currency)\n"
            "    for sku, listed in for_sale.items()\n"
            "}",
        ),
        unit("_Terms"),
        unit("_answers"),
        unit("_price"),
    ),
    "apps/pricing/errors.py": (words("If no responder answers in time, … unreadable request."),),
    "apps/catalog/queries.py": (unit("withdrawn"), unit("price_list")),
    "apps/catalog/services.py": (
        words("A responder that misses it reads it at its refresh.", "Only who listens gets it."),
    ),
    "apps/catalog/admin.py": (
        lines(
            "# The responders forget what is not for sale, and have it again at their next refresh."
        ),
        words("Orders, photos and the responders know", "Orders and photos know"),
    ),
    "apps/orders/prices.py": (
        words("lines, asked over request-reply: an order", "lines: an order"),
        words("Ask for all prices at once; return SKU", "Return SKU"),
    ),
    "apps/orders/quote.py": (
        words(", from the price responders, which also answer at the checkout."),
        words("or None if no responder answers with them", "or None if one of them has no price"),
    ),
    "apps/orders/checkout.py": (
        words("asks the prices over request-reply, then", "looks the prices up, then"),
        words(
            "Raises `NoResponder`, … After each of them nothing was stored.",
            "After each of them\n    nothing was stored.",
        ),
        words("Ask for all prices at once; return the lines", "Return the lines with their prices"),
    ),
    "apps/orders/views.py": (
        words(
            "If no responder answered a moment ago, asking again would only delay the page.",
            "Without the prices there is nothing to show.",
        ),
    ),
    "apps/demo/seed_again.py": (
        words("so that price responders get each change", "so that each change is announced"),
    ),
    "apps/demo/chaos/plan.py": (
        lines("a_responder_is_killed,\neverything_comes_again,", "everything_comes_again,"),
        lines("the_stream_is_full,\na_responder_is_killed,\n):", "the_stream_is_full,\n):"),
    ),
    "apps/demo/chaos/single_faults.py": (
        words(" a responder dies,"),
        unit("a_responder_is_killed"),
    ),
    "apps/demo/retail/orders.py": (
        unit("PATIENCE_SECONDS"),
        words("Raises `RequestFailed` or … `PATIENCE_SECONDS`."),
        words(
            "begin = time.monotonic() while True: try: return check_out(email=invoice.email, "
            "lines=invoice.lines, idempotency_key=key) … time.sleep(0.5)",
            "return check_out(email=invoice.email, lines=invoice.lines, idempotency_key=key)",
        ),
    ),
    "apps/demo/management/commands/import_orders.py": (
        block("if isinstance(error, MessagingError):"),
        words("except BaseException as error:", "except BaseException:"),
    ),
    "apps/messaging/__init__.py": (
        words("Five of the six patterns", "Four of the five patterns"),
        block("request_reply    a request"),
        words("The sixth pattern", "The fifth pattern"),
    ),
    "apps/messaging/testing/__init__.py": (
        words(
            "run a handler, a job or a caller as the workers",
            "run a handler or a job as the workers",
        ),
        words("`answers` gives a caller its answer."),
    ),
    "apps/messaging/testing/plugin.py": (unit("answers"),),
    "apps/messaging/outbox/__init__.py": (
        words(
            "is harmless, or where the caller needs an answer: `pubsub` and `request_reply` are "
            "for these.",
            "is harmless: `pubsub` is for that.",
        ),
    ),
    "apps/messaging/errors.py": (
        block("├── RequestFailed"),
        block("│   ├── NoResponder"),
        block("│   ├── RequestTimeout"),
        block("│   └── RequestRefused"),
        unit("RequestFailed"),
        unit("NoResponder"),
        unit("RequestTimeout"),
        unit("RequestRefused"),
    ),
    "apps/messaging/hooks/points.py": (
        block('"request.sent":'),
        block('"request.received": "a responder'),
        block('"request.answered":'),
        block('"request.received": "the question'),
    ),
    "orders_site/settings.py": (
        unit("PRICE_LOOKUP_TIMEOUT"),
        unit("PRICE_REFRESH_SECONDS"),
    ),
    "orders_site/conf/messaging.py": (
        lines('"apps.pricing.contract.CONTRACTS",'),
        words("`new_event`, `new_job` and `new_responder` add", "`new_event` and `new_job` add"),
    ),
    "manage.py": (lines('["new_responder"],'),),
    "apps/scaffold/__init__.py": (
        words("`new_event`, `new_job` and `new_responder`", "`new_event` and `new_job`"),
    ),
    "orders_site/conf/worker_processes.py": (lines('"price_responder": 2,'),),
    "orders_site/checks/times.py": (
        unit("LONGEST_CHECKOUT"),
        lines("yield from _of_prices()"),
        unit("_of_prices"),
        block('("REQUEST_SECONDS", times.request, "PRICE_LOOKUP_TIMEOUT"'),
    ),
    "orders_site/http/errors.py": (
        lines("messaging.NoResponder: HTTPStatus.SERVICE_UNAVAILABLE,"),
        lines("messaging.RequestTimeout: HTTPStatus.SERVICE_UNAVAILABLE,"),
        lines("messaging.RequestRefused: HTTPStatus.UNPROCESSABLE_ENTITY,"),
        unit("_NO_PRICES"),
        unit("PRICES_AWAY"),
        lines("detail = PRICES_AWAY if isinstance(error, _NO_PRICES) else str(error)"),
        words("detail=detail, **_members", "detail=str(error), **_members"),
        block("if isinstance(error, messaging.RequestRefused)"),
    ),
}
