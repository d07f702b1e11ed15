"""Orders are recorded as told, once, and add up to the yen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from config.lib.errors import Conflict, Invalid, NotFound, Refused
from customers.models import Identity, Role
from journeys.models import Interaction, Order, OrderLine, Tender, TryOn
from journeys.services import instore, orders
from journeys.services.orders import Hint, LineIn, TenderIn
from tests import factories
from tests.cast import Cast
from tests.factories import DEMO, NOON, order_in

pytestmark = pytest.mark.django_db


def record(**given: object) -> orders.Recorded:
    """Record one order as the demo's channel."""
    return orders.record_order(actor=DEMO, order=order_in(**given))


def test_an_order_keeps_what_was_sold_how_it_was_paid_and_tells_the_timeline(cast: Cast) -> None:
    # given
    coat = factories.variant()
    # when
    told = record(
        customer_id=cast.hanako.pk,
        store_id=cast.shibuya.pk,
        lines=(
            LineIn(quantity=2, list_price=39_800, discount=9_600, paid=70_000, tax=6_363, variant_id=coat.pk),
            LineIn(quantity=1, list_price=540, paid=540, tax_rate=8, tax=40, code="NO-SUCH", name="菓子"),
        ),
        tenders=(TenderIn("cash", 50_000), TenderIn("card", 20_000), TenderIn("card", 540)),
        total=70_540,
        paid_at=NOON,
    )
    # then
    assert (told.outcome, told.order.total, told.order.state) == ("created", 70_540, "paid")
    assert list(OrderLine.objects.values_list("number", "variant", "raw_code", "paid", "tax_rate", "cost")) == [
        (1, coat.pk, "", 70_000, 10, 30_000),
        (2, None, "NO-SUCH", 540, 8, None),
    ]
    assert dict(Tender.objects.values_list("kind", "amount")) == {"cash": 50_000, "card": 20_540}
    fact = Interaction.objects.get(kind="order.placed")
    assert (fact.customer_id, fact.store_id, fact.occurred_at) == (cast.hanako.pk, cast.shibuya.pk, NOON)
    assert (fact.subject_kind, fact.subject_id) == ("order", told.order.pk)
    assert (fact.product_ids, fact.data) == ([coat.style_id], {"items": "ウールコート 紺 M"})


def test_the_same_order_told_again_changes_nothing(cast: Cast) -> None:
    first = record(customer_id=cast.hanako.pk, external_id="A-1")
    again = record(customer_id=cast.hanako.pk, external_id="A-1", total=39_800)
    assert (again.outcome, again.order.pk) == ("unchanged", first.order.pk)
    assert (Order.objects.count(), OrderLine.objects.count(), Tender.objects.count()) == (1, 1, 0)
    assert Interaction.objects.filter(kind="order.placed").count() == 1


def test_other_content_under_the_same_number_is_refused_and_shows_both(cast: Cast) -> None:
    # given
    record(customer_id=cast.hanako.pk, external_id="A-1")
    # when
    with translation.override("en"), pytest.raises(Conflict) as refused:
        record(customer_id=cast.hanako.pk, external_id="A-1", lines=(LineIn(1, 30_000, 30_000),))
    # then
    assert refused.value.code == "order_conflict"
    assert str(refused.value.message) == (
        "This order was recorded before with other content. Recorded: 2026-11-20 03:00 39,800 JPY. "
        "Sent now: 2026-11-20 03:00 30,000 JPY."
    )
    assert (Order.objects.get().total, OrderLine.objects.count()) == (39_800, 1)


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"lines": (LineIn(2, 1_000, 1_999),)}, "order_amount", "/lines/0/paid"),
        ({"lines": (LineIn(1, 1_000, 1_100, tax=100),)}, "order_amount", "/lines/0/paid"),
        ({"lines": (LineIn(1, 1_000, 1_000, tax=100),), "is_tax_included": False}, "order_amount", "/lines/0/paid"),
        ({"lines": (LineIn(1, 1_000, 1_000, tax_rate=9),)}, "order_amount", "/lines/0/tax_rate"),
        ({"lines": (LineIn(1, 1_000, 1_000, tax_rate=0, tax=1),)}, "order_amount", "/lines/0/tax"),
        ({"lines": (LineIn(1, -1, -1),)}, "order_amount", "/lines/0"),
        ({"lines": (LineIn(1, 10**13, 10**13),)}, "order_amount", "/lines/0"),
        ({"lines": (LineIn(0, 1_000, 0),)}, "order_lines", "/lines/0/quantity"),
        ({"lines": ()}, "order_lines", "/lines"),
        ({"total": 39_801}, "order_total", "/total"),
        ({"tenders": (TenderIn("cash", 39_799),)}, "order_tenders", "/tenders"),
        ({"tenders": (TenderIn("shells", 39_800),)}, "order_tenders", "/tenders"),
        ({"placed_at": NOON.replace(tzinfo=None)}, "order_time", "/placed_at"),
        ({"shipped_at": NOON + timedelta(days=3650)}, "order_time", "/shipped_at"),
        ({"channel": "pigeon"}, "channel", "/channel"),
        ({"currency": "yen"}, "currency", "/currency"),
        ({"source": ""}, "order_source", "/source"),
        ({"external_id": "x" * 121}, "order_source", "/external_id"),
        ({"external_id": "a\x00"}, "unwritable", "/external_id"),
        ({"tracking": "9" * 61}, "order_tracking", "/tracking"),
        ({"store_id": 10**9}, "store_unknown", "/store_id"),
        ({"staff_id": 10**9}, "staff_unknown", "/staff_id"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_is_written(
    cast: Cast, given: dict[str, object], code: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        record(customer_id=cast.hanako.pk, **given)
    assert (refused.value.code, refused.value.fields[0].pointer) == (code, pointer)
    assert orders.record_orders(actor=DEMO, orders=[order_in(**given)]) == [f"refused:{code}"]
    assert (Order.objects.count(), Interaction.objects.filter(kind="order.placed").count()) == (0, 0)


def test_amounts_without_tax_add_the_tax(cast: Cast) -> None:
    told = record(lines=(LineIn(1, 1_000, 1_100, tax=100),), is_tax_included=False, currency="USD")
    assert (told.order.total, told.order.is_tax_included, told.order.currency) == (1_100, False, "USD")


def test_a_source_that_tells_only_the_sum_adds_up_all_the_same() -> None:
    each, discount = orders.orderin.priced(paid=2_933, quantity=3)
    assert (each, discount, each * 3 - discount) == (978, 1, 2_933)


def test_an_unknown_buyer_makes_a_guest_order_that_tells_nothing(cast: Cast) -> None:
    told = record(hint=Hint(email="nobody@example.com", phone="not a number"))
    assert (told.outcome, told.order.customer_id) == ("created", None)
    assert told.order.identity_hint == {"email": "nobody@example.com"}
    assert Interaction.objects.filter(kind__startswith="order.").count() == 0


def test_a_buyer_is_known_by_member_number_or_by_a_proven_identifier_only(cast: Cast) -> None:
    # given her phone is claimed, her e-mail proven
    factories.proven(customer=cast.hanako, kind="email", value="hanako@example.com")
    # then
    assert record(hint=Hint(member_number="9000-0001")).order.customer_id == cast.hanako.pk
    assert record(hint=Hint(email="hanako@EXAMPLE.com")).order.customer_id == cast.hanako.pk
    assert record(hint=Hint(phone="090-1111-1234")).order.customer_id is None


def test_a_shared_identifier_and_two_that_contradict_name_nobody(cast: Cast) -> None:
    factories.proven(customer=cast.hanako, kind="email", value="hanako@example.com")
    factories.proven(customer=cast.namesake, kind="phone", value="+819022225678")
    contradiction = Hint(email="hanako@example.com", phone="090-2222-5678")
    assert record(hint=contradiction).order.customer_id is None
    Identity.objects.filter(kind="email").update(is_shared=True)
    assert record(hint=Hint(email="hanako@example.com")).order.customer_id is None


def test_a_member_number_decides_even_when_the_e_mail_is_anothers(cast: Cast) -> None:
    factories.proven(customer=cast.namesake, kind="email", value="family@example.com")
    told = record(hint=Hint(member_number="90000001", email="family@example.com"))
    assert told.order.customer_id == cast.hanako.pk


def test_an_order_of_a_merged_customer_goes_to_the_one_who_stayed(cast: Cast) -> None:
    cast.namesake.merged_into = cast.hanako
    cast.namesake.save(update_fields=["merged_into"])
    assert record(customer_id=cast.namesake.pk).order.customer_id == cast.hanako.pk
    assert record(hint=Hint(member_number="90000002")).order.customer_id == cast.hanako.pk


def test_discreet_goods_unknown_goods_and_private_orders_are_told_as_goods(cast: Cast) -> None:
    discreet = factories.discreet_variant()
    coat = factories.variant()
    record(customer_id=cast.hanako.pk, lines=(LineIn(1, 100, 100, variant_id=discreet.pk),))
    record(customer_id=cast.hanako.pk, lines=(LineIn(1, 100, 100, code="X", name="指輪"),))
    record(customer_id=cast.hanako.pk, lines=(LineIn(1, 100, 100, variant_id=coat.pk),), is_private=True)
    facts = Interaction.objects.filter(kind="order.placed").order_by("pk")
    assert [fact.data for fact in facts] == [{"items": ""}] * 3
    assert facts[2].product_ids == []


def test_a_live_purchase_marks_the_try_on_as_bought_later(cast: Cast) -> None:
    # given
    coat = factories.variant()
    tried = instore.record_tryon(
        actor=cast.actor(Role.CLERK), customer_uuid=str(cast.hanako.uuid), variant_id=coat.pk, outcome="not_bought"
    ).tryon
    TryOn.objects.filter(pk=tried.pk).update(tried_at=NOON - timedelta(days=3))
    # when
    record(customer_id=cast.hanako.pk, lines=(LineIn(1, 39_800, 39_800, variant_id=coat.pk),))
    # then
    tried.refresh_from_db()
    assert tried.outcome == "bought_later"


def test_many_orders_go_in_with_a_fixed_number_of_statements(cast: Cast) -> None:
    # given
    coat = factories.variant()
    some = [_one_of_many(cast, coat.sku, number) for number in range(10)]
    many = [_one_of_many(cast, coat.sku, number) for number in range(10, 110)]
    # when
    with CaptureQueriesContext(
        connection,
    ) as few:
        first = orders.record_orders(actor=DEMO, orders=some)
    with CaptureQueriesContext(connection) as lots:
        second = orders.record_orders(actor=DEMO, orders=many)
    # then
    assert (set(first), set(second)) == ({"created"}, {"created"})
    assert len(lots) == len(few) <= 16
    assert Order.objects.filter(customer=cast.hanako).count() == 110
    assert OrderLine.objects.filter(customer=cast.hanako, variant=coat).count() == 220
    assert Interaction.objects.filter(kind="order.placed").count() == 110


def test_good_orders_go_in_while_others_are_refused(cast: Cast) -> None:
    record(external_id="A-1")
    told = orders.record_orders(
        actor=DEMO,
        orders=[
            order_in(external_id="A-1"),
            order_in(external_id="A-1", currency="USD"),
            order_in(external_id="B", total=1),
            order_in(external_id="C"),
            order_in(external_id="C"),
            order_in(external_id="C", currency="USD"),
            order_in(external_id="D", store_id=10**9),
        ],
    )
    assert told == [
        "unchanged",
        "refused:order_conflict",
        "refused:order_total",
        "created",
        "unchanged",
        "refused:order_conflict",
        "refused:store_unknown",
    ]
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["A-1", "C"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.AGENT, Role.MARKETER, Role.ADMIN])
def test_people_record_no_orders(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        orders.record_order(actor=cast.actor(role), order=order_in())
    with pytest.raises(Refused):
        orders.record_orders(actor=cast.actor(role), orders=[order_in()])
    assert Order.objects.count() == 0


def test_an_order_moves_on_and_tells_each_step_once(cast: Cast) -> None:
    # given
    uuid = str(record(customer_id=cast.hanako.pk, channel="web").order.uuid)
    # when
    for state in ("paid", "late", "shipped", "shipped", "late", "delivered"):
        orders.progress(actor=DEMO, order_uuid=uuid, state=state, tracking="1234" if state == "shipped" else "")
    # then
    row = Order.objects.get()
    assert (row.state, row.tracking) == ("delivered", "1234")
    assert None not in {row.paid_at, row.shipped_at, row.delivered_at}
    kinds = Interaction.objects.filter(kind__startswith="order.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["order.placed", "order.late", "order.shipped", "order.late", "order.delivered"]


@pytest.mark.parametrize("state", ["paid", "shipped", "late"])
def test_an_order_never_moves_back(cast: Cast, state: str) -> None:
    uuid = str(record(customer_id=cast.hanako.pk, delivered_at=NOON).order.uuid)
    with translation.override("en"), pytest.raises(Conflict) as refused:
        orders.progress(actor=DEMO, order_uuid=uuid, state=state)
    assert str(refused.value.message) == "Nothing was changed. This order has come further: Delivered."
    assert Order.objects.get().state == "delivered"


@pytest.mark.parametrize("state", ["placed", "cancelled", "eaten"])
def test_an_order_becomes_only_what_an_order_becomes(cast: Cast, state: str) -> None:
    uuid = str(record().order.uuid)
    with pytest.raises(Invalid) as refused:
        orders.progress(actor=DEMO, order_uuid=uuid, state=state)
    assert refused.value.code == "order_state"
    with pytest.raises(NotFound):
        orders.progress(actor=DEMO, order_uuid=str(cast.hanako.uuid), state="paid")
    assert Order.objects.get().state == "placed"


def _one_of_many(cast: Cast, sku: str, number: int) -> orders.OrderIn:
    line = LineIn(1, 39_800, 39_800, code=sku)
    return order_in(
        external_id=f"M-{number}",
        hint=Hint(member_number="90000001"),
        store_id=cast.shibuya.pk,
        lines=(line, replace(line, tax=3_618)),
        tenders=(TenderIn("card", 79_600),),
    )
