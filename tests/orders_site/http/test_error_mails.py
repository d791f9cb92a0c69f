"""A project that sets `ADMINS` gets a mail of each error; visitors get their page in any case."""

import pytest
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django.fixtures import Settings

from orders_site.urls import handler404, handler500  # this module stands in for the root
from tests.support.ports import free_port


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("no water")


urlpatterns = [path("fail", fail), path("", include("orders_site.urls"))]
__all__ = ["handler404", "handler500", "urlpatterns"]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def visitor(settings: Settings) -> Client:
    settings.ADMINS = ["staff@example.com"]
    return Client(raise_request_exception=False)


def test_an_error_is_mailed_to_the_admins(visitor: Client, mailoutbox: list[EmailMessage]) -> None:
    assert visitor.get("/fail").status_code == 500
    (mail,) = mailoutbox
    assert mail.to == ["staff@example.com"]
    assert "RuntimeError at /fail\nno water" in str(mail.body)


def test_an_error_page_needs_no_mail_server(
    visitor: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILERS = {"default": {"OPTIONS": {"host": "127.0.0.1", "port": free_port()}}}
    answer = visitor.get("/fail", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "<!doctype html>" in answer.text.lower()
    (line,) = (each for each in caplog.records if each.message == "no mail to the admins")
    assert vars(line)["error"].startswith("ConnectionRefusedError")
