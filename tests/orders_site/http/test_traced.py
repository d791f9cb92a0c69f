"""The context of a request: a stranger's decides nothing, that of a trusted caller is followed."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from apps.messaging.hooks.tracing import current_traceparent
from orders_site.http.traced import trace_requests
from tests.support.spans import (
    CALLER,
    NOT_SAMPLED,
    SPAN,
    TRACE,
    Spans,
    kept_spans,
    linked,
    parent_of,
    trace_of,
)

SAMPLED = 1


@pytest.fixture
def spans() -> Iterator[Spans]:
    with kept_spans() as spans:
        yield spans


def followed(traceparent: str, *, host: str = "shop") -> str:
    """Send a request with this context; return the one that its view works in."""
    seen: list[str] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(current_traceparent())
        return HttpResponse()

    headers = {"traceparent": traceparent, "host": host}
    trace_requests(view)(RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.1.2.3"))
    return seen[0]


@pytest.mark.parametrize("context", [CALLER, NOT_SAMPLED])
def test_a_stranger_neither_joins_a_trace_nor_decides_on_sampling(
    spans: Spans, context: str
) -> None:
    assert int(followed(context)[-2:], 16) & SAMPLED
    span = spans.one("GET")
    assert trace_of(span) != TRACE
    assert (parent_of(span), linked(span)) == ("", [SPAN])


def test_a_stranger_joins_no_trace_while_traces_are_off() -> None:
    assert TRACE not in followed(CALLER)


def test_a_trusted_caller_is_followed(spans: Spans, settings: Settings) -> None:
    settings.TRACE_CALLERS = [ip_network("192.0.2.0/24"), ip_network("10.0.0.0/8")]
    assert followed(CALLER).startswith(f"00-{TRACE}-")
    span = spans.one("GET")
    assert (trace_of(span), parent_of(span), linked(span)) == (TRACE, SPAN, [])


def test_a_trusted_caller_decides_on_sampling(spans: Spans, settings: Settings) -> None:
    settings.TRACE_CALLERS = [ip_network("10.0.0.0/8")]
    assert followed(NOT_SAMPLED).endswith("-00")
    assert spans.all() == []


@pytest.mark.parametrize("context", ["nonsense", f"{CALLER},{CALLER}"])
def test_a_malformed_context_has_no_link(spans: Spans, context: str) -> None:
    followed(context)
    assert linked(spans.one("GET")) == []


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("shop.example.com:8000", "shop.example.com"),
        ("shop.example.com", "shop.example.com"),
        ("[2001:db8::7]:8000", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[", ""),
    ],
)
def test_a_span_names_the_server_without_its_port(spans: Spans, host: str, address: str) -> None:
    followed("", host=host)
    assert (spans.one("GET").attributes or {}).get("server.address", "") == address
