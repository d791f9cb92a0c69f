"""The staff's page of sales."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from apps.sales.chart import BOTTOM, TOP, ceiling, chart_of
from apps.sales.models import SalesDay
from apps.sales.queries import last_days

ADDRESS = "/staff/sales/"


def day(days_ago: int, revenue: str, currency: str = "GBP") -> SalesDay:
    at = timezone.localdate() - timedelta(days=days_ago)
    return SalesDay(day=at, currency=currency, revenue=Decimal(revenue), placed=1, units=2)


def stored(days_ago: int, revenue: str, currency: str = "GBP") -> None:
    day(days_ago, revenue, currency).save()


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


@pytest.mark.parametrize(
    ("highest", "top"),
    [("0", 10), ("10", 10), ("10.01", 20), ("20.5", 50), ("99.99", 100), ("1203", 2000)],
)
def test_the_axis_ends_at_a_round_number(highest: str, top: int) -> None:
    assert ceiling(Decimal(highest)) == top


def test_a_bar_is_as_high_as_its_share_of_the_axis() -> None:
    bars = chart_of([day(2, "0"), day(1, "50"), day(0, "100")]).bars
    assert [bar.top for bar in bars] == [BOTTOM, (BOTTOM + TOP) / 2, TOP]
    assert [bar.height for bar in bars] == [0, (BOTTOM - TOP) / 2, BOTTOM - TOP]


def test_bars_do_not_overlap_and_stay_inside() -> None:
    bars = chart_of([day(n, "1") for n in range(15)]).bars
    ends = [bar.left + bar.width for bar in bars]
    assert all(end < bar.left for end, bar in zip(ends, bars[1:], strict=False))
    assert bars[0].left > 0
    assert ends[-1] < 100


def test_a_day_below_zero_is_drawn_as_zero() -> None:
    assert chart_of([day(0, "-5")]).bars[0].height == 0


@pytest.mark.django_db
def test_days_without_sales_have_zeros() -> None:
    stored(3, "12.50")
    stored(20, "99")
    (days,) = last_days(5)
    assert [str(each.revenue) for each in days] == ["0", "12.50", "0", "0", "0"]


@pytest.mark.django_db
def test_each_currency_has_a_list_of_its_own() -> None:
    stored(0, "1", "GBP")
    stored(1, "2", "EUR")
    assert [days[0].currency for days in last_days(2)] == ["EUR", "GBP"]


def test_the_page_shows_bars_and_the_same_figures_in_a_table(staff: Client) -> None:
    stored(0, "40.00")
    stored(1, "1250.50")
    html = staff.get(ADDRESS).content.decode()
    assert html.count('<rect class="sales-bar"') == html.count('<tr><th scope="row">') == 15
    assert "<td>£1,250.50</td>" in html
    label = re.search(r'role="img" aria-label="([^"]+)"', html)
    assert label
    assert "£1,290.50 together" in label[1]
    assert "with £1,250.50" in label[1]


def test_a_shop_without_sales_says_so(staff: Client) -> None:
    html = staff.get(ADDRESS).content.decode()
    assert "Nothing was sold in the last two weeks." in html


@pytest.mark.django_db
def test_staff_who_may_not_see_sales_are_refused(client: Client) -> None:
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(ADDRESS).status_code == 403
