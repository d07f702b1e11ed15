"""The demo shop's goods: styles with colours and sizes, what goes together, stock in every store. Deterministic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import Role, Store, User
from customers.selectors import customers as people
from journeys.models import Channel, Stock
from journeys.services import catalog, reservations, stock

SOURCE = "demo:catalog"
BRAND = "ヨリソイ"
APPAREL, DRESS, FREE = ("S", "M", "L", "XL"), ("36", "38", "40", "42"), ("F",)
SHOES = ("23.0", "23.5", "24.0", "24.5", "25.0")
# How many hours ago, how many hours from now, and how far it came: put aside, made ready, collected.
PUT_ASIDE = ((5, 67, 0), (2, 46, 0), (28, 20, 1), (30, 90, 1), (26, 60, 2))
ACTS = (reservations.make_ready, reservations.collect)
STALE_EVERY = 7  # every seventh place was counted hours ago
CATEGORIES = (
    ("women", "レディース", "Women", "", False),
    ("outer", "アウター", "Outerwear", "women", False),
    ("knit", "ニット", "Knitwear", "women", False),
    ("tops", "トップス", "Tops", "women", False),
    ("bottoms", "ボトムス", "Bottoms", "women", False),
    ("onepiece", "ワンピース", "Dresses", "women", False),
    ("formal", "フォーマル", "Formal wear", "women", False),
    ("shoes", "シューズ", "Shoes", "", False),
    ("bag", "バッグ", "Bags", "", False),
    ("goods", "服飾雑貨", "Accessories", "", False),
    ("inner", "インナー", "Innerwear", "women", True),
    ("beauty", "スキンケア", "Skin care", "", False),
    ("sports", "スポーツ", "Sports", "", False),
    ("home", "生活家電", "Household appliances", "", False),
)
COLOURS = {
    "NV": "紺", "BK": "黒", "GY": "グレー", "BE": "ベージュ", "WH": "白", "CM": "キャメル", "BR": "茶", "MV": "モーヴ",
    "GN": "カーキ", "RD": "ボルドー", "BL": "サックス", "IV": "アイボリー", "PK": "ピンク", "DN": "デニム",
}  # fmt: skip


@dataclass(frozen=True)
class Goods:
    """One line of the range: category, names, price, colours, sizes."""

    category: str
    name_ja: str
    name_en: str
    price: int
    colours: str
    sizes: tuple[str, ...]


RANGE = {
    "WOOLCOAT": Goods("outer", "ウールコート", "Wool coat", 39_800, "NV GY CM", APPAREL),
    "CHESTER": Goods("outer", "チェスターコート", "Chesterfield coat", 45_800, "BK CM", APPAREL),
    "TRENCH": Goods("outer", "トレンチコート", "Trench coat", 36_800, "BE NV", APPAREL),
    "DOWN": Goods("outer", "ライトダウンジャケット", "Light down jacket", 19_800, "BK GN IV", APPAREL),
    "COLLARLESS": Goods("outer", "ノーカラージャケット", "Collarless jacket", 26_800, "NV IV", DRESS),
    "BLAZER": Goods("outer", "テーラードジャケット", "Tailored jacket", 29_800, "NV BK GY", DRESS),
    "RIBKNIT": Goods("knit", "リブニット", "Ribbed knit", 9_800, "WH BK BE RD", FREE),
    "TURTLE": Goods("knit", "タートルネックニット", "Turtleneck knit", 12_800, "GY BK IV", APPAREL),
    "CARDI": Goods("knit", "Vネックカーディガン", "V-neck cardigan", 11_800, "NV BE PK", APPAREL),
    "CASHMERE": Goods("knit", "カシミヤクルーネックニット", "Cashmere crew-neck", 24_800, "GY CM MV", APPAREL),
    "VEST": Goods("knit", "ケーブルニットベスト", "Cable-knit vest", 8_800, "IV NV", FREE),
    "BLOUSE": Goods("tops", "とろみブラウス", "Soft blouse", 8_900, "WH PK BL", DRESS),
    "LACE": Goods("tops", "レースブラウス", "Lace blouse", 10_800, "IV BK", DRESS),
    "SHIRT": Goods("tops", "オックスフォードシャツ", "Oxford shirt", 7_900, "WH BL", APPAREL),
    "STRIPE": Goods("tops", "バスクシャツ", "Basque shirt", 6_900, "NV BK", APPAREL),
    "SWEAT": Goods("tops", "裏毛スウェット", "Loopback sweatshirt", 7_900, "GY IV", APPAREL),
    "TEE": Goods("tops", "クルーネックTシャツ", "Crew-neck T-shirt", 4_900, "WH BK GY", APPAREL),
    "TAPER": Goods("bottoms", "テーパードパンツ", "Tapered trousers", 12_800, "BK BE NV", DRESS),
    "WIDE": Goods("bottoms", "ワイドパンツ", "Wide trousers", 11_800, "BE GN BK", DRESS),
    "CENTER": Goods("bottoms", "センタープレスパンツ", "Centre-press trousers", 13_800, "GY BK", DRESS),
    "DENIM": Goods("bottoms", "ストレートデニム", "Straight jeans", 10_800, "DN BK", DRESS),
    "PLEATS": Goods("bottoms", "プリーツスカート", "Pleated skirt", 11_800, "BK BR NV", FREE),
    "FLARE": Goods("bottoms", "フレアスカート", "Flared skirt", 12_800, "NV BE", DRESS),
    "TIGHT": Goods("bottoms", "ニットタイトスカート", "Knit pencil skirt", 9_900, "BK GY", DRESS),
    "SHIRTDRESS": Goods("onepiece", "シャツワンピース", "Shirt dress", 15_800, "BE BL", DRESS),
    "KNITDRESS": Goods("onepiece", "ニットワンピース", "Knit dress", 16_800, "BK MV", FREE),
    "ALINE": Goods("onepiece", "Aラインワンピース", "A-line dress", 18_800, "NV RD", DRESS),
    "CEREMONY": Goods("formal", "セレモニースーツ", "Ceremony suit", 49_800, "NV BK", DRESS),
    "BLACKFORMAL": Goods("formal", "ブラックフォーマル", "Black formal", 39_800, "BK", DRESS),
    "SIDEGORE": Goods("shoes", "サイドゴアブーツ", "Side-gore boots", 28_600, "BK BR", SHOES),
    "PUMPS": Goods("shoes", "プレーンパンプス", "Plain pumps", 17_600, "BK BE", SHOES),
    "LOAFER": Goods("shoes", "コインローファー", "Penny loafers", 19_800, "BK BR", SHOES),
    "SNEAKER": Goods("shoes", "レザースニーカー", "Leather sneakers", 15_400, "WH", SHOES),
    "TOTE": Goods("bag", "レザートートバッグ", "Leather tote", 27_500, "BK CM", FREE),
    "SHOULDER": Goods("bag", "ミニショルダーバッグ", "Mini shoulder bag", 16_500, "BK IV", FREE),
    "FORMALBAG": Goods("bag", "フォーマルバッグ", "Formal bag", 14_300, "BK", FREE),
    "STOLE": Goods("goods", "カシミヤストール", "Cashmere stole", 18_700, "MV GY CM", FREE),
    "GLOVES": Goods("goods", "ラムレザー手袋", "Lambskin gloves", 9_900, "BK BR", ("S", "M")),
    "BELT": Goods("goods", "レザーベルト", "Leather belt", 7_700, "BK BR", FREE),
    "SERUM": Goods("beauty", "保湿美容液", "Moisturising serum", 6_600, "WH", FREE),
    "CREAM": Goods("beauty", "ナイトクリーム", "Night cream", 7_700, "WH", FREE),
    "RUNSHOE": Goods("sports", "ランニングシューズ", "Running shoes", 14_300, "BL WH", SHOES),
    "LEGGINGS": Goods("sports", "スポーツレギンス", "Sports leggings", 7_900, "BK", APPAREL),
    "CLEANER": Goods("home", "コードレス掃除機", "Cordless vacuum cleaner", 49_800, "WH", FREE),
    "CAMISOLE": Goods("inner", "シルクキャミソール", "Silk camisole", 6_600, "IV BK", APPAREL),
}
# Fabric, and what it goes with, best first.
MORE = {
    "WOOLCOAT": ("ウール100%", "TAPER STOLE RIBKNIT"),
    "CHESTER": ("ウール90% カシミヤ10%", "TURTLE CENTER"),
    "TRENCH": ("綿65% ポリエステル35%", "STRIPE DENIM"),
    "DOWN": ("ナイロン100%", "SWEAT DENIM"),
    "COLLARLESS": ("毛60% ポリエステル40%", "LACE FLARE"),
    "BLAZER": ("ウール70%", "TAPER BLOUSE"),
    "RIBKNIT": ("綿60% アクリル40%", "TAPER PLEATS"),
    "TURTLE": ("ウール100%", "PLEATS WOOLCOAT"),
    "CARDI": ("綿100%", "BLOUSE FLARE"),
    "CASHMERE": ("カシミヤ100%", "CENTER"),
    "VEST": ("ウール50% アクリル50%", "SHIRT DENIM"),
    "BLOUSE": ("ポリエステル100%", "TAPER FLARE"),
    "LACE": ("ナイロン70% 綿30%", "FLARE"),
    "SHIRT": ("綿100%", "DENIM VEST"),
    "STRIPE": ("綿100%", "DENIM WIDE"),
    "SWEAT": ("綿100%", "DENIM"),
    "TEE": ("綿100%", "WIDE"),
    "TAPER": ("ポリエステル65% レーヨン35%", "SIDEGORE BLAZER"),
    "WIDE": ("麻55% 綿45%", "LOAFER"),
    "CENTER": ("ウール50%", "LOAFER"),
    "DENIM": ("綿99% ポリウレタン1%", "SNEAKER"),
    "PLEATS": ("ポリエステル100%", "SIDEGORE"),
    "FLARE": ("毛60%", "PUMPS"),
    "TIGHT": ("アクリル70%", "SIDEGORE"),
    "SHIRTDRESS": ("綿100%", "BELT LOAFER"),
    "KNITDRESS": ("ウール40%", "SIDEGORE"),
    "ALINE": ("ポリエステル100%", "PUMPS CARDI"),
    "CEREMONY": ("ウール100%", "PUMPS FORMALBAG"),
    "BLACKFORMAL": ("ポリエステル100%", "PUMPS FORMALBAG"),
    "SIDEGORE": ("牛革", "PLEATS TAPER"),
    "PUMPS": ("牛革", "CEREMONY"),
    "LOAFER": ("牛革", "CENTER"),
    "SNEAKER": ("牛革", "DENIM"),
    "TOTE": ("牛革", "TRENCH"),
    "SHOULDER": ("牛革", "ALINE"),
    "FORMALBAG": ("ポリエステル100%", "CEREMONY"),
    "STOLE": ("カシミヤ100%", "WOOLCOAT CHESTER"),
    "GLOVES": ("羊革", "CHESTER"),
    "BELT": ("牛革", "DENIM"),
    "SERUM": ("", "CREAM"),
    "CREAM": ("", "SERUM"),
    "RUNSHOE": ("ポリエステル100%", "LEGGINGS"),
    "LEGGINGS": ("ナイロン80% ポリウレタン20%", "RUNSHOE"),
    "CLEANER": ("", ""),
    "CAMISOLE": ("絹100%", ""),
}


def seed(*, actor: Actor, stores: Sequence[Store], now: datetime) -> None:
    """Put the range into the catalogue and its stock into every store. Joins the caller's transaction.

    Raises AssertionError when a service refused a row: the range above would be wrong.
    """
    categories = [catalog.CategoryIn(*row) for row in CATEGORIES]
    styles = [_style(place, code, goods) for place, (code, goods) in enumerate(RANGE.items())]
    pairs = [
        catalog.PairIn(code, other, rank)
        for code, (_fabric, others) in MORE.items()
        for rank, other in enumerate(others.split(), start=1)
    ]
    outcomes = catalog.put_categories(actor=actor, rows=categories)
    outcomes += catalog.put_styles(actor=actor, rows=styles, source=SOURCE)
    outcomes += catalog.put_pairs(actor=actor, rows=pairs, source=SOURCE)
    outcomes += stock.feed(actor=actor, rows=_counts(styles, stores, now), source="demo:stock")
    if set(outcomes) != {catalog.CREATED}:
        raise AssertionError(f"the demo's range was not all created: {sorted(set(outcomes))}")


def reserve_some(*, customer_ids: Sequence[int], now: datetime) -> int:
    """Let each store's clerk have put things aside: to prepare, ready, ending soon, collected; return the facts told.

    Joins the caller's transaction.
    """
    users = User.objects.select_related("staff__store").filter(staff__role=Role.CLERK).order_by("pk")
    return sum(_reserve_in_store(access.actor_of(user), customer_ids, now) for user in users)


def _reserve_in_store(clerk: Actor, customer_ids: Sequence[int], now: datetime) -> int:
    mine = list(people.visible_to(clerk).filter(pk__in=customer_ids).order_by("pk")[: len(PUT_ASIDE)])
    here = Stock.objects.filter(
        store_id=clerk.own_store_id, on_hand__gte=2, variant__style__category__is_discreet=False
    )
    pieces = list(here.order_by("-on_hand", "pk").values_list("variant_id", flat=True)[: len(PUT_ASIDE)])
    told = 0
    for customer, variant_id, (hours_ago, hours_left, ends) in zip(mine, pieces, PUT_ASIDE, strict=False):
        with clock.at(now - timedelta(hours=hours_ago)):
            row = reservations.reserve(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                store_id=clerk.own_store_id,
                lines=[(variant_id, 1)],
                until=now + timedelta(hours=hours_left),
                channel=Channel.STORE,
            )
        with clock.at(now - timedelta(hours=hours_ago / 2)):
            for act in ACTS[:ends]:
                act(actor=clerk, reservation_uuid=str(row.uuid))
        told += 1 + ends
    return told


def barcode_of(number: int) -> str:
    """Return a 13-digit code of the range shops print themselves (20...), with its check digit (GS1, EAN-13)."""
    digits = f"20{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _style(place: int, code: str, goods: Goods) -> catalog.StyleIn:
    sorts = [(colour, size) for colour in goods.colours.split() for size in goods.sizes]
    return catalog.StyleIn(
        external_id=code,
        name_ja=goods.name_ja,
        name_en=goods.name_en,
        category_code=goods.category,
        brand=BRAND,
        attributes={"fabric": MORE[code][0]} if MORE[code][0] else {},
        variants=tuple(
            catalog.VariantIn(
                external_id=f"{code}-{colour}-{size}",
                sku=f"{code}-{colour}-{size}",
                price=goods.price,
                cost=goods.price * 2 // 5,
                colour=COLOURS[colour],
                size=size,
                barcode=barcode_of((place + 1) * 1000 + number),
            )
            for number, (colour, size) in enumerate(sorts)
        ),
    )


def _counts(styles: Sequence[catalog.StyleIn], stores: Sequence[Store], now: datetime) -> list[stock.StockIn]:
    """Most places have some, a fifth have none; some counts are hours old, some sizes are on their way."""
    draw = random.Random(29)  # noqa: S311 - invented stock
    counts = []
    for place, (store, variant) in enumerate(
        (store, v) for store in stores for style in styles for v in style.variants
    ):
        pieces = draw.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 0, 8))
        age = timedelta(hours=draw.randrange(1, 7)) if place % STALE_EVERY == 0 else timedelta(minutes=8)
        is_coming = pieces == 0 and draw.random() < 0.5
        counts.append(
            stock.StockIn(
                store_code=store.code,
                sku=variant.sku,
                on_hand=pieces,
                as_of=now - age,
                shelf=f"{'ABCDE'[place // 40 % 5]}{place % 9 + 1}",
                incoming=draw.randrange(2, 6) if is_coming else 0,
                incoming_on=(now + timedelta(days=draw.randrange(2, 10))).date() if is_coming else None,
            )
        )
    return counts
