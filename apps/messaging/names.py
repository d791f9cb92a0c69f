"""What a project calls itself in its messages, metrics and log: the setting `MESSAGING_NAMES`.

Read once: what is on the wire does not change its name while a process runs.
"""

from django.conf import settings

PREFIX: str = settings.MESSAGING_NAMES["prefix"]
"""Of `ce-type`, `ce-source`, our own headers and every metric: lower-case letters and digits."""
KEY: str = settings.MESSAGING_NAMES["key"]
"""The log's field for a message's key: what its messages are about, an `order` in a shop."""
