"""Tokens of staff, and the command that prints one."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.catalog.models import ApiToken
from apps.catalog.staff import holder_of, issue_token
from tests.catalog.members import member_of_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    """A member of staff."""
    return member_of_staff("alice")


def test_a_token_names_its_holder(alice: User) -> None:
    assert holder_of(issue_token(alice)) == alice


def test_a_token_ends_after_its_days(alice: User) -> None:
    token = issue_token(alice, days=2)
    ApiToken.objects.update(ends_at=timezone.now() + timedelta(seconds=60))
    assert holder_of(token) == alice
    ApiToken.objects.update(ends_at=timezone.now())
    assert holder_of(token) is None


def test_one_token_is_revoked_and_the_others_hold(alice: User) -> None:
    robot, laptop = issue_token(alice, name="robot"), issue_token(alice, name="laptop")
    call_command("api_token", "alice", "--name=robot", "--revoke", stdout=StringIO())
    assert (holder_of(robot), holder_of(laptop)) == (None, alice)


def test_a_new_token_takes_the_place_of_the_one_of_its_name(alice: User) -> None:
    old, new = issue_token(alice), issue_token(alice)
    assert (holder_of(old), holder_of(new)) == (None, alice)


def test_what_is_kept_of_a_token_is_none(alice: User) -> None:
    secret = issue_token(alice).partition(".")[2]
    assert secret not in str(ApiToken.objects.values())


def test_the_command_lists_and_says_what_it_cannot_do(alice: User) -> None:
    issue_token(alice, name="robot", days=1)
    out = StringIO()
    call_command("api_token", "alice", "--list", stdout=out)
    assert out.getvalue().startswith("robot  until ")
    with pytest.raises(CommandError, match="no token 'none'"):
        call_command("api_token", "alice", "--name=none", "--revoke")
    with pytest.raises(CommandError, match="1 to 90"):
        call_command("api_token", "alice", "--days=91")


def test_the_admin_shows_and_revokes_tokens(admin_client: Client, alice: User) -> None:
    token = issue_token(alice, name="robot")
    row = ApiToken.objects.get()
    page = admin_client.get("/admin/catalog/apitoken/").text
    assert "robot" in page
    assert row.digest not in page + admin_client.get(f"/admin/catalog/apitoken/{row.pk}/").text
    admin_client.post(f"/admin/catalog/apitoken/{row.pk}/delete/", {"post": "yes"})
    assert holder_of(token) is None


def test_a_token_ends_with_the_password(alice: User) -> None:
    token = issue_token(alice)
    alice.set_password("second")
    alice.save()
    assert holder_of(token) is None


@pytest.mark.parametrize("field", ["is_staff", "is_active"])
def test_who_leaves_the_staff_holds_nothing(alice: User, field: str) -> None:
    token = issue_token(alice)
    User.objects.update(**{field: False})
    assert holder_of(token) is None


def test_a_token_of_one_is_no_token_of_another(alice: User) -> None:
    other = issue_token(member_of_staff("bob")).partition(".")[0]
    secret = issue_token(alice).partition(".")[2]
    assert holder_of(f"{other}.{secret}") is None


@pytest.mark.parametrize("token", ["", ".", "1", "1.", "x.y", "²." + "a" * 43, "9" * 400 + ".a"])
def test_nonsense_is_nobody(alice: User, token: str) -> None:
    assert holder_of(token) is None


def test_the_command_prints_a_token_as_its_last_line(alice: User) -> None:
    out = StringIO()
    call_command("api_token", "alice", stdout=out)
    assert holder_of(out.getvalue().splitlines()[-1]) == alice


@pytest.mark.parametrize("name", ["nobody", "customer"])
def test_there_is_no_token_for_anyone_else(name: str) -> None:
    User.objects.create_user("customer", password="x")
    with pytest.raises(CommandError, match=name):
        call_command("api_token", name)
