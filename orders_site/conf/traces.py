"""Where traces go, by OpenTelemetry's own variables; `/v1/traces` is the path of its protocol."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from orders_site.conf.environment import Environment
from orders_site.conf.unreadable import Unreadable

PROTOCOLS = ("http/protobuf",)
URL = r"https?://[^/?#@\s]+(/[^?#\s]*)?"
WANTED = "like https://HOST:4318"


def traces_url(env: Environment) -> str:
    """Return the URL to which spans are sent; empty if no trace is kept."""
    base = env.like("OTEL_EXPORTER_OTLP_ENDPOINT", URL, WANTED, default="")
    own = env.like("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", URL, WANTED, default="")
    # gRPC has a port of its own: spans would go there, and nothing would say why they are lost.
    env.choice("OTEL_EXPORTER_OTLP_PROTOCOL", PROTOCOLS, PROTOCOLS[0])
    is_off = env.bool("OTEL_SDK_DISABLED", default=False)
    return "" if is_off else own or (f"{base.rstrip('/')}/v1/traces" if base else "")


def trusted_callers(env: Environment) -> list[IPv4Network | IPv6Network]:
    """Return the networks whose callers decide, by their `traceparent`, on trace and sampling."""
    wanted = "networks like 10.0.0.0/8, with commas between"
    networks = env.each_like("TRACE_CALLERS", r"[0-9A-Fa-f.:]+(/\d{1,3})?", wanted, default=[])
    try:
        return [ip_network(each) for each in networks]
    except ValueError as error:
        raise Unreadable(f"TRACE_CALLERS cannot be read: {error}; it must be {wanted}.") from None
