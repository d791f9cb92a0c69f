"""Where traces and log lines go, by OpenTelemetry's own variables; `/v1/traces` is its path."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from orders_site.conf.environment import Environment
from orders_site.conf.unreadable import Unreadable

PROTOCOLS = ("http/protobuf",)
EXPORTERS = ("otlp", "none")
URL = r"https?://[^/?#@\s]+(/[^?#\s]*)?"
WANTED = "like https://HOST:4318"


def urls(env: Environment) -> tuple[str, str]:
    """Return the URLs to which spans and lines of the log are sent; each is empty if none are."""
    base = env.like("OTEL_EXPORTER_OTLP_ENDPOINT", URL, WANTED, default="").rstrip("/")
    spans = env.like("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", URL, WANTED, default="")
    lines = env.like("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", URL, WANTED, default="")
    sends_spans = env.choice("OTEL_TRACES_EXPORTER", EXPORTERS, "otlp") == "otlp"
    sends_lines = env.choice("OTEL_LOGS_EXPORTER", EXPORTERS, "otlp") == "otlp"
    # gRPC has a port of its own: all would go there, and nothing would say why it is lost.
    env.choice("OTEL_EXPORTER_OTLP_PROTOCOL", PROTOCOLS, PROTOCOLS[0])
    if env.bool("OTEL_SDK_DISABLED", default=False):
        return "", ""
    if base:
        spans, lines = spans or f"{base}/v1/traces", lines or f"{base}/v1/logs"
    return spans if sends_spans else "", lines if sends_lines else ""


def trusted_callers(env: Environment) -> list[IPv4Network | IPv6Network]:
    """Return the networks whose callers decide, by their `traceparent`, on trace and sampling."""
    wanted = "networks like 10.0.0.0/8, with commas between"
    networks = env.each_like("TRACE_CALLERS", r"[0-9A-Fa-f.:]+(/\d{1,3})?", wanted, default=[])
    try:
        return [ip_network(each) for each in networks]
    except ValueError as error:
        raise Unreadable(f"TRACE_CALLERS cannot be read: {error}; it must be {wanted}.") from None
