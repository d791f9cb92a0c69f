"""Docker alone is enough: the service `terminal` has the clients and the addresses."""

import pytest

from tests.acceptance.addresses import Addresses

pytestmark = pytest.mark.target("compose")  # A demo without containers has no such service.

SEEN_AFTER = {
    """nats pub orders.placed '{"id": 42, "total": 19.99}'""": "Published",
    """nats request price.lookup '{"sku": "ABC"}' --timeout 1s""": "9.99",
    "nats stream info ORDERS": "Information for Stream ORDERS",
    "aws sqs create-queue --queue-name jobs": "/jobs",
    """aws sqs send-message --queue-url "$Q" --message-body '{"task": "resize"}'""": "MessageId",
    'curl --fail --silent --show-error "$SHOP_URL/api/photos/7"': '"ready"',
}


@pytest.mark.parametrize("line", SEEN_AFTER)
def test_the_terminal_has_clients_and_addresses(line: str, addresses: Addresses) -> None:
    assert addresses.compose
    run = ("run", "--rm", "--no-TTY", "terminal", "bash", "-c")
    assert SEEN_AFTER[line] in addresses.compose(*run, f"{line} 2>&1")
