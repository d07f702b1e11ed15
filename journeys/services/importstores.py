"""Files of stores: one store a row, known by its code."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from customers import access
from customers.models import Store
from customers.services import contact, stores
from customers.services.stores import StoreIn
from journeys.models import ImportRun
from journeys.services import importcells, importsubject
from journeys.services.importcells import Refusal
from journeys.services.importcolumns import Column, Field
from journeys.services.importrows import Lookups, RowReader
from journeys.services.importsubject import Change, Read, Subject, Terms, Unit

FIELDS = (
    Field(
        "code",
        _("store code"),
        ("店舗コード", "店舗番号", "店舗id", "店舗no", "店コード", "拠点コード"),
        ("store code", "store id", "store number", "shop code", "location code"),
        ("SHIBUYA2", "UMEDA2"),
    ),
    Field(
        "name_ja",
        _("name (Japanese)"),
        ("店舗名", "店名", "店舗名称", "名称", "拠点名"),
        ("name in japanese", "name", "store name", "shop name", "location name"),
        ("渋谷二号店", "梅田二号店"),
    ),
    Field(
        "name_en",
        _("name (English)"),
        ("店舗名英語", "英語名", "店舗名英字", "店舗名en"),
        ("name in english", "english name", "store name english"),
        ("Shibuya 2", "Umeda 2"),
    ),
    Field("brand", _("brand"), ("ブランド", "ブランド名", "業態"), ("brand", "brand name"), ("", "")),
    Field("zone", _("area"), ("地区", "エリア", "地域", "ブロック"), ("area", "region", "zone"), ("東京", "大阪")),
    Field("time_zone", _("time zone"), ("時間帯", "タイムゾーン"), ("time zone",), ("Asia/Tokyo", "Asia/Tokyo")),
    Field(
        "postcode",
        _("postcode"),
        ("郵便番号", "〒"),
        ("postcode", "postal code", "zip", "zip code"),
        ("150-0002", "530-0001"),
    ),
    Field(
        "address",
        _("address"),
        ("住所", "所在地", "店舗住所"),
        ("address", "street address"),
        ("東京都渋谷区渋谷1-1", "大阪府大阪市北区梅田1-1"),
    ),
    Field(
        "phone",
        _("phone"),
        ("電話番号", "電話", "tel", "店舗電話番号"),
        ("phone", "phone number", "telephone"),
        ("03-0000-0001", "06-0000-0001"),
    ),
    Field("latitude", _("latitude"), ("緯度",), ("latitude", "lat"), ("35.6595", "34.7025")),
    Field("longitude", _("longitude"), ("経度",), ("longitude", "lng", "lon"), ("139.7005", "135.4959")),
    Field(
        "is_open",
        _("in business"),
        ("営業中", "営業", "有効", "営業状態"),
        ("in business", "open", "active"),
        ("1", "1"),
    ),
)


def _length_of(field: str) -> int:
    return int(getattr(Store._meta.get_field(field), "max_length", 0))


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise Refusal("time_zone")
    return text


def _phone(text: str) -> str:
    importcells.identifier(text, normalise=contact.phone)
    return importcells.plain(text, longest=_length_of("phone"))


def _postcode(text: str) -> str:
    return importcells.identifier(text, normalise=contact.postcode)


class Stores(Subject):
    """Stores: opened or changed by code. Stores the file does not name stay as they are."""

    what = ImportRun.What.STORES.value
    fields = FIELDS
    needs = (("code",), ("name_ja",))
    repeated = "repeated_store"

    def reader(self, columns: Sequence[Column], terms: Terms, lookups: Lookups) -> RowReader:
        def text(name: str) -> Any:
            return lambda cell: {name: importcells.fitting(cell, longest=_length_of(name))}

        return RowReader(
            columns,
            {
                "code": lambda cell: {"code": _code(cell)},
                **{name: text(name) for name in ("name_ja", "name_en", "brand", "zone", "address")},
                "time_zone": lambda cell: {"time_zone": _time_zone(cell)},
                "postcode": lambda cell: {"postcode": _postcode(cell)},
                "phone": lambda cell: {"phone": _phone(cell)},
                "latitude": lambda cell: {"latitude": importcells.degrees(cell, most=90)},
                "longitude": lambda cell: {"longitude": importcells.degrees(cell, most=180)},
                "is_open": lambda cell: {"is_open": importcells.yes(cell)},
            },
            needed={"code", "name_ja"},
            once=("code",),
        )

    def units(self, group: Sequence[Read], terms: Terms) -> list[Unit]:
        return [
            Unit(unit.lines, unit.key, StoreIn(**unit.value) if unit.value else None, unit.problems)
            for unit in importsubject.alone(group, key="code")
        ]

    def plan(self, values: Sequence[Any], terms: Terms) -> list[str]:
        return stores.plan(rows=values)

    def changes(self, values: Sequence[Any], terms: Terms) -> list[list[Change]]:
        known = {store.code: store for store in Store.objects.filter(code__in=[row.code for row in values])}
        return [
            [
                Change(name, _shown(getattr(known.get(row.code), name, "")), _shown(value))
                for name, value in stores.told_by(row).items()
                if row.code not in known or getattr(known[row.code], name) != value
            ]
            for row in values
        ]

    def write(self, values: Sequence[Any], ids: Sequence[str], terms: Terms) -> list[str]:
        return stores.put(actor=access.system(access.SYSTEM_IMPORT), rows=values)


def _code(cell: str) -> str:
    return importcells.code(unicodedata.normalize("NFKC", cell).strip(), longest=_length_of("code"))


def _shown(value: object) -> str:
    return "" if value is None else str(value)
