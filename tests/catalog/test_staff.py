"""Tokens of staff, and the command that prints one."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from apps.catalog.staff import holder_of, issue_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    """A member of staff."""
    return User.objects.create_user("alice", password="first", is_staff=True)


def test_a_token_names_its_holder(alice: User) -> None:
    assert holder_of(issue_token(alice)) == alice


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
    bob = User.objects.create_user("bob", password="x", is_staff=True)
    signature = issue_token(alice).partition(".")[2]
    assert holder_of(f"{bob.pk}.{signature}") is None


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
