"""Where a trace is shown: the setting `TRACE_VIEWER`."""

from django.conf import settings


def page_of(trace: str) -> str:
    """Return the address of the trace in the viewer; empty without a viewer or a trace."""
    if not settings.TRACE_VIEWER or not trace:
        return ""
    return str(settings.TRACE_VIEWER).replace("{trace}", trace)
