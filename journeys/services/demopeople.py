"""Invented people for the demo: name and reading agree, the same ones for the same seed.

Phones use the 090-0000 block and mail the reserved domain example.jp, so that nobody real is ever reached.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from customers.services import contact
from customers.services.profiles import ProfileIn

FAMILY = (
    ("髙橋", "タカハシ", "Takahashi"), ("佐藤", "サトウ", "Sato"), ("鈴木", "スズキ", "Suzuki"),
    ("田中", "タナカ", "Tanaka"), ("渡邉", "ワタナベ", "Watanabe"), ("伊藤", "イトウ", "Ito"),
    ("山本", "ヤマモト", "Yamamoto"), ("中村", "ナカムラ", "Nakamura"), ("小林", "コバヤシ", "Kobayashi"),
    ("加藤", "カトウ", "Kato"), ("吉田", "ヨシダ", "Yoshida"), ("齋藤", "サイトウ", "Saito"),
    ("松本", "マツモト", "Matsumoto"), ("井上", "イノウエ", "Inoue"), ("木村", "キムラ", "Kimura"),
    ("清水", "シミズ", "Shimizu"), ("山﨑", "ヤマザキ", "Yamazaki"), ("森", "モリ", "Mori"),
    ("池田", "イケダ", "Ikeda"), ("橋本", "ハシモト", "Hashimoto"), ("濵田", "ハマダ", "Hamada"),
    ("石川", "イシカワ", "Ishikawa"), ("前田", "マエダ", "Maeda"), ("林", "ハヤシ", "Hayashi"),
)  # fmt: skip
GIVEN = (
    ("花子", "ハナコ", "Hanako"), ("美咲", "ミサキ", "Misaki"), ("結衣", "ユイ", "Yui"), ("陽菜", "ヒナ", "Hina"),
    ("さくら", "サクラ", "Sakura"),
    ("由美子", "ユミコ", "Yumiko"), ("恵", "メグミ", "Megumi"), ("千尋", "チヒロ", "Chihiro"),
    ("大輔", "ダイスケ", "Daisuke"), ("翔太", "ショウタ", "Shota"), ("健一", "ケンイチ", "Kenichi"),
    ("直樹", "ナオキ", "Naoki"),
    ("蓮", "レン", "Ren"), ("悠真", "ユウマ", "Yuma"), ("拓也", "タクヤ", "Takuya"), ("真由美", "マユミ", "Mayumi"),
    ("香織", "カオリ", "Kaori"), ("純子", "ジュンコ", "Junko"), ("隆", "タカシ", "Takashi"), ("葵", "アオイ", "Aoi"),
)  # fmt: skip
APPROACHES = ("", "", "alone", "advice")


def people(*, count: int, store_ids: list[int], today: date, seed: int = 7) -> list[ProfileIn]:
    """Return `count` profiles (at most 480), deterministic for the seed and the day. The first is 髙橋 花子."""
    draw = random.Random(seed)  # noqa: S311 - invented people need no secrecy
    pairs = [(family, given) for given in GIVEN for family in FAMILY][:1]
    others = [(family, given) for family in FAMILY for given in GIVEN if (family, given) != pairs[0]]
    draw.shuffle(others)
    made = []
    for number, (family, given) in enumerate((pairs + others)[:count]):
        phone = f"090-0000-{1000 + number:04d}"
        email = f"{given[2]}.{family[2]}{number}@example.jp".lower()
        made.append(
            ProfileIn(
                member_number=f"9000{number + 1:04d}",
                family_name=family[0],
                given_name=given[0],
                family_kana=family[1],
                given_kana=given[1],
                romaji=f"{family[2]} {given[2]}",
                birthday=date(1955, 1, 1) + timedelta(days=draw.randrange(18_000)),
                language="ja",
                approach=draw.choice(APPROACHES),
                home_store_id=store_ids[number % len(store_ids)],
                member_since=today - timedelta(days=draw.randrange(30, 2_000)),
                phone=(contact.phone(phone), phone),
                email=(email, email),
            )
        )
    return made
