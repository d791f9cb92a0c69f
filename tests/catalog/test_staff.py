"""Tokens of staff, and the command that prints one."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.catalog.models import ApiToken
from apps.catalog.staff import holder_of, issue_token
from tests.catalog.members import member_of_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    """A member of staff."""
    return member_of_staff("alice")


def test_a_token_identifies_its_holder(alice: User) -> None:
    assert holder_of(issue_token(alice)) == alice


def test_a_token_expires_after_its_days(alice: User) -> None:
    token = issue_token(alice, days=2)
    ApiToken.objects.update(ends_at=timezone.now() + timedelta(seconds=60))
    assert holder_of(token) == alice
    ApiToken.objects.update(ends_at=timezone.now())
    assert holder_of(token) is None


def test_revoking_one_token_leaves_the_others_valid(alice: User) -> None:
    robot, laptop = issue_token(alice, name="robot"), issue_token(alice, name="laptop")
    call_command("api_token", "alice", "--name=robot", "--revoke", stdout=StringIO())
    assert (holder_of(robot), holder_of(laptop)) == (None, alice)


def test_a_new_token_replaces_the_one_with_its_name(alice: User) -> None:
    old, new = issue_token(alice), issue_token(alice)
    assert (holder_of(old), holder_of(new)) == (None, alice)


def test_a_token_outlives_the_key_that_made_it_once_it_was_used(
    alice: User, settings: Settings
) -> None:
    former = settings.SECRET_KEY
    used, unused = issue_token(alice, name="used"), issue_token(alice, name="unused")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, ["o" * 50, former]
    assert holder_of(used) == alice
    assert holder_of(f"{used}x") is None
    settings.SECRET_KEY_FALLBACKS = []
    assert (holder_of(used), holder_of(unused)) == (alice, None)


def test_a_tokens_secret_is_not_stored(alice: User) -> None:
    secret = issue_token(alice).partition(".")[2]
    assert secret not in str(ApiToken.objects.values())


def test_the_command_lists_tokens_and_reports_errors(alice: User) -> None:
    issue_token(alice, name="robot", days=1)
    out = StringIO()
    call_command("api_token", "alice", "--list", stdout=out)
    assert out.getvalue().startswith("robot  until ")
    with pytest.raises(CommandError, match="no token 'none'"):
        call_command("api_token", "alice", "--name=none", "--revoke")
    with pytest.raises(CommandError, match="1 to 90"):
        call_command("api_token", "alice", "--days=91")


def test_the_admin_can_list_and_revoke_tokens(admin_client: Client, alice: User) -> None:
    token = issue_token(alice, name="robot")
    row = ApiToken.objects.get()
    page = admin_client.get("/admin/catalog/apitoken/").text
    assert "robot" in page
    assert row.digest not in page + admin_client.get(f"/admin/catalog/apitoken/{row.pk}/").text
    admin_client.post(f"/admin/catalog/apitoken/{row.pk}/delete/", {"post": "yes"})
    assert holder_of(token) is None


def test_a_password_change_ends_the_token(alice: User) -> None:
    token = issue_token(alice)
    alice.set_password("second")
    alice.save()
    assert holder_of(token) is None


@pytest.mark.parametrize("field", ["is_staff", "is_active"])
def test_a_former_staff_members_token_is_invalid(alice: User, field: str) -> None:
    token = issue_token(alice)
    User.objects.update(**{field: False})
    assert holder_of(token) is None


def test_a_token_with_another_tokens_secret_is_invalid(alice: User) -> None:
    other = issue_token(member_of_staff("bob")).partition(".")[0]
    secret = issue_token(alice).partition(".")[2]
    assert holder_of(f"{other}.{secret}") is None


@pytest.mark.parametrize("token", ["", ".", "1", "1.", "x.y", "²." + "a" * 43, "9" * 400 + ".a"])
def test_a_malformed_token_is_invalid(alice: User, token: str) -> None:
    assert holder_of(token) is None


def test_the_command_prints_a_token_as_its_last_line(alice: User) -> None:
    out = StringIO()
    call_command("api_token", "alice", stdout=out)
    assert holder_of(out.getvalue().splitlines()[-1]) == alice


@pytest.mark.parametrize("name", ["nobody", "customer"])
def test_only_staff_can_get_a_token(name: str) -> None:
    User.objects.create_user("customer", password="x")
    with pytest.raises(CommandError, match=name):
        call_command("api_token", name)
