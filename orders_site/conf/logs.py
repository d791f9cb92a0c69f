"""One log format for all processes: an event and its fields, rendered by structlog."""

import io
import json
import logging
import os
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from textwrap import indent
from typing import Any, TextIO

import structlog
from structlog.typing import ExcInfo

from apps.messaging.control_characters import escaped
from apps.messaging.hooks.tracing import add_trace

STYLES = ("console", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_to_json = json.JSONEncoder(default=repr).encode
"""Made once: `json.dumps` makes an encoder for each line."""
KEPT_IN = {"stack": "\n", "exception": "\n"}
"""Fields of several lines."""
MEANT_503 = {
    "/readyz",
    "/readyz/all",  # The demo asks ten times a second while it starts.
    "/lab/live/",  # A window beyond the limit gets a 503.
}


def _add_worker(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Add the process's name, which is also that of its module and its service in compose."""
    event["worker"] = event["_record"].processName
    return event


def _add_time_of_day(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    now = datetime.fromtimestamp(event["_record"].created, UTC)
    event["timestamp"] = now.strftime("%H:%M:%S.%f")[:-3]
    return event


def _escape(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Escape control characters: subjects, names and addresses come from outside."""
    return {
        key: escaped(value, keep=KEPT_IN.get(key, "")) if isinstance(value, str) else value
        for key, value in event.items()
        if key != "request"  # Django adds this object; the line has its address already.
    }


def _plain_traceback(to: TextIO, exc_info: ExcInfo) -> None:
    """Indent the traceback, so that a line of an error's text does not look like a log line."""
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    to.write(indent(escaped(text.getvalue(), keep="\n"), "  "))


# Run for every record of the standard library's logging, ours and the packages'.
_SHARED = [
    add_trace,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),  # logger.info("order placed", extra={"order": ...})
]


# One line for each request or poll would hide the shop's own.
_OTHERS_LOGGERS = {
    "botocore": {"level": "WARNING"},
    "celery": {"level": "WARNING"},
    "kombu": {"level": "WARNING"},
    "nats": {"level": "CRITICAL"},  # nats_connection.py logs what matters
    "opentelemetry.exporter": {"level": "CRITICAL"},  # tracing/exporting.py logs an outage once
    "django": {"handlers": ["admins"]},
    "django.request": {"filters": ["news", "reason"]},
    "django.server": {"level": "WARNING"},
}

_HANDLERS = {
    "stderr": {"class": "logging.StreamHandler", "formatter": "structlog"},
    "admins": {
        "class": "orders_site.http.error_mails.ErrorMails",
        "level": "ERROR",
        "filters": ["production"],
    },
}


_TO_RECEIVER = {"receiver": {"class": "apps.messaging.tracing.log_lines.ToReceiver"}}
"""It loads OpenTelemetry."""


def logging_config(*, style: str, level: str, is_sent: bool = False) -> dict[str, Any]:
    """Return a `logging.config` dictionary; `style` is `console` (coloured) or `json`.

    With `is_sent`, each line goes to a receiver too.
    """
    shared, renderers = _json() if style == "json" else _console()
    sent = _TO_RECEIVER if is_sent else {}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structlog": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderers,
                ],
            }
        },
        "filters": {
            "news": {"()": "django.utils.log.CallbackFilter", "callback": _is_news},
            "reason": {"()": "orders_site.http.error_reasons.AddReason"},
            "production": {"()": "django.utils.log.RequireDebugFalse"},
        },
        "handlers": _HANDLERS | sent,
        "root": {"handlers": ["stderr", *sent], "level": level},
        "loggers": _OTHERS_LOGGERS,
    }


def _json() -> tuple[list[Any], list[Any]]:
    """Return the processors that add fields to a record, and those that render it."""
    shared = [
        *_SHARED,
        structlog.stdlib.add_logger_name,
        _add_worker,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return shared, [structlog.processors.format_exc_info, _rendered]


def _rendered(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    return _to_json(event)


def _console() -> tuple[list[Any], list[Any]]:
    """Return the same for a terminal. The demo and compose print the process before each line."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=_colours_wanted(),
        pad_event_to=24,
        # If rich is installed, structlog's default prints every local variable, and is slow.
        exception_formatter=_plain_traceback,
    )
    return [*_SHARED, _add_time_of_day], [_escape, renderer]


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether Django's line about an answer is an error; some 503 are intended."""
    is_503 = getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE
    request = getattr(record, "request", None)
    return not (is_503 and getattr(request, "path_info", "") in MEANT_503)


def _colours_wanted() -> bool:
    """Return whether to print colours; the demo reads from a pipe, and sets FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stderr.isatty()
