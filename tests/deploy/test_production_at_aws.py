"""The line of `docs/production.md` for AWS, typed into AWS's own command."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.clients import AWS, CLOUD, PATH
from tests.deploy.production_page import type_line
from tests.deploy.test_cloudformation import CLOUD_TOOLS, QUEUES, REGION, at_aws, policies_of
from tests.support.moto_server import MotoServer

pytestmark = [pytest.mark.slow, pytest.mark.one_database]


@pytest.fixture
def aws() -> Iterator[MotoServer]:
    AWS.check()
    CLOUD_TOOLS.check()
    server = MotoServer(program=CLOUD / "moto_server")
    server.start()
    yield server
    server.stop()


def test_the_line_makes_the_queues_the_roles_and_the_bucket(
    aws: MotoServer, tmp_path: Path
) -> None:
    said = type_line(
        "aws cloudformation deploy",
        {
            "PATH": PATH,
            "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo",
        },
    )
    assert "Successfully created/updated stack - shop" in said
    urls = at_aws(aws, "sqs").list_queues()["QueueUrls"]
    assert {url.rpartition("/")[2] for url in urls} == set(QUEUES)
    assert at_aws(aws, "s3").head_bucket(Bucket="YOURS")
    assert {"web", "image_resizer"} < policies_of(aws).keys()
