"""Which shop is tested: `--target=demo` (one for all tests), `compose`, or `running` elsewhere."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.acceptance.addresses import Addresses, from_environment, read_exports
from tests.acceptance.compose import composed
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.demo.running import RunningDemo

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--target",
        choices=["demo", "compose", "running"],
        default="demo",
        help="the shop of tests/acceptance: our own demo, docker compose, or SHOP_URL's",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "target(name): only for that shop of tests/acceptance")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that are for another target: there is nothing that they could show."""
    target = config.getoption("--target")
    others = [
        item
        for item in items
        if (marker := item.get_closest_marker("target")) and target not in marker.args
    ]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def addresses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Addresses]:
    match request.config.getoption("--target"):
        case "compose":
            with composed() as addresses:
                yield addresses
        case "running":
            yield from_environment()
        case _:
            yield addresses_of(request.getfixturevalue("live_demo"))


def addresses_of(demo: RunningDemo) -> Addresses:
    nats_port, aws_port = demo.environment["NATS_PORT"], demo.environment["AWS_PORT"]
    return Addresses(
        url=f"http://127.0.0.1:{demo.port}",
        nats_url=f"nats://127.0.0.1:{nats_port}",
        aws_endpoint_url=f"http://127.0.0.1:{aws_port}",
        staff_password=(demo.folder / "demo" / "staff_password").read_text().strip(),
        staff_token=demo.manage("api_token", "staff").stdout.splitlines()[-1],
        exports=read_exports(demo.manage("demo", "--env").stdout),
        manage=demo.manage,
        log=lambda: demo.log,
    )


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> str:
    """Return `demo`, `compose` or `running`."""
    return str(request.config.getoption("--target"))


@pytest.fixture(scope="session")
def shop(addresses: Addresses) -> Shop:
    return Shop(addresses.url)


@pytest.fixture(scope="session")
def staff(addresses: Addresses) -> Staff:
    return Staff(addresses.url, addresses.staff_password)


@pytest.fixture(scope="session")
def nats(addresses: Addresses) -> Iterator[NatsClient]:
    client = NatsClient(addresses.nats_url)
    yield client
    client.close()


@pytest.fixture(scope="session")
def sqs(addresses: Addresses) -> "SQSClient":
    return boto3.client(
        "sqs",
        endpoint_url=addresses.aws_endpoint_url,
        region_name="eu-central-2",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
    )
