"""Where the demo's shops stand and its people live. Postcodes and places exist; houses and rooms are invented."""

from __future__ import annotations

import random

from customers.services.profileedits import AddressIn

# Postcode, prefecture, city, town; in this order the twelve shops' own surroundings.
TOWNS = (
    ("150-0041", "東京都", "渋谷区", "神南"), ("160-0022", "東京都", "新宿区", "新宿"),
    ("530-0001", "大阪府", "大阪市北区", "梅田"), ("171-0022", "東京都", "豊島区", "南池袋"),
    ("180-0004", "東京都", "武蔵野市", "吉祥寺本町"), ("220-0012", "神奈川県", "横浜市西区", "みなとみらい"),
    ("330-0854", "埼玉県", "さいたま市大宮区", "桜木町"), ("060-0042", "北海道", "札幌市中央区", "大通西"),
    ("980-0021", "宮城県", "仙台市青葉区", "中央"), ("460-0008", "愛知県", "名古屋市中区", "栄"),
    ("650-0021", "兵庫県", "神戸市中央区", "三宮町"), ("810-0001", "福岡県", "福岡市中央区", "天神"),
)  # fmt: skip
NEAR = (
    ("150-0001", "東京都", "渋谷区", "神宮前"), ("160-0023", "東京都", "新宿区", "西新宿"),
    ("530-0017", "大阪府", "大阪市北区", "角田町"), ("170-0013", "東京都", "豊島区", "東池袋"),
    ("180-0003", "東京都", "武蔵野市", "吉祥寺南町"), ("231-0023", "神奈川県", "横浜市中区", "山下町"),
    ("330-0802", "埼玉県", "さいたま市大宮区", "宮町"), ("060-0061", "北海道", "札幌市中央区", "南一条西"),
    ("980-0811", "宮城県", "仙台市青葉区", "一番町"), ("450-0002", "愛知県", "名古屋市中村区", "名駅"),
    ("650-0011", "兵庫県", "神戸市中央区", "下山手通"), ("812-0011", "福岡県", "福岡市博多区", "博多駅前"),
)  # fmt: skip
HOUSES = ("コーポ緑", "メゾン青葉", "ハイツ桜", "レジデンス光", "")


def address_of(*, shop: int, draw: random.Random) -> AddressIn:
    """Return an invented home near the shop of that number."""
    postcode, prefecture, city, town = draw.choice((TOWNS, NEAR))[shop % len(TOWNS)]
    house = draw.choice(HOUSES)
    return AddressIn(
        postcode=postcode,
        prefecture=prefecture,
        city=city,
        block=f"{town}{draw.randrange(1, 5)}-{draw.randrange(1, 30)}-{draw.randrange(1, 20)}",
        building=f"{house}{draw.randrange(1, 9)}0{draw.randrange(1, 9)}" if house else "",
    )
