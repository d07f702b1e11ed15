"""The timeline narrowed: by channel, group, product, source and time; newer and older by keyset, chips to take off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config.lib.errors import Invalid
from customers.models import Customer
from journeys.models import Channel
from journeys.selectors import things, timeline
from journeys.selectors.timelinefilters import Filters
from tests import factories
from tests.cast import Cast
from tests.customers.test_worklist import agree, client_of

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def told(cast: Cast, customer: Customer | None = None) -> dict[str, int]:
    """Facts of four kinds on four days, the last of them late in the evening of the 19th in Japan."""
    coat = factories.variant(sku="COAT-M")
    rows: dict[str, dict[str, object]] = {
        "call": {"occurred_at": NOON},
        "tried": {
            "kind": "tryon.recorded",
            "channel": Channel.STORE,
            "store_id": cast.shibuya.pk,
            "product_ids": (coat.style_id,),
            "occurred_at": datetime(2026, 11, 19, 14, 59, tzinfo=UTC),
        },
        "asked": {"kind": "message.received", "channel": Channel.LINE, "occurred_at": NOON - timedelta(days=2)},
        "viewed": {
            "kind": "product.viewed",
            "channel": Channel.WEB,
            "source": "web:shop",
            "product_ids": (coat.style_id,),
            "occurred_at": NOON - timedelta(days=3),
        },
    }
    return {
        name: factories.interaction(customer=customer or cast.hanako, **given)  # type: ignore[arg-type]
        for name, given in rows.items()
    }


def found(cast: Cast, ids: dict[str, int], role: str = "agent", **filters: str) -> list[str]:
    """The names of what a reader sees, newest first; the row of her profile is left out."""
    style_id = things.style_of(code=filters.get("product", ""))
    page = timeline.page(
        actor=cast.actor(role),
        customer=Customer.objects.get(pk=cast.hanako.pk),  # what she agreed to is read once an object
        filters=Filters(**filters),
        style_id=style_id,
    )
    names = {pk: name for name, pk in ids.items()}
    return [names[entry.id] for entry in page.entries if entry.id in names]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["call", "tried", "asked", "viewed"]),
        ({"channel": "line"}, ["asked"]),
        ({"kind": "call.received"}, ["call"]),
        ({"group": "talks"}, ["call", "asked"]),
        ({"group": "wishes"}, ["tried", "viewed"]),
        ({"group": "problems"}, []),
        ({"source": "web:shop"}, ["viewed"]),
        ({"product": "ＣＯＡＴ－Ｍ"}, ["tried", "viewed"]),
        ({"day": "2026-11-19"}, ["tried", "asked", "viewed"]),
        ({"day": "2026-11-18"}, ["asked", "viewed"]),
        ({"day": "2026-11-19", "product": "COAT-M", "channel": "web"}, ["viewed"]),
    ],
)
def test_each_filter_by_itself_and_together(cast: Cast, filters: dict[str, str], names: list[str]) -> None:
    assert found(cast, told(cast), **filters) == names


def test_a_clerk_reads_no_browsing_whatever_she_asks_unless_the_customer_agreed(cast: Cast) -> None:
    ids = told(cast)
    agree(cast.hanako, at=NOON)
    assert found(cast, ids, role="clerk", product="COAT-M") == ["tried", "viewed"]
    agree(cast.hanako, is_given=False, at=NOON + timedelta(hours=1))
    assert found(cast, ids, role="clerk") == ["call", "tried", "asked"]
    assert found(cast, ids, role="clerk", kind="product.viewed") == []
    assert found(cast, ids, role="clerk", product="COAT-M") == ["tried"]


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"group": "nobody"}, "group"),
        ({"product": "nothing"}, "product"),
        ({"product": "x" * 81}, "product"),
        ({"source": "x" * 81}, "source"),
        *(({"day": text}, "day") for text in ("yesterday", "2026-02-30", "1000-01-01", "9999-12-31")),
    ],
)
def test_what_cannot_be_is_refused_by_name(cast: Cast, filters: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        found(cast, {}, **filters)
    assert refused.value.code == code


def test_every_kind_belongs_to_a_group() -> None:
    from journeys.hooks import interaction_kinds
    from journeys.selectors.timelinefilters import GROUPS

    nouns = {noun for _words, nouns in GROUPS.values() for noun in nouns}
    assert {plug.name.partition(".")[0] for plug in interaction_kinds.plugs()} - nouns == set()


def test_older_and_newer_walk_the_whole_story_without_a_gap(cast: Cast) -> None:
    # given 65 calls, ten at a time at one moment
    for number in range(65):
        factories.interaction(customer=cast.hanako, occurred_at=NOON - timedelta(hours=number // 10))
    actor, calls = cast.actor("agent"), Filters(kind="call.received")

    def page(cursor: str) -> timeline.Page:
        return timeline.page(actor=actor, customer=cast.hanako, cursor=cursor, filters=calls)

    # when walked back to the beginning
    pages = [page("")]
    while pages[-1].next:
        pages.append(page(pages[-1].next))
    # then nothing is missing or told twice
    assert [len(each.entries) for each in pages] == [25, 25, 15]
    assert len({entry.id for each in pages for entry in each.entries}) == 65
    assert pages[0].newer is None
    # and walked forward again it is the same pages
    middle = page(pages[2].newer or "")
    assert [entry.id for entry in middle.entries] == [entry.id for entry in pages[1].entries]
    first = page(middle.newer or "")
    assert [entry.id for entry in first.entries] == [entry.id for entry in pages[0].entries]
    assert (first.newer, middle.next, first.next) == (None, pages[1].next, pages[0].next)


def panel(client: Client, cast: Cast, query: str = "") -> str:
    """The timeline panel as it is swapped in."""
    return client.get(reverse("customer-panel", args=[cast.hanako.uuid, "timeline"]) + query).content.decode()


def test_each_chip_takes_its_own_filter_off(cast: Cast) -> None:
    told(cast)
    text = panel(client_of(cast, "agent"), cast, "?channel=web&group=wishes&day=2026-11-19&source=web:shop")
    chips = re.findall(r'y-filterchip" href="[^"?]*\?([^"#]*)#', text)
    assert [chip.replace("&amp;", "&") for chip in chips] == [
        "group=wishes&source=web%3Ashop&day=2026-11-19",
        "channel=web&source=web%3Ashop&day=2026-11-19",
        "channel=web&group=wishes&day=2026-11-19",
        "channel=web&group=wishes&source=web%3Ashop",
    ]
    assert "Up to 2026/11/19" in text


def test_it_works_by_address_alone(cast: Cast) -> None:
    told(cast)
    page = client_of(cast, "agent").get(reverse("customer-page", args=[cast.hanako.uuid]), {"group": "talks"})
    text = page.content.decode()
    assert text.count('class="y-event"') == 2
    assert '<option value="talks" selected>' in text


def test_a_filter_that_cannot_be_leaves_the_page_alive(cast: Cast) -> None:
    page = client_of(cast, "agent").get(reverse("customer-page", args=[cast.hanako.uuid]), {"day": "x"})
    assert page.status_code == 200
    assert "This is not a day." in page.content.decode()


def test_a_store_is_not_offered_to_filter_by_source(cast: Cast) -> None:
    assert 'name="source"' in panel(client_of(cast, "agent"), cast)
    assert 'name="source"' not in panel(client_of(cast, "clerk"), cast)
