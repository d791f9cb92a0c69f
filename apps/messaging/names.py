"""The project's names in messages, metrics and logs: the setting `MESSAGING_NAMES`.

It is read once: names on the wire do not change while a process runs.
"""

from django.conf import settings

PREFIX: str = settings.MESSAGING_NAMES["prefix"]
"""Prefix of `ce-type`, `ce-source`, our headers and every metric: lower-case letters, digits."""
KEY: str = settings.MESSAGING_NAMES["key"]
"""The log's field for a message's key: the kind of thing it identifies, like `order`."""
