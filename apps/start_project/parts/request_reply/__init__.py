"""The part `request-reply`: the pattern, the price responders, and all that asks them.

A checkout then takes the prices from the catalogue itself.
"""

from apps.start_project.parts.part import Part, joined
from apps.start_project.parts.request_reply.broker_tests import BROKER_TESTS
from apps.start_project.parts.request_reply.code import CODE
from apps.start_project.parts.request_reply.contracts import CONTRACTS
from apps.start_project.parts.request_reply.course import COURSE
from apps.start_project.parts.request_reply.deploy import DEPLOY
from apps.start_project.parts.request_reply.example import EXAMPLE
from apps.start_project.parts.request_reply.lab import LAB_TOO
from apps.start_project.parts.request_reply.lab_tests import LAB_TESTS
from apps.start_project.parts.request_reply.pages import PAGES
from apps.start_project.parts.request_reply.tests import TESTS

REQUEST_REPLY = Part(
    name="request-reply",
    what="the pattern, and the price responders",
    paths=(
        "apps/lab/course/lessons/every_listener.py",
        "apps/lab/course/lessons/request_reply.py",
        "apps/lab/experiments/no_answer.py",
        "apps/lab/experiments/responders_split.py",
        "apps/lab/map/new_requests.py",
        "apps/lab/patterns/request_reply.py",
        "apps/lab/terminal/nats_requests.py",
        "apps/lab/terminal/nats_requests_table.py",
        "apps/lab/terminal/nats_services.py",
        "apps/messaging/request_reply",
        "apps/messaging/testing/answering.py",
        "apps/pricing/contract.py",
        "apps/pricing/price_list.py",
        "apps/pricing/responders.py",
        "apps/pricing/together.py",
        "apps/scaffold/management/commands/new_responder.py",
        "apps/scaffold/new_responder.py",
        "apps/scaffold/templates/responder",
        "bench/figures/price_responder.py",
        "bench/figures/prices.py",
        "bench/floors/bare_responder.py",
        "bench/floors/many_prices.py",
        "bench/floors/raw_price.py",
        "bench/peers/faststream_responder.py",
        "bench/programs/ask_prices.py",
        *(
            f"docs/contracts/{folder}{kind}"
            for folder in ("", "examples/", "released/")
            for kind in ("answers", "requests")
        ),
        *(f"docs/example/apps/parcels/{name}.py" for name in ("client", "responders")),
        *(f"docs/example/docs/contracts/examples/{kind}" for kind in ("answers", "requests")),
        *(f"docs/example/tests/parcels/{name}.py" for name in ("conftest", "test_responders")),
        "docs/example/workers/parcel_responder.py",
        "docs/request-reply.md",
        "tests/acceptance/test_prices.py",
        "tests/acceptance/test_reload_in_compose.py",
        *("tests/deploy/production.py", "tests/deploy/production_page.py", "tests/deploy/role.py"),
        *("tests/deploy/test_production_page.py", "tests/deploy/test_production_at_work.py"),
        "tests/deploy/test_production_at_aws.py",
        "tests/deploy/test_answers_at_inboxes.py",
        "tests/deploy/test_lab_terminal_requests.py",
        "tests/lab/terminal/test_request_lines.py",
        "tests/messaging/request_reply",
        "tests/messaging/support/questions.py",
        "tests/messaging/testing/test_answers.py",
        "tests/messaging/tracing/test_questions.py",
        "tests/pricing/test_client.py",
        "tests/pricing/test_price_list.py",
        "tests/pricing/test_responders.py",
        "tests/pricing/test_together.py",
        "tests/scaffold/test_new_responder.py",
        "tests/system/test_prices_survive.py",
        "workers/price_responder.py",
    ),
    cuts=joined(
        CODE, CONTRACTS, DEPLOY, TESTS, BROKER_TESTS, PAGES, LAB_TOO, LAB_TESTS, COURSE, EXAMPLE
    ),
    written_again=(
        "-m bench.redraw",
        "manage.py contracts",
        "-m tests.lab.course.page",
        "-m tests.deploy.rights_page --keep-tables",
    ),
)
