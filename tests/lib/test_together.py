"""Several selects in one statement give what each would have given by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext

from config.lib import together
from customers.models import Customer, Identity, Store
from journeys.models import Interaction, Variant
from tests import factories
from tests.cast import Cast

MOMENT = datetime(2026, 11, 20, 3, 0, 0, 120, tzinfo=UTC)


def plain(rows: models.QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """Every value of every row, by column."""
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


def test_rows_are_the_same_as_alone(cast: Cast) -> None:
    # given rows with times, dates, numbers, arrays, documents, empty values and quotes
    factories.variant(colour="%s'\"\\ 紺")
    factories.interaction(customer=cast.hanako, occurred_at=MOMENT, text="改行\nと%", product_ids=(2**53 + 1,))
    asked: list[models.QuerySet[Any, Any]] = [
        Customer.objects.order_by("-pk"),
        Variant.objects.select_related("style__category").order_by("pk"),
        Interaction.objects.filter(customer=cast.hanako).order_by("-occurred_at", "-pk")[:5],
        Store.objects.filter(code__in=["UMEDA", "%"]),
        Identity.objects.none(),
        Identity.objects.filter(pk__in=[]),
    ]
    alone = [plain(rows.all()) for rows in asked]
    assert [len(rows) for rows in alone] == [3, 1, 2, 1, 0, 0]
    # when
    with CaptureQueriesContext(connection) as captured:
        together.load(asked)
        found = [list(rows) for rows in asked]
    # then
    assert len(captured) == 1
    assert [plain(rows) for rows in asked] == alone
    assert [type(value) for value in vars(found[2][0]).values()] == [
        type(value) for value in vars(asked[2].all()[0]).values()
    ]
    assert found[1][0].style.category.code == "outer"
    assert len(captured) == 1


def test_annotations_values_and_distinct_on(cast: Cast) -> None:
    factories.variant(style="A", size="M")
    factories.variant(style="A", size="L")
    sold = Variant.objects.filter(style_id=OuterRef("style_id")).order_by("size")
    asked: list[models.QuerySet[Any, Any]] = [
        Variant.objects.annotate(sold=ArraySubquery(sold.values(row=JSONObject(size=F("size"))))).order_by("pk"),
        Identity.objects.order_by("customer_id", "-pk").distinct("customer_id"),
        Identity.objects.filter(kind="phone").values_list("normalised", flat=True).order_by("pk"),
    ]
    alone = [list(rows.all()) for rows in asked]
    together.load(asked)
    assert [list(rows) for rows in asked] == alone
    assert [row.sold for row in asked[0]] == [row.sold for row in alone[0]] == [[{"size": "L"}, {"size": "M"}]] * 2


def test_what_was_read_is_not_read_again(cast: Cast) -> None:
    rows = Store.objects.order_by("pk")
    assert len(rows) == 2
    with CaptureQueriesContext(connection) as captured:
        together.load([rows])
        together.load([])
    assert len(captured) == 0


def test_a_loaded_queryset_still_makes_new_ones(cast: Cast) -> None:
    rows = Store.objects.order_by("pk")
    together.load([rows])
    assert rows.filter(code="UMEDA").get() == cast.umeda


@pytest.mark.django_db
def test_a_broken_select_breaks_the_whole(cast: Cast) -> None:
    bad = Store.objects.extra(where=["no_such_column = 1"])
    with pytest.raises(Exception, match="no_such_column"):
        together.load([Store.objects.all(), bad])
