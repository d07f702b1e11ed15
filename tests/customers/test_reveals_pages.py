"""Masks on the customer page, and what stands behind them for a reason and a minute."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib import clock
from customers.models import Presentation, Reveal
from journeys.models import Interaction
from tests.cast import Cast
from tests.customers import lives
from tests.customers.test_merging_pages import browser, send
from tests.factories import NOON

REASON = "折り返しのお電話"


def panel(client: Client, cast: Cast) -> str:
    page = client.get(reverse("customer-panel", args=[cast.hanako.uuid, "profile"]))
    return str(page.content.decode())


def shown(text: str) -> dict[str, str]:
    """The panel's facts: what stands under each heading before any form."""
    found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>\s*<span[^>]*>([^<]*)</span>", text)
    return dict(found)


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """Hanako with an address."""
    lives.live(cast, cast.hanako)
    return cast


@pytest.mark.parametrize(
    ("role", "expected", "forms"),
    [
        ("clerk", {"Phone": "•••1234"}, []),
        ("store_manager", {"Phone": "•••1234", "Address": "東京都渋谷区"}, ["phone", "address", "birthday"]),
        ("agent", {"Phone": "•••1234", "Address": "東京都渋谷区"}, ["phone", "address", "birthday"]),
        ("sales", {"Phone": "•••1234"}, []),
        (
            "data_steward",
            {"Phone": "•••1234", "Address": "東京都渋谷区", "Birthday": "1990/04/01"},
            ["phone", "address"],
        ),
    ],
)
def test_each_role_sees_its_masks_and_its_ways_behind_them(
    lived: Cast, role: str, expected: dict[str, str], forms: list[str]
) -> None:
    text = panel(browser(lived, role, "en"), lived)
    assert shown(text) == expected
    assert re.findall(r'name="field" value="(\w+)"', text) == forms


def test_a_support_lead_sees_everything_and_needs_no_form(lived: Cast) -> None:
    text = panel(browser(lived, "support_lead", "en"), lived)
    assert shown(text)["Phone"] == "090-1111-1234"
    assert shown(text)["Address"].startswith("〒150-0041 東京都渋谷区神南")
    assert "customer-reveal" not in text
    assert 'name="field"' not in text


def test_shown_for_a_minute_then_masked_again(lived: Cast) -> None:
    client = browser(lived, "agent", "en")
    # when
    with clock.at(NOON):
        answer = client.post(
            reverse("customer-reveal", args=[lived.hanako.uuid]), {"key": "k", "field": "phone", "reason": REASON}
        )
    # then: no value in the address
    assert answer.status_code == 302
    assert answer["Location"] == reverse("customer-page", args=[lived.hanako.uuid]) + "#panel-profile"
    with clock.at(NOON + timedelta(seconds=18)):
        text = panel(client, lived)
    assert shown(text)["Phone"] == "090-1111-1234"
    assert re.search(r"masked again in 4\d seconds · written down", text)
    assert 'hx-trigger="load delay:4' in text
    with clock.at(NOON + timedelta(seconds=60)):
        text = panel(client, lived)
    assert shown(text)["Phone"] == "•••1234"
    assert "written down</span>" not in text
    row = Reveal.objects.get(revealed_at=NOON)
    assert (row.field, row.reason, row.staff_id) == ("phone", REASON, lived.staff["agent"].pk)


def test_a_double_click_is_one_entry_of_the_log(lived: Cast) -> None:
    client, before = browser(lived, "agent"), Reveal.objects.count()
    for _each in range(2):
        send(client, "customer-reveal", lived.hanako.uuid, field="phone", reason=REASON)
    assert Reveal.objects.count() == before + 1


@pytest.mark.parametrize(
    ("given", "status"),
    [({"reason": "電話"}, 422), ({"reason": ""}, 422), ({"field": "name"}, 422), ({"key": ""}, 422)],
)
def test_what_is_refused_gives_back_what_was_typed(lived: Cast, given: dict[str, str], status: int) -> None:
    before = Reveal.objects.count()
    fields = {"field": "phone", "reason": REASON, **given}
    answer = send(browser(lived, "agent"), "customer-reveal", lived.hanako.uuid, **fields)
    assert answer.status_code == status
    assert f'value="{fields["reason"]}"' in answer.content.decode()
    assert "090-1111" not in answer.content.decode()
    assert Reveal.objects.count() == before


def test_the_twenty_first_of_an_hour_is_refused(lived: Cast) -> None:
    client, before = browser(lived, "agent"), Reveal.objects.count()
    codes = [
        send(client, "customer-reveal", lived.hanako.uuid, key=f"k{n}", field="phone", reason=REASON).status_code
        for n in range(21)
    ]
    assert codes == [200] * 20 + [429]
    assert Reveal.objects.count() == before + 20


@pytest.mark.parametrize("role", ["clerk", "sales", "support_lead", "marketer"])
def test_roles_without_the_right_are_told_nothing(lived: Cast, role: str) -> None:
    before = Reveal.objects.count()
    answer = send(browser(lived, role), "customer-reveal", lived.hanako.uuid, field="phone", reason=REASON)
    assert answer.status_code == 404
    assert Reveal.objects.count() == before


def mistaken(client: Client, uuid: Any) -> Any:
    return client.post(reverse("customer-mistaken", args=[uuid]), {"key": "k"})


def test_the_wrong_person_is_closed_and_written_down(cast: Cast) -> None:
    # given: another store's customer, who showed her card
    client = browser(cast, "clerk")
    client.post(reverse("customer-search"), {"term": "90000003"})
    page = reverse("customer-page", args=[cast.far.uuid])
    assert client.get(page).status_code == 200
    # when
    answer = mistaken(client, cast.far.uuid)
    # then
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert client.get(page).status_code == 404
    row = Interaction.objects.get(kind="identity.mistaken")
    assert (row.customer_id, row.actor_id) == (cast.far.pk, cast.staff["clerk"].pk)


def test_another_stores_presentation_stays_open(cast: Cast) -> None:
    # given
    for role_user in (cast.staff["clerk"], cast.other_clerk):
        Presentation.objects.create(
            customer=cast.namesake, store_id=role_user.staff.store_id, staff=role_user, presented_at=NOON,
            until=clock.now() + timedelta(minutes=20),
        )  # fmt: skip
    # when
    mistaken(browser(cast, "clerk"), cast.namesake.uuid)
    # then
    still = Presentation.objects.filter(until__gt=clock.now())
    assert [row.store_id for row in still] == [cast.umeda.pk]


def test_whoever_may_not_see_her_closes_nothing(cast: Cast) -> None:
    for role in ("clerk", "agent", "data_steward"):
        assert mistaken(browser(cast, role), cast.far.uuid).status_code == 404
    assert not Interaction.objects.filter(kind="identity.mistaken").exists()
