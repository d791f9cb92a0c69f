"""`deploy/iam/`: moto's server enforces each policy, and refuses all other calls."""

import urllib.request
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Literal

import boto3
import pytest
from botocore.exceptions import ClientError
from django.utils.module_loading import import_string

from orders_site.conf import messaging
from tests.deploy.aws_calls import BUCKET, POLICIES, Right, rights_of
from tests.support.moto_server import MotoServer

SERVICES = sorted(path.stem for path in POLICIES.glob("*.json"))
REGION = "eu-west-2"
QUEUES = [
    name
    for queue in map(import_string, messaging.QUEUES)
    for name in (queue.name, queue.dead_letter_name)
]
# Moto enforces no right by queue where a call names the queue and not its URL: CreateQueue,
# GetQueueUrl. And it asks for a right of the batch's own name, which AWS does not have.
SQS_CALLS: dict[str, dict[str, Any]] = {
    "SendMessage": {"MessageBody": "{}"},
    "ReceiveMessage": {},
    "DeleteMessage": {"ReceiptHandle": "none"},
    "ChangeMessageVisibility": {"ReceiptHandle": "none", "VisibilityTimeout": 1},
    "GetQueueAttributes": {"AttributeNames": ["QueueArn"]},
    "SetQueueAttributes": {"Attributes": {"VisibilityTimeout": "30"}},
    "PurgeQueue": {},
    "ListQueueTags": {},
    "TagQueue": {"Tags": {"a": "b"}},
    "AddPermission": {"Label": "a", "AWSAccountIds": ["1" * 12], "Actions": ["*"]},
    "DeleteQueue": {},
}
S3_CALLS: dict[str, dict[str, Any]] = {
    "PutObject": {"Body": b"."},
    "GetObject": {},
    "DeleteObject": {},
    "GetObjectAcl": {},
    "PutObjectAcl": {"ACL": "public-read"},
}
BUCKET_CALLS: dict[str, dict[str, Any]] = {
    "ListObjectsV2": {},
    "GetBucketAcl": {},
    "PutBucketAcl": {"ACL": "public-read"},
    "DeleteBucket": {},
}
FOLDERS = ("originals", "photos", "another")

type Aws = Literal["iam", "sqs", "s3"]
type Clients = Callable[[str, Aws], Any]


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """The client of one service of AWS with the key of one of the shop's, on a strict server."""
    server = MotoServer()
    server.start()

    def client(name: Aws, id: str, secret: str) -> Any:
        return boto3.client(
            name,
            endpoint_url=server.url,
            region_name=REGION,
            aws_access_key_id=id,
            aws_secret_access_key=secret,
        )

    keys = {service: _user(client("iam", "-", "-"), service) for service in SERVICES}
    for queue in QUEUES:
        client("sqs", "-", "-").create_queue(QueueName=queue)
    client("s3", "-", "-").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    strict = urllib.request.Request(
        f"{server.url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
    )
    urllib.request.urlopen(strict, timeout=60).close()
    yield lambda service, name: client(name, *keys[service])
    server.stop()


def _user(iam: Any, service: str) -> tuple[str, str]:
    iam.create_user(UserName=service)
    policy = (POLICIES / f"{service}.json").read_text()
    iam.put_user_policy(UserName=service, PolicyName="its", PolicyDocument=policy)
    key = iam.create_access_key(UserName=service)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def allowed(client: Any, call: str, arguments: dict[str, Any]) -> bool:
    try:
        client._make_api_call(call, arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] not in ("AccessDenied", "403")
    return True


@pytest.mark.parametrize("service", SERVICES)
def test_every_call_without_a_right_is_refused(clients: Clients, service: str) -> None:
    sqs, s3 = clients(service, "sqs"), clients(service, "s3")
    taken: set[Right] = set()
    for call, queue in product(SQS_CALLS, QUEUES):
        url = f"{sqs.meta.endpoint_url}/123456789012/{queue}"
        if allowed(sqs, call, {"QueueUrl": url, **SQS_CALLS[call]}):
            taken.add((f"sqs:{call}", f"arn:aws:sqs:{REGION}:123456789012:{queue}"))
    for call, folder in product(S3_CALLS, FOLDERS):
        if allowed(s3, call, {"Bucket": BUCKET, "Key": f"{folder}/1", **S3_CALLS[call]}):
            taken.add((f"s3:{call}", f"arn:aws:s3:::{BUCKET}/{folder}/*"))
    taken |= {
        (f"s3:{call}", BUCKET)
        for call, arguments in BUCKET_CALLS.items()
        if allowed(s3, call, {"Bucket": BUCKET, **arguments})
    }
    tried = {f"sqs:{call}" for call in SQS_CALLS} | {f"s3:{call}" for call in S3_CALLS}
    assert taken == {right for right in rights_of(service) if right[0] in tried}
