"""S3 storage with short timeouts, where botocore would wait for minutes, and a word for 403."""

from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
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

    def _open(self, name: str, mode: str = "rb") -> Any:
        """Raise `PermissionError` for 403, as a file system does, and name the key.

        S3 answers 404 for a missing object only to who may list the bucket, which no service may:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html.
        """
        try:
            return super()._open(name, mode)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
                raise
            reason = "it is missing, or the right s3:GetObject is"
            raise PermissionError(f"S3 refuses to read {name}: {reason}") from error
