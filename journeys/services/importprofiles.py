"""Exports we know by the system they come from: their headings, and what is special about their files.

A profile only helps with the first guess: whoever imports sees each column and may say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journeys.models import Channel, ImportRun
from journeys.services import importcolumns

What = ImportRun.What
NONE = ""


@dataclass(frozen=True)
class Layout:
    """One kind of file of one system: fields by heading. `columns`: a file without a heading, (name, field) in order.

    `is_row_an_order`: the file has no order numbers. `prefix`: its member numbers are only its own, get this in front,
    and members we do not know are made. `channel` is that of orders which name no store,
    `goods` what they sell where no product is named.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[tuple[str, str]] = ()
    delimiter: str = ","
    is_row_an_order: bool = False
    prefix: str = ""
    channel: str = Channel.WEB.value
    goods: str = ""


@dataclass(frozen=True)
class Profile:
    """One system. `is_tested`: tried on a file of that system itself, not only on its documentation."""

    code: str
    label: str | Promise
    layouts: Mapping[str, Layout]
    is_tested: bool = False


def _layout(*, through: str = Channel.WEB.value, **fields: str) -> Layout:
    """Return a layout from field=heading|heading."""
    pairs = [(word, name) for name, words in fields.items() for word in words.split("|")]
    return Layout({importcolumns.key(word): name for word, name in pairs}, channel=through)


PLAIN = Layout()
SMAREGI = Profile(
    "smaregi",
    _("Smaregi"),
    {
        What.CUSTOMERS: _layout(
            member_number="会員コード", family_name="姓", given_name="名", family_kana="姓カナ", given_kana="名カナ",
            birthday="誕生日", phone="携帯番号", email="メールアドレス", member_since="入会日",
        ),
        What.PRODUCTS: _layout(
            style="グループコード", sku="商品コード", name="商品名", price="商品単価", cost="原価", category="部門ID",
            category_name="部門名", colour="カラー", size="サイズ", barcode="品番",
        ),
        What.STOCK: _layout(store="店舗コード", sku="商品コード", on_hand="在庫数"),
        What.STORES: _layout(
            code="店舗コード", name_ja="店舗名", postcode="郵便番号", address="住所", phone="電話番号"
        ),
        What.ORDERS: _layout(
            through=Channel.STORE.value, number="取引ID", placed_at="取引日時", store="店舗コード",
            member="会員コード", product="商品コード",
            name="商品名", quantity="数量", list_price="商品単価", discount="値引", paid="値引き後金額", total="合計",
        ),
    },
)  # fmt: skip
EC_CUBE = Profile(
    "ec_cube",
    "EC-CUBE",
    {
        What.CUSTOMERS: _layout(
            member_number="会員ID", family_name="お名前(姓)", given_name="お名前(名)", family_kana="お名前(セイ)",
            given_kana="お名前(メイ)", email="メールアドレス", phone="TEL", birthday="誕生日", member_since="登録日",
        ),
        What.PRODUCTS: _layout(
            style="商品ID", name="商品名", sku="商品コード", price="販売価格", category="商品カテゴリ(ID)",
            category_name="商品カテゴリ(名称)", colour="規格分類1(名称)", size="規格分類2(名称)",
        ),
        What.ORDERS: _layout(
            number="注文番号", member="会員ID", email="メールアドレス", phone="TEL", placed_at="注文日時",
            product="商品コード", name="商品名", quantity="個数", list_price="価格", total="支払合計", shipping="送料",
            tax_rate="税率",
        ),
    },
)  # fmt: skip
SHOPIFY = Profile(
    "shopify",
    "Shopify",
    {
        What.CUSTOMERS: _layout(
            member_number="Customer ID", family_name="Last Name", given_name="First Name", email="Email",
            phone="Phone",
        ),
        What.PRODUCTS: _layout(
            style="Handle", name="Title", brand="Vendor", category="Type", colour="Option1 Value",
            size="Option2 Value", sku="Variant SKU", price="Variant Price", cost="Cost per item",
            barcode="Variant Barcode", image_url="Image Src", is_active="Status",
        ),
        What.STOCK: _layout(store="Location", sku="SKU", on_hand="On hand (current)|On hand"),
        What.ORDERS: _layout(
            number="Name", email="Email", phone="Phone", placed_at="Created at", paid_at="Paid at",
            cancelled_at="Cancelled at", total="Total", shipping="Shipping", product="Lineitem sku",
            name="Lineitem name", quantity="Lineitem quantity", list_price="Lineitem price",
            discount="Lineitem discount",
        ),
    },
)  # fmt: skip
RAKUTEN = Profile(
    "rakuten",
    _("Rakuten RMS"),
    {
        What.PRODUCTS: _layout(
            style="商品管理番号（商品URL）", name="商品名", sku="システム連携用SKU番号", price="販売価格",
            category="ジャンルID", colour="バリエーション項目選択肢1", size="バリエーション項目選択肢2",
            barcode="カタログID",
        ),
        What.ORDERS: _layout(
            through=Channel.MALL.value, number="注文番号", placed_at="注文日時", email="注文者メールアドレス",
            total="請求金額",
            shipping="送料合計", product="SKU管理番号|商品番号", name="商品名", quantity="個数", list_price="単価",
        ),
    },
)  # fmt: skip
CDNOW = Profile(
    "cdnow",
    "CDNOW",
    {
        What.ORDERS: Layout(
            columns=(("customer", "member"), ("number in the sample", ""), ("date", "placed_at"),
                     ("CDs", "quantity"), ("dollars", "paid")),
            delimiter=" ",
            is_row_an_order=True,
            prefix="CDNOW",
            goods="CD",
        ),
    },
    is_tested=True,
)  # fmt: skip
ALL = (SMAREGI, EC_CUBE, SHOPIFY, RAKUTEN, CDNOW)
BY_CODE = {profile.code: profile for profile in ALL}


def layout_of(profile: str, *, what: str) -> Layout:
    """Return how a system writes this kind of file; the plain one without a profile or where it has none of its own."""
    found = BY_CODE.get(profile)
    return found.layouts.get(what, PLAIN) if found else PLAIN


def knows(profile: str, *, what: str) -> bool:
    """Return whether a system's files of this kind are known; no profile knows every kind."""
    return profile == NONE or (profile in BY_CODE and what in BY_CODE[profile].layouts)
