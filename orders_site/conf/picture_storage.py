"""The storage of pictures: files below `MEDIA_ROOT`, or S3 (`MEDIA_STORAGE=s3`)."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from orders_site.conf.environment import Environment

_BUCKET = r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}[a-zA-Z0-9]|arn:[a-z-]+:s3[a-z-]*:[a-zA-Z0-9._:/-]+"
"""An old bucket may have capitals, and up to 255 characters; an access point has an ARN."""
FOREVER = "public, max-age=31536000, immutable"


class Pictures(NamedTuple):
    """An entry of Django's `STORAGES`, and the origins that a page loads pictures from."""

    storage: dict[str, Any]
    origins: list[str]


def kept_pictures(env: Environment) -> Pictures:
    """Read `MEDIA_STORAGE` and its further variables from the environment."""
    if env.choice("MEDIA_STORAGE", ("files", "s3"), default="files") == "files":
        return Pictures({"BACKEND": "apps.images.storage.PictureFiles"}, [])
    return _in_s3(
        bucket=env.like("MEDIA_BUCKET", _BUCKET, "the name of a bucket, without a path"),
        domain=env.like("MEDIA_DOMAIN", r"([\w.-]+(:\d+)?)?", "a host, without https://", ""),
        region=env.region("AWS_DEFAULT_REGION"),
        endpoint=env.http_url("AWS_ENDPOINT_URL", default=""),
        keys={
            "access_key": env.key("AWS_ACCESS_KEY_ID") or None,
            "secret_key": env.key("AWS_SECRET_ACCESS_KEY") or None,
            "security_token": env.key("AWS_SESSION_TOKEN") or None,
        },
    )


def _in_s3(
    *, bucket: str, domain: str, region: str, endpoint: str, keys: dict[str, str | None]
) -> Pictures:
    """Return the storage of a private bucket; addresses are signed, or on the domain of a CDN."""
    options = {
        "bucket_name": bucket,
        "region_name": region,
        "endpoint_url": endpoint or None,
        # A local S3 server has one host name for all buckets.
        "addressing_style": "path" if endpoint else "virtual",
        "signature_version": "s3v4",
        "custom_domain": domain or None,
        # The keys depend on the picture only: a repeated job writes the same file again.
        "file_overwrite": True,
        "object_parameters": {"CacheControl": FOREVER},
        **keys,
    }
    return Pictures(
        {"BACKEND": "orders_site.conf.s3_pictures.PicturesInS3", "OPTIONS": options},
        _origins(bucket=bucket, domain=domain, region=region, endpoint=endpoint),
    )


def _origins(*, bucket: str, domain: str, region: str, endpoint: str) -> list[str]:
    if domain:
        return [f"https://{domain}"]
    if endpoint:
        return ["{0.scheme}://{0.netloc}".format(urlsplit(endpoint))]
    # A bucket in the oldest region has an address without the region's name.
    return [f"https://{bucket}.s3.{region}.amazonaws.com", f"https://{bucket}.s3.amazonaws.com"]
