"""What goes with a style: pairs the retailer named, then what the same customers buy. Discreet goods are left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, IntegerField, QuerySet, Value
from django.utils.translation import gettext as _

from journeys.models import Style, StyleAffinity, StylePair, Variant

MOST = 60
FIELDS = ("named", "place", "style_id", "goes_with_id", "style__name_ja", "style__name_en")


@dataclass(frozen=True)
class Pairing:
    """Style `goes_with_id` goes with `style_id`, called `product`; named by the retailer, or counted from orders."""

    style_id: int
    goes_with_id: int
    product: str
    is_named: bool

    @property
    def reason(self) -> str:
        """Why, in the language in force."""
        told = {"product": self.product}
        return _("Goes with %(product)s") % told if self.is_named else _("Often bought with %(product)s") % told


def pairings_of(*, style_ids: Collection[int] | QuerySet[Variant, int]) -> list[Pairing]:
    """Return what goes with these styles: named pairs by rank, then counted ones by lift, at most 60. 1 query.

    Styles no longer sold and discreet ones are left out on both sides.
    """
    fine = {
        "style__in": style_ids,
        "style__category__is_discreet": False,
        "goes_with__is_active": True,
        "goes_with__category__is_discreet": False,
    }
    named = StylePair.objects.filter(**fine).annotate(named=Value(0, output_field=IntegerField()), place=F("rank"))
    counted = StyleAffinity.objects.filter(**fine).annotate(
        named=Value(1, output_field=IntegerField()), place=-F("lift")
    )
    rows = (
        named.order_by()
        .values_list(*FIELDS)
        .union(counted.order_by().values_list(*FIELDS), all=True)
        .order_by("named", "place", "goes_with_id")[:MOST]
    )
    return [
        Pairing(style_id, goes_with_id, Style(name_ja=japanese, name_en=english).name, is_named=not counted_one)
        for counted_one, _place, style_id, goes_with_id, japanese, english in rows
    ]
