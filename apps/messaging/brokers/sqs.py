"""The SQS client of this process, and the errors of its calls."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from django.conf import settings

from apps.messaging.brokers.queue_names import name_at_sqs
from apps.messaging.brokers.sqs_repeated_calls import repeat_calls
from apps.messaging.errors import BrokerAway

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchResultTypeDef

BATCH = 10
"""SQS's own limit. Ten messages of at most 64 KiB also fit into one call (1 MiB)."""

POLL_SECONDS = 30
"""Seconds for the answer to a long poll: ten more than the longest wait that SQS allows."""

COMMAND_SECONDS = 15.0
"""Seconds for an answer to a command, in which no message waits: a machine may be busy."""

# With the query protocol's names, which older clients and stand-ins still use.
_GONE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}
_REJECTED = {
    "AWS.SimpleQueueService.BatchRequestTooLong",
    "BatchRequestTooLong",
    "InvalidMessageContents",
    "InvalidParameterValue",
    "InvalidAttributeName",
    "InvalidAttributeValue",
    "MissingParameter",
}

# Making one is not safe in two threads at once, and would take its memory twice.
_making = threading.Lock()


class QueueAway(BrokerAway):
    """SQS answers, but this queue cannot be used at the moment."""


class QueueGone(QueueAway):
    """The queue does not exist: not provisioned yet, or the local SQS server was restarted."""


class CallRejected(BrokerAway):
    """SQS is there but will not do this: a message of the call is wrong, or all are too much."""


def client() -> "SQSClient":
    """Return this process's client; threads may share it, a forked child may not.

    It waits `SQS_CALL_SECONDS` for an answer and does not retry: the callers' loops do.
    """
    return _client(seconds=settings.LONGEST_TIMES.sqs_call, attempts=1)


def polling_client() -> "SQSClient":
    """Return the client of a long poll, whose answer may take `POLL_SECONDS`."""
    return _client(seconds=POLL_SECONDS, attempts=2)


def patient_client() -> "SQSClient":
    """Return the client of a command, which waits `COMMAND_SECONDS` for an answer, or longer."""
    return _client(seconds=max(COMMAND_SECONDS, settings.LONGEST_TIMES.sqs_call), attempts=1)


def is_messages_own(code: str) -> bool:
    """Return whether SQS's error code is about the message or the call.

    `SenderFault` does not tell: AWS sets it for `RequestThrottled` too.
    """
    return code in _REJECTED


@cache
def authority() -> str:
    """Return the file of a certificate authority of our own: `AWS_CA_BUNDLE`, or the profile's.

    Read once, as a client does it: Celery asks at each poll, and a new session takes milliseconds.
    """
    return botocore.session.get_session().get_config_variable("ca_bundle") or ""


def trouble_with_the_account() -> str:
    """Return why botocore's own variables and files allow no client; empty if they do."""
    try:
        client()
        # The client of S3 may use variables that this one does not.
        session = botocore.session.get_session()
        for name in BOTOCORE_DEFAUT_SESSION_VARIABLES:
            session.get_config_variable(name)
    except (BotoCoreError, ValueError) as error:
        return str(error)
    return ""


def to_blame(names: Iterable[str], trouble: str) -> list[str]:
    """Return the variables that cause the problem: without each, the error changes or is gone.

    Each is removed from the environment for a moment: checks run before there is another thread.
    """
    return [name for name in names if _trouble_without(name) != trouble]


def _trouble_without(name: str) -> str:
    value = os.environ.pop(name)
    _forget_the_account()
    try:
        return trouble_with_the_account()
    finally:
        os.environ[name] = value
        _forget_the_account()


def _forget_the_account() -> None:
    """Let botocore read its variables again: its session keeps the old values."""
    boto3.DEFAULT_SESSION = None
    _client_of.cache_clear()
    authority.cache_clear()


def queue_url(name: str) -> str:
    """Return the URL of a queue. Raises `QueueGone`, and `BrokerAway` if SQS does not answer."""
    return _url_of(settings.AWS_ENDPOINT_URL, name_at_sqs(name))


def left_out(answer: "SendMessageBatchResultTypeDef", ids: Iterable[int]) -> dict[int, str]:
    """Return the reason for each entry that an answer calls neither sent nor failed."""
    entries = (*answer.get("Successful", ()), *answer.get("Failed", ()))
    named = {int(each["Id"]) for each in entries}
    return {id: "not in the answer" for id in ids if id not in named}


@contextmanager
def reaching_sqs() -> Iterator[None]:
    """Name what botocore raises: `QueueAway`, `CallRejected`, or simply `BrokerAway`."""
    try:
        yield
    except ClientError as error:
        raise _kind_of(error)(str(error)) from error
    except ParamValidationError as error:  # botocore itself, before anything is sent
        raise CallRejected(str(error)) from error
    except BotoCoreError as error:
        raise BrokerAway(str(error)) from error


def _kind_of(error: ClientError) -> type[BrokerAway]:
    code = error.response["Error"]["Code"]
    if code in _GONE:
        return QueueGone
    return CallRejected if is_messages_own(code) else QueueAway


def _client(*, seconds: float, attempts: int) -> "SQSClient":
    with _making:
        return _client_of(os.getpid(), settings.AWS_ENDPOINT_URL, seconds, attempts)


@cache
def _client_of(pid: int, endpoint: str, seconds: float, attempts: int) -> "SQSClient":
    client = boto3.client(
        "sqs",
        endpoint_url=endpoint or None,
        region_name=settings.AWS_REGION,
        aws_access_key_id=settings.AWS_ACCESS_KEY_ID or None,
        aws_secret_access_key=settings.AWS_SECRET_ACCESS_KEY or None,
        aws_session_token=settings.AWS_SESSION_TOKEN or None,
        config=Config(  # type: ignore[call-arg]  # The stubs lack the last argument.
            connect_timeout=settings.LONGEST_TIMES.sqs_call,
            read_timeout=seconds,
            retries={"total_max_attempts": attempts},
            # Ignore the endpoint of a profile in botocore's files: only AWS_ENDPOINT_URL counts.
            ignore_configured_endpoint_urls=True,
        ),
    )
    return repeat_calls(client)


@cache
def _url_of(endpoint: str, full_name: str) -> str:
    with reaching_sqs():
        return client().get_queue_url(QueueName=full_name)["QueueUrl"]
