"""The first administrator comes by command, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.management.commands import first_admin
from customers.models import StaffProfile, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db
GOOD = "soyokaze-no-kaori-31"


def answer(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> None:
    given = iter(passwords)
    monkeypatch.setattr(first_admin, "getpass", lambda _prompt: next(given))


def test_the_first_administrator_may_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    # given an installation with nobody in it
    answer(monkeypatch, GOOD, GOOD)
    said = StringIO()
    # when
    call_command("first_admin", "ito", stdout=said)
    # then
    user = User.objects.get(username="ito")
    assert (user.is_staff, user.is_superuser, user.staff.role) == (True, False, "admin")
    assert user.check_password(GOOD)
    assert said.getvalue() == "ito may sign in as administrator.\n"


@pytest.mark.parametrize(
    ("passwords", "reason"),
    [((GOOD, "something-else-42"), "The two passwords differ"), (("short", "short"), "Nothing was created")],
)
def test_a_bad_password_creates_nobody(
    monkeypatch: pytest.MonkeyPatch, passwords: tuple[str, str], reason: str
) -> None:
    answer(monkeypatch, *passwords)
    with pytest.raises(CommandError, match=reason):
        call_command("first_admin", "ito")
    assert User.objects.count() == 0


def test_where_there_is_an_administrator_the_command_refuses(cast: Cast) -> None:
    before = StaffProfile.objects.count()
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("first_admin", "ito")
    assert StaffProfile.objects.count() == before
