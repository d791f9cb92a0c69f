"""Checks of the variables in the shell; those that contradict the settings are settings' own.

No package is needed to run them. The settings of a demo delete AWS's variables, so this module
copies the environment when it is imported.
"""

import os
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from apps.messaging.finding import Finding, warning, well

AS_GIVEN = dict(os.environ)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_ACCOUNT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_OF_A_CLIENT = ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ROLE_ARN")
_HIDDEN = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS")


def means_the_demo(given: Mapping[str, str]) -> bool:
    """Return whether the demo is meant, and not the shop whose addresses these variables have.

    Compose and production name both the database and NATS, or say DEMO=false. One of the two alone
    is of another project, or of the demo's own `make env`.
    """
    if given.get("DEMO", "").strip().lower() in ("0", "false", "no", "off"):
        return False
    return not all(given.get(name) or given.get(f"{name}_FILE") for name in _OF_A_SHOP)


_OF_A_SHOP = ("DATABASE_URL", "NATS_URL")


def findings(given: Mapping[str, str], *, of_the_demo: bool) -> Iterator[Finding]:
    found = [
        *_of_python(given),
        *_of_proxies(given),
        *_of_aws(given, of_the_demo=of_the_demo),
    ]
    yield from found or [well("shell", "no proxy, and no profile of AWS")]


def _of_python(given: Mapping[str, str]) -> Iterator[Finding]:
    if given.get("PYTHONSAFEPATH"):
        yield warning(
            "PYTHONSAFEPATH",
            "is set: make and manage.py work, `python -m workers.NAME` finds no module",
            "unset it, or name this folder in PYTHONPATH",
        )


def _of_proxies(given: Mapping[str, str]) -> Iterator[Finding]:
    for name in _PROXIES:
        if given.get(name):
            # Without the user and the password that its URL may have.
            host = urlsplit(given[name]).netloc.rpartition("@")[2] or "a proxy"
            yield warning(
                name,
                f"is set: {host} is asked for what is not on this machine or its network",
                "unset it if that is not meant, or name the servers in no_proxy",
            )


def _of_aws(given: Mapping[str, str], *, of_the_demo: bool) -> Iterator[Finding]:
    if not of_the_demo:
        has_keys = any(given.get(name) or given.get(f"{name}_FILE") for name in _KEYS)
        for name in _ACCOUNT:
            if given.get(name):
                whose = "beside the keys, which are used" if has_keys else "its account is used"
                yield warning(name, f"is set, {whose}", "unset it if another account is meant")
        return
    names = [
        name
        for name in (*_ACCOUNT, *_KEYS, *_OF_A_CLIENT, *_HIDDEN)
        # The demo names the empty file, so that no user's own is read.
        if given.get(name) not in (None, "", os.devnull)
    ]
    if names and not _is_of_make_env(given):
        yield warning(
            ", ".join(names),
            "of another account: the demo ignores it, `aws` and your own programs obey it",
            'eval "$(make -s env)" for a terminal that reaches the demo',
        )


def _is_of_make_env(given: Mapping[str, str]) -> bool:
    """Return whether `make env` has set the variables: its keys are no secret."""
    is_ours = given.get("AWS_ACCESS_KEY_ID") == given.get("AWS_SECRET_ACCESS_KEY") == "demo"
    return is_ours and not any(given.get(name) for name in (*_ACCOUNT, *_HIDDEN))
