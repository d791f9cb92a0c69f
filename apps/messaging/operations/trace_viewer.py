"""Where a trace is shown: the setting `TRACE_VIEWER`."""

from django.conf import settings


def shows_traces() -> bool:
    """Return whether there is a viewer, and this process sends spans: it finds none otherwise."""
    return bool(settings.TRACE_VIEWER and settings.TRACES_URL)


def page_of(trace: str) -> str:
    """Return the address of the trace in the viewer; empty without a trace, or if none is there."""
    if not shows_traces() or not trace:
        return ""
    return str(settings.TRACE_VIEWER).replace("{trace}", trace)
