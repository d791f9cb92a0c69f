"""What request-reply has in the contracts: two kinds of messages, and who reads them."""

from apps.start_project.parts.cuts import block, lines, unit, words

_OF_THE_SHOP = {
    "apps/catalog/events.py": (words('consumers=["price_responder"]', "consumers=[]"),),
    "docs/contracts/released/broadcasts/catalog.price_changed.v1.json": (
        words('[ "price_responder" ]', "[]"),
    ),
    "tests/orders_site/contracts/test_contracts_of_the_shop.py": (
        block("case ContractKind.REQUEST:"),
        block("case ContractKind.ANSWER:"),
        unit("_responder"),
        words(
            "lambda body: take_changed_price( … body) ),",
            "PriceChanged.read,",
        ),
        unit("test_every_subject_that_is_answered_has_a_contract"),
        lines("assert each.consumers"),
    ),
    "tests/deploy/test_rights_of_contracts.py": (words(", ContractKind.REQUEST}", "}"),),
}

_DOCUMENTS = {
    "apps/messaging/contracts/asyncapi.py": (
        words("A request names the channel … to the inbox of the asker."),
        unit("_REFUSAL"),
        lines(
            "answers = {each.address: each for each in contracts "
            "if each.kind is ContractKind.ANSWER}"
        ),
        block("if answers:"),
        lines("if each.kind is not ContractKind.ANSWER"),
        words("_operations(each, answers.get(each.address))", "_operations(each)"),
        block("if each.kind is ContractKind.ANSWER:"),
        block("if contract.kind is ContractKind.ANSWER:\n        return {"),
        block("if contract.kind is ContractKind.ANSWER:\n        return f"),
        words("contract: Contract, answer: Contract | None", "contract: Contract", times=2),
        words(", contract, answer)", ", contract)", times=2),
        words('part: ApiObject = { "action"', 'return {\n        "action"'),
        block("if answer:"),
        lines("return part"),
    ),
    "apps/messaging/contracts/catalogue.py": (
        words("ContractKind.REQUEST: ( … ContractKind.JOB: (", "ContractKind.JOB: ("),
    ),
    "apps/messaging/contracts/headers.py": (
        block("case ContractKind.ANSWER:"),
        unit("refusal"),
    ),
    "tests/messaging/contracts/teas.py": (
        words("*request_reply( … ),"),
        lines('"requests/kitchen.how_long.v1": \'{"tea": "green"}\','),
        lines('"answers/kitchen.how_long.v1": \'{"minutes": 3}\','),
    ),
    "tests/messaging/contracts/test_asyncapi.py": (
        unit("test_a_request_names_the_channel_of_its_reply_and_the_refusal"),
        words(
            'answering = made["operations"]["receive.requests.kitchen.how_long.v1.kitchen"]',
            'drying = made["operations"]["receive.offers.cups.dry.v1.drier"]',
        ),
        words(
            'answering["bindings"]["nats"]["queue"] == "cooks"',
            'drying["bindings"]["nats"]["queue"] == "driers"',
        ),
    ),
}

_RULES = {
    "apps/messaging/contracts/declaring.py": (
        lines('REQUEST = "requests"\nANSWER = "answers"'),
        unit("request_reply"),
    ),
    "apps/messaging/contracts/compatibility.py": (
        words("kind: ContractKind, change: SchemaChange", "change: SchemaChange"),
        words("Responders are deployed first: … the reader of an answer."),
        words("match kind: … case _: return change.narrows", "return change.narrows"),
    ),
    "apps/messaging/contracts/folder.py": (
        words("hits=_users(name, released[name])", "hits=_users(released[name])"),
        words(
            "_users(contract.name, released | new) if breaks(contract.kind, change)",
            "_users(released | new) if breaks(change)",
        ),
        words("_users(name: str, schema:", "_users(schema:"),
        words("its readers, or the senders of a request.", "its readers."),
        lines('is_request = name.startswith(f"{ContractKind.REQUEST}/")'),
        words('["x-producers" if is_request else "x-consumers"]', '["x-consumers"]'),
    ),
    "tests/messaging/contracts/test_command.py": (
        words(
            'EVENT, REQUEST = "events/teas.brewed.v1.json", "requests/kitchen.how_long.v1.json"',
            'EVENT = "events/teas.brewed.v1.json"',
        ),
        unit("test_a_compatible_change_is_said_and_passes"),
        lines('(REQUEST, "tea", None, "tea is new and required; it hits waiter"),'),
        lines('("answers/kitchen.how_long.v1.json", "egg", {}, "egg is removed; it hits waiter"),'),
    ),
    "tests/messaging/contracts/test_compatibility.py": (
        words("the rules, by kind and direction.", "the rules."),
        lines(
            "EVENT, REQUEST, ANSWER = ContractKind.EVENT, ContractKind.REQUEST, ContractKind.ANSWER"
        ),
        unit("STORED_OR_OLD"),
        lines(
            "BOTH = {EVENT, REQUEST, ANSWER}\n"
            "NARROWED, WIDENED = {EVENT, REQUEST}, {EVENT, ANSWER}",
            "NARROWED = WIDENED = BOTH = True",
        ),
        words("set[ContractKind]", "bool", times=2),
        words("set()", "False"),
        words(
            "test_a_change_breaks_by_the_direction_of_the_message",
            "test_a_change_that_allows_more_or_less_breaks",
        ),
        words(
            "assert {kind for kind in … == {bool(broken)}",
            "assert breaks(change) is broken",
        ),
        words("breaks(EVENT, change)", "breaks(change)"),
    ),
}

CONTRACTS = _OF_THE_SHOP | _DOCUMENTS | _RULES
