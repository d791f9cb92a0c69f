"""S3 storage with short timeouts: botocore's defaults would wait for minutes, in `web` too."""

from typing import Any

from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage


class PicturesInS3(S3Storage):  # type: ignore[misc]
    """A silent S3 delays a request by `S3_CALL_SECONDS` twice at most.

    A picture that could not be stored is tried again, by the visitor or by the queue.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        longest = settings.LONGEST_TIMES.s3_call
        ours = Config(  # type: ignore[call-arg]  # its stubs do not know the last
            connect_timeout=min(2.0, longest),
            read_timeout=longest,
            retries={"total_max_attempts": 2},
            ignore_configured_endpoint_urls=True,  # see sqs.py
        )
        self.client_config: Config = self.client_config.merge(ours)
