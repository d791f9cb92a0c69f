"""The lines of docs/backup.md for SQS and S3, typed with AWS's own client against real servers."""

import re
from pathlib import Path
from typing import Final

import boto3

from orders_site.conf.picture_storage import FOREVER
from tests.acceptance.clients import AWS
from tests.failures.test_backup import PAGE
from tests.support.moto_server import MotoServer

# A region in which the client 1.x obeys AWS_ENDPOINT_URL for `sqs`.
REGION: Final = "eu-central-2"
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "demo",
    "AWS_SECRET_ACCESS_KEY": "demo",
    "AWS_DEFAULT_REGION": REGION,
}
SESSION = boto3.Session("demo", "demo", region_name=REGION)
BUCKET = "shop-pictures"


def lines_with(command: str) -> list[str]:
    found = re.findall(rf"^ *\$ ({re.escape(command)} .+?)(?: +#.*)?$", PAGE.read_text(), re.M)
    assert found, f"{command} is not on the page"
    return found


def type_at(server: MotoServer, folder: Path, line: str) -> None:
    AWS.check()
    exports = ACCOUNT | {"AWS_ENDPOINT_URL": server.url}
    typed = AWS.type(line, goes_on=False, folder=folder, exports=exports)
    assert typed.ended(within=60) == 0, typed.printed


def test_pictures_are_backed_up_and_restored(sqs_server: MotoServer, tmp_path: Path) -> None:
    s3 = SESSION.resource("s3", endpoint_url=sqs_server.url)
    bucket = s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    kept = {"originals/1.jpg": b"one", "photos/1-200.webp": b"two"}
    for key, body in kept.items():
        bucket.put_object(Key=key, Body=body)
    away, back = lines_with("aws s3 sync")
    type_at(sqs_server, tmp_path, away)
    bucket.objects.delete()
    type_at(sqs_server, tmp_path, back)
    found = {each.key: each.get() for each in bucket.objects.all()}
    assert {key: each["Body"].read() for key, each in found.items()} == kept
    # As an upload of the shop has it.
    assert {each["CacheControl"] for each in found.values()} == {FOREVER}


def test_both_queues_are_emptied(sqs_server: MotoServer, tmp_path: Path) -> None:
    sqs = SESSION.client("sqs", endpoint_url=sqs_server.url)
    purges = lines_with("aws sqs purge-queue")
    urls = {}
    for name in ("celery", "jobs"):
        urls[name] = sqs.create_queue(QueueName=name)["QueueUrl"]
        sqs.send_message(QueueUrl=urls[name], MessageBody="left over")
        (line,) = (each for each in purges if each.endswith(f"/{name}"))
        type_at(sqs_server, tmp_path, re.sub(r"https://\S+", urls[name], line))
    for url in urls.values():
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
