"""Calls that a worker of jobs repeats: botocore makes the first, and the next ones are sent alike.

For each call botocore checks the parameters, resolves the endpoint and announces a dozen
events. That takes as much processor time again as signing and sending. A worker of short jobs makes
two calls for ten jobs, so most of its time went there.

Here a call is made of what does not change, its own parameters, and a new signature. Signer and
HTTP session are those of the client, and so are credentials, proxies, certificates, time limits.
What is no plain success is left to botocore: it makes the call again, and names the error. So only
calls belong here whose repetition does no harm. Who watches botocore sees the first call alone.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.exceptions import ConnectionClosedError
from botocore.signers import RequestSigner

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_NEW_EACH_TIME = {
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "content-length",
    "x-amz-date",
    "x-amz-security-token",
}
"""Headers of the first call that are about it alone, or that the signer adds."""
_SIGNATURE = "v4"
_OK = 200

type CallAnswer = dict[str, Any]


class _Request(AWSPreparedRequest):
    """A request that is signed as it will be sent: botocore would prepare another one, twice."""

    params = None

    def __init__(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        named: Any = dict(headers)  # No name comes twice.
        super().__init__("POST", url, named, body, stream_output=False, context={})


class _Pattern(NamedTuple):
    """What all calls of one operation have in common."""

    url: str
    headers: Mapping[str, str]
    signer: RequestSigner
    signing_name: str
    region: str

    def signed(self, parameters: Mapping[str, object]) -> _Request:
        """Return the request with these parameters, in SQS's JSON protocol."""
        body = json.dumps(parameters).encode()
        request = _Request(self.url, self.headers, body)
        # The signer asks for the credentials at each use: temporary ones are renewed.
        self.signer.get_auth_instance(self.signing_name, self.region, _SIGNATURE).add_auth(request)
        request.headers["Content-Length"] = str(len(body))  # botocore does not sign it either.
        return request


class _RepeatedCall:
    """One operation of a client, in place of the method that botocore has made for it."""

    def __init__(
        self, client: "SQSClient", operation: str, first: Callable[..., CallAnswer]
    ) -> None:
        self._by_botocore = first
        self._session = client._endpoint.http_session  # type: ignore[attr-defined]
        self._pattern: _Pattern | None = None
        client.meta.events.register(f"before-sign.sqs.{operation}", self._learn)

    def __call__(self, **parameters: object) -> CallAnswer:
        """Make the call. Returns and raises what botocore does, but for `ResponseMetadata`."""
        answer = self._repeated(self._pattern, parameters) if self._pattern else None
        return self._by_botocore(**parameters) if answer is None else answer

    def _repeated(self, pattern: _Pattern, parameters: Mapping[str, object]) -> CallAnswer | None:
        """Return the answer; None if there is none, or an error."""
        try:
            response = self._session.send(pattern.signed(parameters))
        except ConnectionClosedError:  # The server has closed it since the call before.
            return None
        if response.status_code != _OK:
            return None
        if not response.content:  # AWS says nothing of a deleted message; to botocore that is {}.
            return {}
        try:
            answer: CallAnswer = json.loads(response.content)
        except ValueError:  # It was cut off.
            return None
        return answer

    def _learn(
        self,
        *,
        request: AWSRequest,
        signing_name: str,
        region_name: str,
        signature_version: str,
        request_signer: RequestSigner,
        **_: object,
    ) -> None:
        is_usual = signature_version == _SIGNATURE and not request.context.get("signing")
        if is_usual and request.url:
            headers = {
                name: text
                for name, text in request.headers.items()
                if name.lower() not in _NEW_EACH_TIME
            }
            self._pattern = _Pattern(
                request.url, headers, request_signer, signing_name, region_name
            )


def repeat_calls(client: "SQSClient") -> "SQSClient":
    """Return the client; its calls for received messages are repeated as above."""
    for operation, method in [
        ("ReceiveMessage", "receive_message"),
        ("DeleteMessage", "delete_message"),
        ("DeleteMessageBatch", "delete_message_batch"),
        ("ChangeMessageVisibilityBatch", "change_message_visibility_batch"),
    ]:
        setattr(client, method, _RepeatedCall(client, operation, getattr(client, method)))
    return client
