"""Files of stock: one product in one store a row, as it was counted at a moment (the upload, unless the file says)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import access
from customers.models import Store
from journeys.models import ImportRun, Stock, Variant
from journeys.services import importcells, importrows, stock
from journeys.services.importcolumns import Column, Field
from journeys.services.importrows import Lookups, RowReader, Told
from journeys.services.importsubject import UNCHANGED, Change, Read, Subject, Terms, Unit
from journeys.services.stock import STALE, StockIn

SOURCE = "import:stock"
FIELDS = (
    Field(
        "store",
        _("store code"),
        ("店舗コード", "店舗", "店舗番号", "店舗id", "店舗名", "拠点コード", "倉庫コード"),
        ("store code", "store", "location", "shop code", "warehouse"),
        ("{store}", "{store}"),
    ),
    Field(
        "sku",
        _("SKU or barcode"),
        ("商品コード", "sku", "skuコード", "商品番号", "単品コード", "janコード", "jan", "バーコード"),
        ("product code", "variant sku", "item code", "barcode"),
        ("{sku}", "{other_sku}"),
    ),
    Field(
        "on_hand",
        _("on hand"),
        ("在庫数", "在庫", "現在庫", "現在庫数", "在庫数量", "数量"),
        ("on hand", "stock", "quantity", "available", "count"),
        ("5", "0"),
    ),
    Field(
        "as_of",
        _("as of"),
        ("基準日時", "在庫日時", "更新日時", "時点", "棚卸日時", "集計日時"),
        ("as of", "counted at", "updated at"),
        ("", ""),
    ),
    Field("shelf", _("shelf"), ("棚", "棚番", "棚番号", "ロケーション"), ("shelf", "bin"), ("A-12", "")),
    Field("incoming", _("incoming"), ("入荷予定数", "入荷予定", "発注残"), ("incoming",), ("", "3")),
    Field("incoming_on", _("arrives"), ("入荷予定日", "入荷日"), ("arrives", "incoming date"), ("", "")),
)


class StockCounts(Subject):
    """Counts of stock: absolute, the newer one counts. What the file does not name stays as it is."""

    what = ImportRun.What.STOCK.value
    fields = FIELDS
    needs = (("store",), ("sku",), ("on_hand",))
    repeated = "repeated_count"

    def reader(self, columns: Sequence[Column], terms: Terms, lookups: Lookups) -> RowReader:
        codes = dict(Store.objects.values_list("pk", "code"))

        def store(cell: str) -> Told:
            return {"store_code": codes[importrows.store_id(cell, stores=lookups.stores)]}

        return RowReader(
            columns,
            {
                "store": store,
                "sku": lambda cell: {"sku": importcells.code(cell, longest=60)},
                "on_hand": lambda cell: {"on_hand": importcells.count(cell)},
                "as_of": lambda cell: {"as_of": importcells.moment(cell, zone=terms.zone).at},
                "shelf": lambda cell: {"shelf": importcells.fitting(cell, longest=stock.LONGEST_SHELF)},
                "incoming": lambda cell: {"incoming": importcells.count(cell)},
                "incoming_on": lambda cell: {"incoming_on": importcells.day(cell)},
            },
            needed={"store", "sku", "on_hand"},
            once=("store", "sku", "as_of"),
        )

    def units(self, group: Sequence[Read], terms: Terms) -> list[Unit]:
        units = []
        for read in group:
            told = {"as_of": terms.uploaded_at, **(read.told or {})}
            value = StockIn(**told) if read.told else None
            noted = tuple((read.line, problem) for problem in read.problems)
            # Counts of one place at two moments may stand in one file: the line keeps their names apart.
            key = f"{value.store_code} {value.sku} ({read.line})" if value else ""
            units.append(Unit((read.line,), key, value, noted))
        return units

    def plan(self, values: Sequence[Any], terms: Terms) -> list[str]:
        return [_told(outcome) for outcome in stock.plan(rows=_by_sku(values))]

    def changes(self, values: Sequence[Any], terms: Terms) -> list[list[Change]]:
        rows = _by_sku(values)
        places = Stock.objects.filter(store__code__in={row.store_code for row in rows}).filter(
            variant__sku__in={row.sku for row in rows}
        )
        known = {(row.store.code, row.variant.sku): row for row in places.select_related("store", "variant")}
        return [_changes(row, known.get((row.store_code, row.sku))) for row in rows]

    def write(self, values: Sequence[Any], ids: Sequence[str], terms: Terms) -> list[str]:
        rows = _by_sku(values)
        outcomes = stock.feed(actor=access.system(access.SYSTEM_IMPORT), rows=rows, source=terms.source or SOURCE)
        return [_told(outcome) for outcome in outcomes]


def _told(outcome: str) -> str:
    # An older count than the one we have says nothing new, whatever its number.
    return UNCHANGED if outcome == STALE else outcome


def _by_sku(rows: Sequence[StockIn]) -> list[StockIn]:
    """Return the rows with SKUs in place of barcodes. A code that is both is an SKU. 1 query."""
    codes = {row.sku for row in rows}
    found = Variant.objects.filter(Q(sku__in=codes) | Q(barcode__in=codes)).order_by("pk").values_list("sku", "barcode")
    skus = {barcode: sku for sku, barcode in found if barcode} | {sku: sku for sku, _barcode in found}
    return [replace(row, sku=skus.get(row.sku, row.sku)) for row in rows]


def _changes(row: StockIn, known: Stock | None) -> list[Change]:
    found = []
    for name in ("on_hand", "shelf", "incoming", "incoming_on"):
        before, after = getattr(known, name, None), getattr(row, name)
        if after is not None and before != after:
            found.append(Change(name, _shown(before), _shown(after)))
    return found


def _shown(value: int | str | date | None) -> str:
    return "" if value is None else str(value)
