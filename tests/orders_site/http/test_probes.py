"""Probes that wait for silent servers do not use up the shop's threads."""

import threading
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from apps.messaging.operations import status
from orders_site.http.probes import AT_ONCE, Probes
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "problems", [{"sqs": "away"}, {"nats": "silent"}, {"workers": "sales_consumer"}]
)
def test_problems_of_other_parts_leave_web_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, problems: dict[str, str]
) -> None:
    monkeypatch.setattr(status, "not_ready", lambda: problems)
    assert client.get("/readyz").json() == {"ready": True}
    everything = client.get("/readyz/all")
    assert (everything.status_code, everything.json()["problems"]) == (503, problems)


def test_a_probe_beyond_the_limit_is_answered_and_pages_work() -> None:
    answered = threading.Event()

    def wait_for_it(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/api/status":
            answered.wait(30)
        return HttpResponse()

    probes, asking = Probes(wait_for_it), []
    for _ in range(AT_ONCE):
        request = RequestFactory().get("/api/status")
        asking.append(threading.Thread(target=probes, args=(request,)))
        asking[-1].start()

    def code_of(path: str) -> int:
        return probes(RequestFactory().get(path)).status_code

    try:
        eventually(lambda: code_of("/readyz") == 503, what="all places are taken")
        assert [code_of(path) for path in ("/readyz/all", "/metrics", "/api/status")] == [503] * 3
        assert [code_of(path) for path in ("/healthz", "/", "/api/orders")] == [HTTPStatus.OK] * 3
    finally:
        answered.set()
        for each in asking:
            each.join(5)
    assert code_of("/api/status") == 200
