"""The lines that the lab's pattern pages offer for copying, copied and run with real clients."""

import re
import shlex
from html import unescape
from pathlib import Path

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.clients import BOTO3, NATS_3, OF_NATS, OF_SQS, ROOT, SHELL, Client
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.reader import WITHIN, Reader, queue_for_ourselves, reading
from tests.acceptance.shop import Shop
from tests.acceptance.terminal_page import Row
from tests.acceptance.typed import Typed
from tests.support.waiting import eventually

ON_NATS = ["publish-subscribe", "queue-group", "request-reply", "durable-events"]
PAGES = [
    *((page, client) for page in ON_NATS for client in OF_NATS),
    *(("sqs-jobs", client) for client in OF_SQS),
]
HEARD = {
    "publish-subscribe": '"sku": "ABC", "price": 9.99',
    "queue-group": '{"task": "resize", "id": 7}',
    "durable-events": '{"',  # An event of an earlier order may be the first one.
}
"""What a listener prints of a message, by page."""


def copied(html: str, ending: str) -> dict[str, str]:
    """Return what the buttons of a page copy, by what it does, in one language."""
    blocks = re.findall(r'aria-label="([^"]*)" data-copied>(.*?)</pre>', html, flags=re.DOTALL)
    return {
        unescape(label).removesuffix(ending): unescape(re.sub(r"<[^>]*>", "", code))
        for label, code in blocks
        if unescape(label).endswith(ending)
    }


def opening_of(html: str, client: Client) -> str:
    """Return what a program of this client begins with; a shell has only its variables."""
    version = ", version 3" if client.name == NATS_3.name else ""
    return copied(html, f"Connecting from {client.language}{version}").get("", "")


def rows_of(html: str, client: Client) -> list[Row]:
    """Return the lines of a page as programs of their own; of boto3 as one, for they go on."""
    opens = opening_of(html, client)
    lines = copied(
        html, ", in a shell" if client.language == "Shell" else f", in {client.language}"
    )
    assert len(lines) >= 2, lines
    programs = ["\n".join(lines.values())] if client.name == BOTO3.name else list(lines.values())
    return [
        Row(lines={client.language: f"{opens}\n{program}".strip()}, sees=()) for program in programs
    ]


@pytest.mark.parametrize(
    ("slug", "client"), PAGES, ids=[f"{page}-{client.name}" for page, client in PAGES]
)
def test_the_copied_lines_of_a_lab_page_run(
    *,
    slug: str,
    client: Client,
    shop: Shop,
    addresses: Addresses,
    nats: NatsClient,
    tmp_path: Path,
) -> None:
    rows = rows_of(shop.get(f"/lab/{slug}/").body.decode(), client.bare())
    nats.publish("orders.placed", b'{"id": 42}')  # The stream of a new shop is empty.
    listening: list[Typed] = []
    with (
        queue_for_ourselves(slug == "sqs-jobs", addresses),
        reading(client.bare(), tmp_path, addresses.exports) as reader,
    ):
        for row in rows:
            if row.goes_on(client.language):
                listening.append(reader.start(row))
            else:
                reader.type(row)
        if slug == "request-reply":
            answers_a_question(nats)
        elif listening:
            receives_a_message(reader, listening, rows[-1], HEARD[slug])
        assert [each.printed for each in listening if each.failed] == []
    assert [each.printed for each in listening if "Violation" in each.printed] == []


@pytest.mark.parametrize("client", OF_SQS, ids=lambda client: client.name)
def test_the_celery_page_counts_its_tasks(
    client: Client, shop: Shop, addresses: Addresses, tmp_path: Path
) -> None:
    html = shop.get("/lab/celery/").body.decode()
    opens = opening_of(html, client)
    ending = ", in a shell" if client.language == "Shell" else f", in {client.language}"
    counts = copied(html, ending)["How many tasks wait"]
    row = Row(lines={client.language: f"{opens}\n{counts}".strip()}, sees=())
    with reading(client.bare(), tmp_path, addresses.exports) as reader:
        assert reader.type(row).shows("ApproximateNumberOfMessages")


@pytest.mark.parametrize("language", ["Shell", "Python"])
def test_the_celery_page_enqueues_a_task(
    language: str, shop: Shop, addresses: Addresses, target: str, tmp_path: Path
) -> None:
    if target == "running":
        pytest.skip("the lines are for a shell on the shop's own machine")
    shop.wait_for_mail(shop.buy("ABC"))  # So that there is a mail 1, and it was sent.
    html = shop.get("/lab/celery/").body.decode()
    in_a_shell = copied(html, ", in a shell")["Enqueue a task"]
    *start, program = shlex.split(in_a_shell.replace("\\\n", " "))
    if language == "Python":
        program = copied(html, ", in Python")["Enqueue a task"]

    def enqueue(mail: int) -> None:
        asked, count = re.subn(r"""(send_mail['"], )\[1\]""", rf"\g<1>[{mail}]", program)
        assert count == 1, program
        if target == "compose":  # As the note beneath the line says.
            assert addresses.compose
            addresses.compose(
                "exec", "--no-TTY", "celery", "python", "manage.py", "shell", "-c", asked
            )
            return
        line = in_a_shell.replace(program, asked)
        if language == "Python":
            line = " ".join([*start, shlex.quote(asked)])
        row = Row(lines={"Shell": f"cd {shlex.quote(str(ROOT))}\n{line}"}, sees=())
        with reading(SHELL, tmp_path, addresses.exports) as reader:
            reader.type(row)

    before = shop.dead_letters("celery")
    enqueue(1)
    enqueue(10**9)
    eventually(
        lambda: shop.dead_letters("celery") == before + 1,
        within=WITHIN,
        what="a letter for the mail that does not exist, and for that one only",
    )


def receives_a_message(
    reader: Reader, listening: list[Typed], sets_it_off: Row, heard: str
) -> None:
    """Every listener prints its messages; a group member gets only some of them."""

    def received() -> bool:
        if not all(each.shows(heard) for each in listening):
            reader.type(sets_it_off)
        return all(each.shows(heard) for each in listening)

    eventually(
        received,
        within=WITHIN,
        what=lambda: f"{heard} in each of {[each.printed for each in listening]}",
    )


def answers_a_question(nats: NatsClient) -> None:
    """Only the page's responder knows a price of a product that does not exist."""
    eventually(
        lambda: nats.is_answered("price.lookup", b'{"sku": "NOBODY-SELLS-IT"}', by=b"ABC"),
        within=WITHIN,
        what="an answer of the page's responder",
    )
