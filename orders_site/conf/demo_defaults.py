"""Defaults of environment variables for `DEMO=true`: everything runs on this machine."""

import os
import secrets
import sys
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import quote

from orders_site.conf.database import IN_MEMORY
from orders_site.conf.demo_secret import demo_secret_key
from orders_site.conf.environment import Environment
from orders_site.conf.unreadable import Unreadable

ELSEWHERE = (
    "ALLOWED_HOSTS",
    "AWS_ENDPOINT_URL",
    "CELERY_QUEUE_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "LAB_NATS_URL",
    "MEDIA_BUCKET",
    "MEDIA_DOMAIN",
    "MEDIA_ROOT",
    "MEDIA_STORAGE",
    "NATS_INBOX_PREFIX",
    "NATS_URL",
    "QUEUE_PREFIX",
    "RATE_LIMIT_STORAGE",
    "SECRET_KEY",
    "SITE_URL",
    "STATIC_ROOT",
    "STREAM_REPLICAS",
)
"""Variables that locate or identify a shop; one that is set in the shell means another shop."""

SERVERS = ("GRANIAN_", "INITIAL_NO_AUTH_", "MOTO_")
"""Prefixes of variables that configure the demo's web server or its SQS."""

OTHER_ACCOUNTS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_OUTPUT",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_MAX_ATTEMPTS",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_RETRY_MODE",
    "AWS_ROLE_ARN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""Variables of a developer's own account at AWS."""

DATABASE = "db.sqlite3"
MAKES_IT, RUNS_IT = ("migrate", "prepare_demo", "seed"), ("demo", "prove")
"""Commands of manage.py for which there need be no database yet."""
WAYS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_ENDPOINT_URL",
    "AWS_SECRET_ACCESS_KEY",
    "DATABASE_URL",
    "EMAIL_URL",
    "NATS_URL",
)
"""Each can be set for the demo only, with a prefix: `DEMO_DATABASE_URL=postgres://…`."""


def at_home(
    env: Environment, demo_dir: Path, *, nats_port: int, aws_port: int
) -> tuple[Environment, list[str]]:
    """Return the environment with the demo's defaults, and its variables that point elsewhere."""
    _require_own_folder(demo_dir)
    command = "".join(sys.argv[1:2])
    local = demo_defaults(demo_dir, nats_port=nats_port, aws_port=aws_port)
    if command == "demo" and "--reset" in sys.argv:
        # It needs no key, and deletes whatever is in the key's place.
        local["SECRET_KEY"] = secrets.token_urlsafe(50)
    elif env.bool("PAGES", default=True):  # Without pages nothing is signed.
        local["SECRET_KEY"] = demo_secret_key(demo_dir, keep=command in MAKES_IT)
    names = {name: f"DEMO_{name}" for name in WAYS if env.str(f"DEMO_{name}", default="")}
    local |= {name: env.str(other) for name, other in names.items()}
    elsewhere = pointing_elsewhere(env, local)
    is_made = (demo_dir / DATABASE).exists() or command in (*MAKES_IT, *RUNS_IT)
    if not is_made and "DATABASE_URL" not in names:
        # A command that only reads, such as `manage.py check`, must not create the file.
        local["DATABASE_URL"] = IN_MEMORY
    return env.with_defaults(local, names), elsewhere


def _require_own_folder(demo_dir: Path) -> None:
    """End the process if wiping the demo's folder would delete files of another owner."""
    real = demo_dir.resolve()
    for other in (Path(__file__).parents[2], Path.home()):
        if other.resolve().is_relative_to(real):
            raise Unreadable(
                f"DEMO_DIR={demo_dir} holds more than a demo: name a folder of its own."
            )


def forget_others(variables: MutableMapping[str, str]) -> None:
    """Delete variables that lead an AWS client elsewhere, keys included: the demo sets its own.

    Every process of the demo inherits them, and boto3, kombu and the AWS CLI each read some. The
    files in `~/.aws` may be those of a real account too. `manage.py demo` and `prove` also delete
    `SERVERS`; a `web` that is started by itself obeys the variables of granian.
    """
    is_demo = "".join(sys.argv[1:2]) in RUNS_IT
    others = ("AWS_", "BOTO", *(SERVERS if is_demo else ()))
    for name in [name for name in variables if name.startswith(others)]:
        if name.removesuffix("_FILE") not in ("AWS_ENDPOINT_URL", "AWS_PORT"):
            del variables[name]
    variables.update(dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull))


def demo_defaults(demo_dir: Path, *, nats_port: int, aws_port: int) -> dict[str, str]:
    """Return the variables as they would be in the environment, without the secret key."""
    return {
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "AWS_ACCESS_KEY_ID": "demo",
        # One of the few regions in which the AWS CLI 1.x obeys AWS_ENDPOINT_URL for `sqs`.
        "AWS_DEFAULT_REGION": "eu-central-2",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws_port}",
        "AWS_SECRET_ACCESS_KEY": "demo",
        # More than this machine can serve: a visitor and the demo's load share one address.
        "CHECKOUT_RATE": "200/second",
        "DATABASE_URL": f"sqlite:///{quote(str(demo_dir / DATABASE))}",
        "EMAIL_URL": f"filemail:///{quote(str(demo_dir / 'mail'))}",
        "LOGIN_RATE": "100/minute",
        "MEDIA_ROOT": str(demo_dir / "pictures"),
        "NATS_URL": f"nats://127.0.0.1:{nats_port}",
        # The long poll of a stopped worker continues in the local SQS server, and takes a message.
        "SQS_VISIBILITY_TIMEOUT": "30",
        "SQS_WAIT_SECONDS": "2",
        "UPLOAD_RATE": "50/second",
    }


def pointing_elsewhere(env: Environment, local: dict[str, str]) -> list[str]:
    """Return the given variables that are not the demo's own, each as `NAME is VALUE`."""
    ours = {"MEDIA_STORAGE": "files", "LAB_NATS_URL": local["NATS_URL"], **local}
    given = {name: env.text_of(name) for name in ELSEWHERE}
    return [
        f"{found[0]} is {_without_secrets(*found)}"
        for name, found in given.items()
        if found and found[1] and found[1] != ours.get(name, "")
    ]


def _without_secrets(variable: str, value: str) -> str:
    if variable.startswith("SECRET_KEY"):
        return "a secret of its own"
    if "://" not in value:
        return value
    scheme, _, rest = value.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
