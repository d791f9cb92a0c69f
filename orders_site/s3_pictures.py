"""S3 by a client that waits for seconds; botocore's own would wait for minutes, in `web` too."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

OPTIONS = Config(  # type: ignore[call-arg]  # its stubs do not know the last
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 2},
    ignore_configured_endpoint_urls=True,  # see sqs_client.py
)
"""A picture that is not kept then is asked for again: by the visitor, or by the queue."""


class PicturesInS3(S3Storage):  # type: ignore[misc]
    """A silent S3 holds up a request for half a minute at most."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_config: Config = self.client_config.merge(OPTIONS)
