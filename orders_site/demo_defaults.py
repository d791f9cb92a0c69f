"""What `DEMO=true` puts in place of a missing environment variable: everything on this machine."""

import secrets
from pathlib import Path


def demo_defaults(demo_dir: Path, *, nats_port: int, aws_port: int) -> dict[str, str]:
    """Return the variables as they would stand in the environment."""
    return {
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "AWS_ACCESS_KEY_ID": "demo",
        # Of the few in which the AWS CLI 1.x obeys AWS_ENDPOINT_URL for `sqs`.
        "AWS_DEFAULT_REGION": "eu-central-2",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws_port}",
        "AWS_SECRET_ACCESS_KEY": "demo",
        # More than this machine takes: whoever tries the shop is one address, and its load too.
        "CHECKOUT_RATE": "200/second",
        "DATABASE_URL": f"sqlite:///{demo_dir / 'db.sqlite3'}",
        "EMAIL_URL": f"filemail:///{demo_dir / 'mail'}",
        "MEDIA_ROOT": str(demo_dir / "pictures"),
        "NATS_URL": f"nats://127.0.0.1:{nats_port}",
        "SECRET_KEY": demo_secret_key(demo_dir),
        # A stopped worker's long poll lives on in the SQS stand-in and swallows a message.
        "SQS_VISIBILITY_TIMEOUT": "30",
        "SQS_WAIT_SECONDS": "2",
        "UPLOAD_RATE": "50/second",
    }


def demo_secret_key(demo_dir: Path) -> str:
    """Make the demo's secret once, so that sessions outlive a restart."""
    path = demo_dir / "secret_key"
    if not path.exists():
        demo_dir.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass  # Another process was first; its key is the one.
    return path.read_text()
