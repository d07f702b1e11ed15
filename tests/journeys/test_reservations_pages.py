"""The pages of reservations: the store's list, the panel of the customer page, the acts, the start page's tile."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers import access
from customers.models import User
from journeys.models import Interaction, Reservation, Stock, Variant
from journeys.services import reservations
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="key" value="([^"]+)"')
Reserve = Callable[..., Reservation]


def signed_in(user: User, language: str = "en") -> Client:
    """Return this account's browser."""
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def coat(cast: Cast) -> Variant:
    """Five coats in Shibuya on shelf B3."""
    variant = factories.variant(sku="COAT", barcode="2000000000015")
    factories.stocked(variant=variant, store=cast.shibuya, on_hand=5, shelf="B3")
    return variant


@pytest.fixture
def reserve(cast: Cast, coat: Variant) -> Reserve:
    """Put one coat aside for Hanako in Shibuya."""

    def act(**given: Any) -> Reservation:
        return reservations.reserve(
            **{
                "actor": cast.actor("agent"),
                "customer_uuid": str(cast.hanako.uuid),
                "store_id": cast.shibuya.pk,
                "lines": [(coat.pk, 1)],
                "until": timezone.now() + timedelta(days=3),
                "channel": "app",
                **given,
            }
        )

    return act


def test_the_store_sees_what_to_fetch_from_which_shelf_for_whom(cast: Cast, reserve: Reserve) -> None:
    reserve()
    page = signed_in(cast.staff["clerk"]).get("/reservations/").content.decode()
    assert 'aria-labelledby="slips-to_prepare"' in page
    assert "Wool coat 紺 M" in page
    assert "Shelf B3" in page
    assert f"/customers/{cast.hanako.uuid}/" in page
    # the family name is enough at the counter
    assert "山田" in page
    assert "花子" not in page


def test_the_list_costs_the_same_for_one_and_for_five(
    cast: Cast, reserve: Reserve, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.staff["clerk"])
    for count in (1, 4):
        for _number in range(count):
            reserve()
        # session, account, reservations, their lines, who may be opened, shelves
        with django_assert_num_queries(6):
            assert client.get("/reservations/").status_code == 200


def test_what_is_ready_handed_over_held_longer_and_called_off(cast: Cast, reserve: Reserve) -> None:
    client = signed_in(cast.staff["clerk"])
    rows = {name: reserve() for name in ("ready", "collection", "extension", "cancellation")}
    for name, row in rows.items():
        answer = client.post(f"/reservations/{row.uuid}/{name}/", {"key": f"k-{name}", "days": "7"}, follow=True)
        assert answer.redirect_chain == [("/reservations/", 302)]
        assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    states = {name: Reservation.objects.get(pk=row.pk).state for name, row in rows.items()}
    assert states == {
        "ready": "ready",
        "collection": "collected",
        "extension": "to_prepare",
        "cancellation": "cancelled",
    }
    assert Reservation.objects.get(pk=rows["extension"].pk).until > timezone.now() + timedelta(days=6)


def test_the_same_form_twice_acts_once(cast: Cast, reserve: Reserve) -> None:
    client, row = signed_in(cast.staff["clerk"]), reserve()
    for _number in range(2):
        assert client.post(f"/reservations/{row.uuid}/cancellation/", {"key": "once"}).status_code == 302
    assert Interaction.objects.filter(kind="reservation.cancelled").count() == 1


def test_a_refusal_is_told_on_the_page_and_changes_nothing(cast: Cast, reserve: Reserve) -> None:
    client, row = signed_in(cast.staff["clerk"]), reserve()
    reservations.cancel(actor=cast.actor("clerk"), reservation_uuid=str(row.uuid))
    answer = client.post(f"/reservations/{row.uuid}/collection/", {"key": "late"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "Nothing was changed. This reservation has ended: Cancelled."
    ]
    answer = client.post(f"/reservations/{reserve().uuid}/extension/", {"key": "odd", "days": "999"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Choose how many days to hold it."]


@pytest.mark.parametrize(
    ("member", "status"),
    [("agent", 403), ("marketer", 403), ("data_steward", 403), ("bare", 403), ("shopper", 302)],
)
def test_only_staff_of_a_store_open_the_list(cast: Cast, reserve: Reserve, member: str, status: int) -> None:
    reserve()
    assert signed_in(cast.members()[member]).get("/reservations/").status_code == status
    assert Client().get("/reservations/").status_code == 302


def test_another_store_neither_sees_nor_touches_it(cast: Cast, reserve: Reserve) -> None:
    client, row = signed_in(cast.other_clerk), reserve()
    assert "Wool coat" not in client.get("/reservations/").content.decode()
    for act in ("ready", "collection", "extension", "cancellation"):
        assert client.post(f"/reservations/{row.uuid}/{act}/", {"key": act, "days": "7"}).status_code == 404
    row.refresh_from_db()
    assert (row.state, Stock.objects.get().reserved) == ("to_prepare", 1)


def test_the_customer_page_shows_what_is_put_aside_and_its_forms_work(cast: Cast, reserve: Reserve) -> None:
    client, row = signed_in(cast.staff["clerk"]), reserve()
    panel = client.get(f"/customers/{cast.hanako.uuid}/panels/reservations/").content.decode()
    assert "Wool coat 紺 M" in panel
    keys = KEY.findall(panel)
    assert [key.rsplit(":", 1)[1] for key in keys] == ["ready", "collect", "extend", "cancel"]
    answer = client.post(
        f"/reservations/{row.uuid}/ready/", {"key": keys[0], "customer": str(cast.hanako.uuid)}, follow=True
    )
    assert answer.redirect_chain == [(f"/customers/{cast.hanako.uuid}/", 302)]


def test_an_agent_sees_it_and_may_call_it_off_only(cast: Cast, reserve: Reserve) -> None:
    client, row = signed_in(cast.staff["agent"]), reserve()
    panel = client.get(f"/customers/{cast.hanako.uuid}/panels/reservations/").content.decode()
    assert [key.rsplit(":", 1)[1] for key in KEY.findall(panel)] == ["extend", "cancel"]
    assert client.post(f"/reservations/{row.uuid}/ready/", {"key": "r"}).status_code == 404
    assert client.post(f"/reservations/{row.uuid}/cancellation/", {"key": "c"}).status_code == 302


def test_the_data_steward_sees_no_panel(cast: Cast, reserve: Reserve) -> None:
    reserve()
    client = signed_in(cast.staff["data_steward"])
    assert client.get(f"/customers/{cast.hanako.uuid}/panels/reservations/").status_code == 404


def test_the_clerk_puts_a_scanned_piece_aside(cast: Cast, coat: Variant) -> None:
    client = signed_in(cast.staff["clerk"])
    form = {"key": "k1", "code": coat.barcode, "quantity": "2", "days": "3"}
    for _number in range(2):
        answer = client.post(f"/customers/{cast.hanako.uuid}/reservations/", form)
        assert (answer.status_code, answer["Location"]) == (302, f"/customers/{cast.hanako.uuid}/")
    row = Reservation.objects.get()
    assert (row.store, row.channel, row.created_by, Stock.objects.get().reserved) == (
        cast.shibuya,
        "store",
        cast.staff["clerk"],
        2,
    )


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"code": "9999"}, 422, "No item has this code. Check it, or scan the label again."),
        ({"quantity": "6"}, 409, "Nothing was reserved. Pieces of Wool coat 紺 M that are left: 5."),
        ({"quantity": "many"}, 422, "Reserve 1 to 20 items, each 1 to 99 pieces."),
        ({"days": "2"}, 422, "Choose how many days to hold it."),
    ],
)
def test_a_refused_form_comes_back_with_what_was_typed(
    cast: Cast, coat: Variant, typed: dict[str, str], status: int, words: str
) -> None:
    form = {"key": "k1", "code": "COAT", "quantity": "2", "days": "3", **typed}
    answer = signed_in(cast.staff["clerk"]).post(f"/customers/{cast.hanako.uuid}/reservations/", form)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert f'name="code" value="{form["code"]}"' in page
    assert (Reservation.objects.count(), Stock.objects.get().reserved) == (0, 0)


def test_an_agent_chooses_the_store(cast: Cast, coat: Variant) -> None:
    form = {"key": "k1", "code": "COAT", "quantity": "1", "days": "3", "store": str(cast.shibuya.pk)}
    answer = signed_in(cast.staff["agent"]).post(f"/customers/{cast.hanako.uuid}/reservations/", form)
    assert answer.status_code == 302
    assert (Reservation.objects.get().store, Reservation.objects.get().channel) == (cast.shibuya, "phone")


def test_nobody_else_puts_anything_aside(cast: Cast, coat: Variant) -> None:
    form = {"key": "k1", "code": "COAT", "quantity": "1", "days": "3"}
    for user in (cast.other_clerk, cast.staff["data_steward"], cast.staff["marketer"]):
        assert signed_in(user).post(f"/customers/{cast.hanako.uuid}/reservations/", form).status_code == 404
    assert (Reservation.objects.count(), Stock.objects.get().reserved) == (0, 0)


def test_the_start_page_counts_the_stores_open_reservations(cast: Cast, reserve: Reserve) -> None:
    reserve()
    page = signed_in(cast.staff["clerk"]).get("/").content.decode()
    tile = page[page.index('href="/reservations/"') :]
    assert "<b>1</b>" in tile[: tile.index("</a>")]
    assert 'href="/reservations/"' not in signed_in(cast.staff["agent"]).get("/").content.decode()


@pytest.mark.parametrize(
    ("role", "style", "cost"),
    [
        ("store_manager", 200, True),
        ("marketing_manager", 200, True),
        ("marketer", 200, False),
        ("data_steward", 200, False),
        ("clerk", 403, False),
        ("agent", 403, False),
    ],
)
def test_the_catalogue_is_read_in_the_back_office_without_the_cost(
    cast: Cast, coat: Variant, role: str, style: int, cost: bool
) -> None:
    client = signed_in(cast.staff[role])
    pages = [
        client.get("/admin/journeys/style/"),
        client.get(f"/admin/journeys/style/{coat.style_id}/change/"),
        client.get("/admin/journeys/variant/"),
        client.get(f"/admin/journeys/variant/{coat.pk}/change/"),
    ]
    assert [page.status_code for page in pages] == [style] * 4
    shown = [re.search(r"15,?000", page.content.decode()) is not None for page in pages]
    assert shown == [False, False, cost, cost]


def test_styles_are_found_in_the_back_office_without_counting_them_all(
    cast: Cast, coat: Variant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.staff["marketer"])
    page = client.get("/admin/journeys/style/", {"q": "ｳｰﾙ"})
    assert "ウールコート" in page.content.decode()
    # session, account, how many there are up to the page's end, the styles
    with django_assert_num_queries(4) as queries:
        client.get("/admin/journeys/style/")
    counts = [query["sql"] for query in queries.captured_queries if "COUNT(" in query["sql"]]
    assert [sql.partition(" LIMIT ")[2] for sql in counts] == ["100) subquery"]


def test_prices_are_not_to_be_guessed_by_filters(cast: Cast, coat: Variant) -> None:
    client = signed_in(cast.staff["marketer"])
    assert client.get("/admin/journeys/variant/", {"cost__gt": "10000"}).status_code in {302, 400}
    assert access.may(cast.actor("marketer"), "catalog.cost") is False
