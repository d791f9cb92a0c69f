"""A template filter: words between backticks become code."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

CODE = re.compile(r"`([^`]+)`")


@register.filter
def prose(text: str) -> SafeString:
    """Hear `orders.>` → Hear <code>orders.&gt;</code>."""
    parts = enumerate(CODE.split(text))
    pieces = (format_html("<code>{}</code>", part) if at % 2 else part for at, part in parts)
    return format_html_join("", "{}", ((piece,) for piece in pieces))
