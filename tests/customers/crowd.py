"""A town of customers, made set-wise, for what must hold at size. Names come as often as they do: skewed."""

from __future__ import annotations

import json
from itertools import product

from django.db import connection

from customers.models import Customer
from customers.services import names
from tests import factories

FAMILIES = (
    ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("髙橋", "タカハシ"), ("田中", "タナカ"), ("伊藤", "イトウ"),
    ("渡邊", "ワタナベ"), ("山本", "ヤマモト"), ("中村", "ナカムラ"), ("小林", "コバヤシ"), ("加藤", "カトウ"),
    ("吉田", "ヨシダ"), ("山田", "ヤマダ"), ("佐々木", "ササキ"), ("山口", "ヤマグチ"), ("松本", "マツモト"),
    ("井上", "イノウエ"), ("木村", "キムラ"), ("林", "ハヤシ"), ("齋藤", "サイトウ"), ("清水", "シミズ"),
    ("森", "モリ"), ("長谷川", "ハセガワ"), ("大野", "オオノ"), ("小野", "オノ"), ("原", "ハラ"),
)  # fmt: skip
GIVEN = (
    ("花子", "ハナコ"), ("恵", "メグミ"), ("裕子", "ユウコ"), ("翔太", "ショウタ"), ("健", "ケン"), ("陽菜", "ヒナ"),
    ("美咲", "ミサキ"), ("大輔", "ダイスケ"), ("久美子", "クミコ"), ("純一", "ジュンイチ"),
    ("愛", "アイ"), ("蓮", "レン"),
)  # fmt: skip

# A written name's place in the list is drawn as a square: the first names are far more frequent than the last.
PEOPLE = """
INSERT INTO customers_customer (uuid, member_number, family_name, given_name, family_kana, given_kana, romaji,
    romaji_key, grams, birthday, gender, occupation, language, approach, home_store_id, name_key, kana_key,
    completeness, context_seq, version, created_at, updated_at)
SELECT gen_random_uuid(), 'C' || n, name.family, name.given, name.family_kana, name.given_kana, '', name.romaji_key,
    string_to_array(name.grams, ' '), date '1940-01-01' + ((n * 7919) %% 25000)::int, '', '', 'ja', '',
    %(first)s + n %% %(stores)s, name.name_key, name.kana_key, 0, 0, 1, now(), now()
FROM generate_series(1, %(many)s::bigint) AS n
JOIN jsonb_to_recordset(%(names)s::jsonb) AS name(nr int, family text, given text, family_kana text, given_kana text,
    romaji_key text, grams text, name_key text, kana_key text)
  ON name.nr = floor(power(((n * 7919) %% 10007) / 10007.0, 2) * %(kinds)s)
"""
PHONES = """
INSERT INTO customers_identity (customer_id, kind, normalised, raw, last_four, assurance, is_shared, source, created_at)
SELECT id, 'phone', '+8190' || lpad((id * 7919 %% 100000000)::text, 8, '0'), '090',
    right(lpad((id * 7919 %% 100000000)::text, 8, '0'), 4), 'claimed', false, 'crowd', now()
FROM customers_customer WHERE member_number LIKE 'C%%'
"""
EMAILS = """
INSERT INTO customers_identity (customer_id, kind, normalised, raw, last_four, assurance, is_shared, source, created_at)
SELECT id, 'email', romaji_key || '.' || md5(id::text) || '@example.jp', 'mail', '', 'claimed', false, 'crowd', now()
FROM customers_customer WHERE member_number LIKE 'C%%'
"""
ADDRESSES = """
INSERT INTO customers_address (customer_id, postcode, prefecture, city, block, building, country, valid_from, source)
SELECT id, lpad((id %% 900 + 100)::text, 3, '0') || '-' || lpad((id * 31 %% 9973)::text, 4, '0'), '', '', '', '', 'JP',
    date '2026-01-01', 'crowd'
FROM customers_customer WHERE member_number LIKE 'C%%'
"""


def fill(*, many: int, stores: int = 50) -> int:
    """Create `many` customers with phone, e-mail, address and a home among `stores`; return the first store's id."""
    first, *_others = [factories.store().pk for _number in range(stores)]
    with connection.cursor() as cursor:
        pairs = [_named(nr, family, given) for nr, (family, given) in enumerate(product(FAMILIES, GIVEN))]
        told = {"many": many, "first": first, "stores": stores, "names": json.dumps(pairs), "kinds": len(pairs)}
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(PEOPLE, told)
        for statement in (PHONES, EMAILS, ADDRESSES):
            cursor.execute(statement, [])
        # Foreign keys are checked once, here: otherwise every test of the transaction would check the town again.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in ("customers_customer", "customers_identity", "customers_address"):
            cursor.execute(f"ANALYZE {table}")
    return first


def _named(nr: int, family: tuple[str, str], given: tuple[str, str]) -> dict[str, object]:
    row = Customer(family_name=family[0], given_name=given[0], family_kana=family[1], given_kana=given[1])
    names.set_keys(row)
    keys = {name: getattr(row, name) for name in ("romaji_key", "name_key", "kana_key", "family_kana", "given_kana")}
    return {"nr": nr, "family": family[0], "given": given[0], "grams": " ".join(row.grams), **keys}
