"""The member card: a code that works once for a minute, and numbers that only open the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.lib import clock
from config.lib.errors import Conflict, Invalid, NotFound, Refused
from customers import access
from customers.models import CardCode, Customer, Identity, Presentation
from customers.services import cards
from journeys.models import Interaction
from tests.cast import Cast
from tests.factories import NOON


def nothing_changed() -> bool:
    return not CardCode.objects.exists() and not Presentation.objects.exists()


def attach(cast: Cast, **given: Any) -> Identity:
    return cards.attach(
        **{
            "actor": cast.actor("clerk"),
            "customer_uuid": str(cast.hanako.uuid),
            "kind": "barcode",
            "value": "4901234567894",
            "source": "counter",
            **given,
        }
    )


def test_a_code_opens_her_page_for_half_an_hour(cast: Cast) -> None:
    # given: a customer of another store
    with clock.at(NOON):
        face = cards.issue(customer_id=cast.far.pk)
        # when
        found = cards.redeem(actor=cast.actor("clerk"), code=face.code)
    # then
    assert face.expires_at == NOON + timedelta(seconds=60)
    assert found == cast.far
    shown = Presentation.objects.get()
    assert (shown.customer, shown.store, shown.until) == (cast.far, cast.shibuya, NOON + timedelta(minutes=30))
    used = CardCode.objects.get()
    assert (used.customer, used.store, used.staff_id) == (cast.far, cast.shibuya, cast.staff["clerk"].pk)


def test_issuing_writes_nothing_and_every_code_is_new(cast: Cast, django_assert_num_queries: Any) -> None:
    # 1 the customer
    with django_assert_num_queries(1):
        first = cards.issue(customer_id=cast.hanako.pk)
    assert cards.issue(customer_id=cast.hanako.pk).code != first.code
    assert nothing_changed()


def test_a_code_works_once(cast: Cast) -> None:
    # given
    face = cards.issue(customer_id=cast.hanako.pk)
    cards.redeem(actor=cast.actor("clerk"), code=face.code)
    # when
    with pytest.raises(Conflict) as caught:
        cards.redeem(actor=cast.actor("clerk"), code=face.code)
    # then
    assert caught.value.code == "card_used"
    assert (CardCode.objects.count(), Presentation.objects.count()) == (1, 1)


@pytest.mark.parametrize(("seconds", "works"), [(0, True), (60, True), (61, False)])
def test_a_code_works_for_a_minute(cast: Cast, seconds: int, works: bool) -> None:
    # given
    with clock.at(NOON):
        face = cards.issue(customer_id=cast.hanako.pk)
    # when
    with clock.at(NOON + timedelta(seconds=seconds)):
        try:
            cards.redeem(actor=cast.actor("clerk"), code=face.code)
            outcome = "opened"
        except Conflict as error:
            outcome = error.code
    # then
    assert outcome == ("opened" if works else "card_expired")
    assert nothing_changed() is not works


def test_a_scanner_under_a_japanese_keyboard_is_read_as_meant(cast: Cast) -> None:
    # given: every character full width, hyphen and full stop as the input method writes them
    code = cards.issue(customer_id=cast.hanako.pk).code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code).replace("－", "ー").replace("．", "。")
    # when
    found = cards.present(actor=cast.actor("clerk"), term=f"{wide}\n")
    # then
    assert found == cast.hanako


@pytest.mark.parametrize(
    "change", [lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"), lambda code: "x" + code[1:]]
)
def test_a_forged_code_is_refused(cast: Cast, change: Any) -> None:
    code = change(cards.issue(customer_id=cast.hanako.pk).code)
    with pytest.raises(Invalid) as caught:
        cards.present(actor=cast.actor("clerk"), term=code)
    assert caught.value.code == "card_code"
    assert nothing_changed()


def test_the_office_redeems_without_a_store(cast: Cast) -> None:
    found = cards.redeem(actor=cast.actor("agent"), code=cards.issue(customer_id=cast.far.pk).code)
    assert found == cast.far
    assert CardCode.objects.get().store is None
    assert not Presentation.objects.exists()


@pytest.mark.parametrize("role", ["marketer", "executive", "auditor", "admin", "product_developer"])
def test_roles_without_search_redeem_nothing(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        cards.redeem(actor=cast.actor(role), code=cards.issue(customer_id=cast.hanako.pk).code)
    assert nothing_changed()


def test_the_outsider_presents_nothing(cast: Cast) -> None:
    with pytest.raises(Refused):
        cards.present(actor=access.Actor(access.ANONYMOUS), term="90000001")
    assert nothing_changed()


def test_a_member_number_in_any_width_opens_her_page(cast: Cast, django_assert_num_queries: Any) -> None:
    # 1 the member number  2 savepoint  3 the presentation  4 release
    with django_assert_num_queries(4):
        found = cards.present(actor=cast.actor("clerk"), term="９０００−０００３")
    assert found == cast.far
    assert Presentation.objects.get().customer == cast.far


def test_other_text_is_nobody(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert cards.present(actor=cast.actor("clerk"), term="山田 花子") is None
    # 1 the member number  2 cards among the identities
    with django_assert_num_queries(2):
        assert cards.present(actor=cast.actor("clerk"), term="99999999") is None
    assert nothing_changed()


def test_a_barcode_is_an_identity(cast: Cast) -> None:
    # given
    row = attach(cast)
    # when
    found = cards.present(actor=cast.actor("clerk"), term="4901234567894")
    # then
    assert found == cast.hanako
    assert (row.kind, row.normalised, row.source) == ("barcode", "4901234567894", "counter")
    told = Interaction.objects.get(kind="identity.added")
    assert (told.customer_id, told.data) == (cast.hanako.pk, {"kind": "barcode"})


def test_the_same_card_again_changes_nothing(cast: Cast) -> None:
    assert attach(cast) == attach(cast)
    assert Identity.objects.filter(kind="barcode").count() == 1
    assert Interaction.objects.filter(kind="identity.added").count() == 1


@pytest.mark.parametrize(("kind", "value"), [("barcode", "4901234567894"), ("member_number", "90000002")])
def test_another_customers_card_is_refused(cast: Cast, kind: str, value: str) -> None:
    # given
    attach(cast, customer_uuid=str(cast.namesake.uuid))
    # when
    with pytest.raises(Conflict) as caught:
        attach(cast, kind=kind, value=value)
    # then
    assert caught.value.code == "card_taken"
    assert not Identity.objects.filter(customer=cast.hanako, kind=kind).exists()
    assert not Identity.objects.get(customer=cast.namesake, kind="barcode").is_shared


def test_another_stores_customer_gets_no_card_here(cast: Cast) -> None:
    with pytest.raises(NotFound):
        attach(cast, customer_uuid=str(cast.far.uuid))
    with pytest.raises(Refused):
        attach(cast, actor=cast.actor("marketer"))
    assert not Identity.objects.filter(kind="barcode").exists()


def test_a_merged_customers_card_leads_to_who_she_is_now(cast: Cast) -> None:
    # given
    code = cards.issue(customer_id=cast.namesake.pk).code
    Customer.objects.filter(pk=cast.namesake.pk).update(merged_into=cast.hanako)
    # when, then
    assert cards.redeem(actor=cast.actor("clerk"), code=code) == cast.hanako
    assert cards.present(actor=cast.actor("clerk"), term="90000002") == cast.hanako
