"""Files of orders: neighbours of one number are one order, recorded whole, once, to the yen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from journeys.models import ImportRun, Interaction, Order, OrderLine, Reaction, Tender
from journeys.services import imports
from tests import factories
from tests.cast import Cast
from tests.journeys.importing import bring_in, check, did, lines, media, problems, steward, would

__all__ = ["media"]
pytestmark = pytest.mark.django_db
HEAD = "注文番号,注文日時,会員番号,店舗コード,商品コード,商品名,数量,単価,値引,合計,送料,支払方法"
COAT = "A-1,2026/11/01 14:05,90000001,SHIBUYA,COAT,ウールコート,1,39800,0,45400,600,クレジットカード"
SCARF = "A-1,2026/11/01 14:05,90000001,SHIBUYA,SCARF,マフラー,2,3000,1000,45400,600,クレジットカード"
GUEST = "A-2,2026/11/02,,,HAT-9,帽子,1,5000,,5000,,現金"


@pytest.fixture(autouse=True)
def goods(cast: Cast) -> None:
    """A coat we know."""
    factories.variant(sku="COAT")


def sold() -> list[tuple[str, int, int, int, int, str]]:
    """Return every line: order, quantity, list price, discount, paid, code."""
    rows = OrderLine.objects.order_by("order__external_id", "number")
    return list(rows.values_list("order__external_id", "quantity", "list_price", "discount", "paid", "raw_code"))


def line(head: str, *rows: str, cast: Cast, **terms: Any) -> ImportRun:
    """Bring in a file of orders."""
    return bring_in(cast, lines(head, *rows), what="orders", **terms)


def test_an_order_of_two_lines_and_a_guests_come_in(cast: Cast) -> None:
    content = lines(HEAD, COAT, SCARF, GUEST)
    # when it is only checked, nothing is written
    run = check(cast, content, what="orders")
    assert (run.state, would(run), Order.objects.count()) == ("checked", (3, 0, 0, 0), 0)
    # when it is run
    run = bring_in(cast, content, what="orders")
    assert (did(run), problems(run, "run")) == ((3, 0, 0, 0), [])
    first, guest = Order.objects.order_by("external_id")
    assert (first.source, first.customer, first.store, first.channel, first.total, first.currency) == (
        "import:orders", cast.hanako, cast.shibuya, "store", 45_400, "JPY"
    )  # fmt: skip
    assert (first.placed_at, first.is_time_known) == (datetime(2026, 11, 1, 5, 5, tzinfo=UTC), True)
    assert sold() == [
        ("A-1", 1, 39_800, 0, 39_800, "COAT"),
        ("A-1", 2, 3_000, 1_000, 5_000, "SCARF"),
        ("A-1", 1, 600, 0, 600, "SHIPPING"),
        ("A-2", 1, 5_000, 0, 5_000, "HAT-9"),
    ]
    assert list(Tender.objects.order_by("order__external_id").values_list("kind", "amount")) == [
        ("card", 45_400), ("cash", 5_000)
    ]  # fmt: skip
    # then a day alone is noon of the file's zone, and nobody we know is a guest
    assert (guest.customer, guest.channel, guest.placed_at, guest.is_time_known) == (
        None, "web", datetime(2026, 11, 2, 3, 0, tzinfo=UTC), False
    )  # fmt: skip
    fact = Interaction.objects.get(kind="order.placed")
    assert (fact.customer, fact.occurred_at, fact.store) == (cast.hanako, first.placed_at, cast.shibuya)


def test_the_same_file_again_changes_and_tells_nothing(cast: Cast) -> None:
    line(HEAD, COAT, SCARF, GUEST, cast=cast)
    before = list(Order.objects.order_by("pk").values()), sold(), Interaction.objects.count()
    run = line(HEAD, COAT, SCARF, GUEST, cast=cast)
    assert (would(run), did(run)) == ((0, 0, 3, 0), (0, 0, 3, 0))
    assert (list(Order.objects.order_by("pk").values()), sold(), Interaction.objects.count()) == before


def test_an_order_recorded_with_other_content_is_refused_and_shows_what_we_have(cast: Cast) -> None:
    line(HEAD, COAT, SCARF, cast=cast)
    changed = SCARF.replace("3000,1000,45400", "3000,0,46400")
    run = line(HEAD, COAT.replace("45400", "46400"), changed, GUEST, cast=cast)
    assert (would(run), did(run)) == ((1, 0, 0, 2), (1, 0, 0, 2))
    assert problems(run, "run") == [
        (2, "", "A-1", "order_conflict:2026-11-01 45,400 JPY"), (3, "", "A-1", "with_line:2")
    ]  # fmt: skip
    assert Order.objects.get(external_id="A-1").total == 45_400


def test_one_bad_line_refuses_its_whole_order_and_no_other(cast: Cast) -> None:
    bad = SCARF.replace(",2,3000,", ",二,3000,")
    run = line(HEAD, COAT, bad, GUEST, "A-3,いつか,,,X,,1,100,,,,", cast=cast)
    assert (did(run), [order.external_id for order in Order.objects.all()]) == ((1, 0, 0, 3), ["A-2"])
    assert problems(run, "run") == [
        (2, "", "A-1", "with_line:3"),
        (3, "数量", "二", "count"),
        (5, "注文日時", "いつか", "date"),
    ]


def test_rows_of_one_order_must_stand_together(cast: Cast) -> None:
    run = line(HEAD, COAT.replace("45400", ""), GUEST, SCARF.replace("45400", ""), cast=cast)
    assert (did(run), problems(run, "run")) == ((2, 0, 0, 1), [(4, "注文番号", "A-1", "repeated_order:2")])


@pytest.mark.parametrize(
    ("head", "row", "reason"),
    [
        ("注文番号,注文日時,単価,合計", "A,2026-11-01,100,120", "order_total:100"),
        ("注文番号,注文日時,単価,数量,明細金額", "A,2026-11-01,100,2,250", "line_amount:200"),
        ("注文番号,注文日時,単価,値引,明細金額", "A,2026-11-01,100,10,100", "line_amount:90"),
        ("注文番号,注文日時,単価,値引", "A,2026-11-01,100,110", "line_discount"),
        ("注文番号,注文日時,単価,数量", "A,2026-11-01,100,0", "line_quantity"),
        ("注文番号,注文日時,単価,商品名", "A,2026-11-01,,傘", "line_price"),
        ("注文番号,注文日時,単価,注文値引", "A,2026-11-01,100,101", "order_discount:100"),
        ("注文番号,注文日時,単価,利用ポイント", "A,2026-11-01,100,101", "order_points:100"),
        ("注文番号,注文日時,単価,税率", "A,2026-11-01,100,9", "order_amount"),
        ("注文番号,注文日時,単価", "A,2099-11-01,100", "order_time"),
        ("注文番号,注文日時,単価", "A,,100", "placed_at_missing"),
    ],
)
def test_what_does_not_add_up_is_refused_with_its_reason(cast: Cast, head: str, row: str, reason: str) -> None:
    run = line(head, row, cast=cast)
    assert (did(run), [told[3] for told in problems(run, "run")], Order.objects.count()) == ((0, 0, 0, 1), [reason], 0)


@pytest.mark.parametrize(
    ("head", "rows", "expected"),
    [
        # only the sum of all pieces is told: the price of one is rounded up and the rest is a discount
        ("注文番号,注文日時,数量,明細金額", ["A,2026-11-01,3,1000"], [(3, 334, 2, 1000)]),
        # only the order's total is told
        ("注文番号,注文日時,合計,送料", ["A,2026-11-01,1500,500"], [(1, 1000, 0, 1000), (1, 500, 0, 500)]),
        # what is missing between price and paid is a discount
        ("注文番号,注文日時,単価,明細金額", ["A,2026-11-01,1000,900"], [(1, 1000, 100, 900)]),
        # a discount on the order is spread over its lines to the yen
        (
            "注文番号,注文日時,単価,割引額,合計",
            ["A,2026-11-01,1000,100,1900", "A,2026-11-01,500,100,1900", "A,2026-11-01,500,100,1900"],
            [(1, 1000, 50, 950), (1, 500, 25, 475), (1, 500, 25, 475)],
        ),
        (
            "注文番号,注文日時,単価,割引額",
            ["A,2026-11-01,100,1", "A,2026-11-01,100,"],
            [(1, 100, 1, 99), (1, 100, 0, 100)],
        ),
        # prices without tax
        ("注文番号,注文日時,単価,消費税,税区分", ["A,2026-11-01,1000,100,税抜"], [(1, 1000, 0, 1100)]),
        # fees are a line of their own
        ("注文番号,注文日時,単価,手数料,合計", ["A,2026-11-01,1000,330,1330"], [(1, 1000, 0, 1000), (1, 330, 0, 330)]),
    ],
)  # fmt: skip
def test_what_an_export_leaves_out_is_made_up_for(
    cast: Cast, head: str, rows: list[str], expected: list[tuple[int, int, int, int]]
) -> None:
    run = line(head, *rows, cast=cast)
    assert (problems(run, "run"), [told[1:5] for told in sold()]) == ([], expected)


def test_points_and_the_rest_are_two_ways_of_paying(cast: Cast) -> None:
    line("注文番号,注文日時,単価,利用ポイント,支払方法", "A,2026-11-01,1000,300,代金引換", cast=cast)
    assert sorted(Tender.objects.values_list("kind", "amount")) == [("cash", 700), ("points", 300)]


def test_states_come_from_the_times_the_file_tells(cast: Cast) -> None:
    head = "注文番号,注文日時,単価,入金日,発送日,配達日,キャンセル日,追跡番号"
    rows = [
        "A,2026-11-01 10:00,100,2026-11-01 10:01,2026-11-02 09:00,,,1234-5678",
        "B,2026-11-01 10:00,100,,,,2026-11-03 09:00,",
        "C,2026-11-01 10:00,100,,,,,",
    ]
    line(head, *rows, cast=cast)
    assert list(Order.objects.order_by("external_id").values_list("state", "tracking")) == [
        ("shipped", "1234-5678"), ("cancelled", ""), ("paid", "")
    ]  # fmt: skip


def test_an_email_names_the_buyer_where_it_is_proven_and_a_store_makes_a_visit(cast: Cast) -> None:
    run = line("注文番号,注文日時,単価,会員番号", "A,2026-11-01,100,9000-0002", "B,2026-11-01,100,知らない", cast=cast)
    assert (did(run), list(Order.objects.order_by("external_id").values_list("customer", flat=True))) == (
        (2, 0, 0, 0), [cast.namesake.pk, None]
    )  # fmt: skip


def test_history_lets_nobody_react_and_live_does(cast: Cast) -> None:
    line("注文番号,注文日時,単価,会員番号", "A,2026-11-01,100,90000001", cast=cast)
    assert Order.objects.get().customer == cast.hanako
    assert Reaction.objects.count() == 0
    run = line("注文番号,注文日時,単価,会員番号", "B,2026-11-01,100,90000001", cast=cast, mode="live")
    assert (run.mode, did(run)) == ("live", (1, 0, 0, 0))


def test_two_systems_may_use_the_same_numbers(cast: Cast) -> None:
    line("注文番号,注文日時,単価", "1,2026-11-01,100", cast=cast)
    run = line("注文番号,注文日時,商品コード,個数,価格", "1,2026-11-02,X,1,200", cast=cast, profile="ec_cube")
    assert (did(run), sorted(Order.objects.values_list("source", "external_id", "total"))) == (
        (1, 0, 0, 0), [("import:ec_cube", "1", 200), ("import:orders", "1", 100)]
    )  # fmt: skip


def test_an_order_across_a_batch_stays_whole_and_a_killed_run_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given batches of four rows and orders of three
    monkeypatch.setattr("journeys.services.importbatches.BATCH", 4)
    rows = [f"A-{order},2026-11-01,X{piece},100" for order in range(5) for piece in range(3)]
    run = check(cast, lines("注文番号,注文日時,商品コード,単価", *rows), what="orders")
    imports.start(actor=steward(cast), run_id=run.pk)
    seen = []
    for _task in range(4):
        imports.work(run_id=run.pk, seconds=0)
        run = ImportRun.objects.get(pk=run.pk)
        seen.append((run.created, run.next_line, Order.objects.count(), OrderLine.objects.count()))
    assert seen == [(6, 8, 2, 6), (12, 14, 4, 12), (15, 17, 5, 15), (15, 17, 5, 15)]
    assert run.state == "done"


def test_an_endless_order_is_refused_whole(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.services.importbatches.MOST_TOGETHER", 3)
    rows = ["A,2026-11-01,100"] * 5
    run = line("注文番号,注文日時,単価", *rows, "B,2026-11-01,100", cast=cast)
    assert (did(run), [order.external_id for order in Order.objects.all()]) == ((1, 0, 0, 5), ["B"])
    assert [told[3] for told in problems(run, "run")] == [
        "group_too_long:3", "with_line:2", "with_line:2", "repeated_order:2", "repeated_order:2"
    ]  # fmt: skip


def test_shopify_rows_leave_out_what_the_first_row_told(cast: Cast) -> None:
    head = "Name,Email,Paid at,Total,Shipping,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku"
    rows = [
        "#1001,hanako@example.jp,2026-11-01 10:00:05 +0900,4300,300,2026-11-01 10:00:00 +0900,1,Coat,3000,COAT",
        "#1001,hanako@example.jp,,,,2026-11-01 10:00:00 +0900,2,Scarf,500,SCARF",
    ]
    run = line(head, *rows, cast=cast, profile="shopify")
    order = Order.objects.get()
    assert (did(run), order.total, order.placed_at, order.state, order.channel) == (
        (2, 0, 0, 0), 4_300, datetime(2026, 11, 1, 1, 0, tzinfo=UTC), "paid", "web"
    )  # fmt: skip


def test_examples_name_what_was_bought(cast: Cast) -> None:
    run = check(cast, lines(HEAD, COAT, SCARF), what="orders")
    assert [change[2] for change in run.columns["examples"]["created"][0]["changes"]][1:] == [
        "90000001", "COAT ウールコート x1 / SCARF マフラー x2 / SHIPPING 送料 x1", "45,400 JPY"
    ]  # fmt: skip
