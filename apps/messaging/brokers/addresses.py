"""The brokers as a terminal on this machine finds them, whether they are in containers or not.

Inside of compose the settings name the network's hosts, and the user of one service;
outside there are the published ports, and NATS's user `developer`.
"""

from urllib.parse import quote, urlsplit

from django.conf import settings

from apps.messaging.brokers.nats_address import address
from apps.messaging.brokers.queue_names import name_at_sqs

HOST = "127.0.0.1"
ON_THIS_MACHINE = {HOST, "localhost", "::1"}
ACCOUNT = "123456789012"
"""The account id that local SQS servers have in the URL of each queue."""
USER = "developer"
WITHOUT_PROXY = f'no_proxy="{HOST},${{no_proxy:-${{NO_PROXY:-}}}}"; export no_proxy'
"""A further line for the shell: `aws` and `curl` would use a proxy for this machine too."""


def variables(*, site: str, queue: str, as_user: bool | None = None) -> dict[str, str]:
    """Return variables for a shell, so that any client uses these servers.

    The variable that `site` names has the URL of this project's pages, `Q` that of `queue`.
    `as_user` is whether NATS requires a user; by default it does in containers only.
    """
    where = nats_url(as_user=as_user)
    we = address(where)
    who = {}
    if we.user is not None and we.password is not None:
        # Beside the URL: JavaScript's clients ignore a user in it, Python's sends it escaped.
        who = {"NATS_USER": we.user, "NATS_PASSWORD": we.password}
    return {
        site: f"http://{HOST}:{settings.PORT}",
        "NATS_URL": where,
        **who,
        "AWS_ENDPOINT_URL": sqs_url(),
        "AWS_ACCESS_KEY_ID": settings.AWS_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": settings.AWS_SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": settings.AWS_REGION,
        "Q": shell_queue_url(queue),
    }


def nats_url(*, as_user: bool | None = None) -> str:
    """Return NATS's address for a shell, with the developer's password if there is one."""
    url: str = settings.NATS_URL
    if not _as_user(given=as_user):
        return url
    password = quote(settings.NATS_PASSWORD_DEVELOPER, safe="")
    return f"nats://{USER}:{password}@{HOST}:{settings.NATS_PORT}"


def developers_url() -> str:
    """Return NATS's address for a process of ours that acts as the developer, where NATS has users.

    Without users it is `NATS_URL` itself.
    """
    where = address(settings.NATS_URL)
    if not where.credentials:
        return str(settings.NATS_URL)
    password = quote(settings.NATS_PASSWORD_DEVELOPER, safe="")
    return ",".join(server.replace("://", f"://{USER}:{password}@") for server in where.servers)


def sqs_url() -> str:
    """Return the endpoint of SQS for a shell."""
    url: str = settings.AWS_ENDPOINT_URL
    return f"http://{HOST}:{settings.AWS_PORT}" if is_elsewhere(url) else url


def shell_queue_url(name: str) -> str:
    """Return the URL of a queue for a client in a shell."""
    return f"{sqs_url()}/{ACCOUNT}/{name_at_sqs(name)}"


def is_elsewhere(url: str) -> bool:
    """Return whether the URL names another host, as it does between containers."""
    return urlsplit(url.partition(",")[0]).hostname not in ON_THIS_MACHINE


def _as_user(*, given: bool | None) -> bool:
    return is_elsewhere(settings.NATS_URL) if given is None else given
