"""Files of customers: one member a row, known by member number."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers import access
from customers.models import Customer, Store
from customers.services import contact, identities, names, profiles
from customers.services.profiles import ProfileIn
from journeys.models import ImportRun
from journeys.services import importcells, importrows, importsubject
from journeys.services.importcells import Refusal
from journeys.services.importcolumns import Column, Field
from journeys.services.importrows import Lookups, RowReader, Told
from journeys.services.importsubject import Change, Read, Subject, Terms, Unit

SOURCE = "import:customers"
OLDEST = timedelta(days=130 * 366)
WORDS: dict[str, tuple[str, ...]] = {
    "ja": ("日本語", "japanese", "jp", "jpn"),
    "en": ("英語", "english", "eng"),
    "zh": ("中国語", "chinese", "cn", "中文"),
    "ko": ("韓国語", "korean", "kr", "한국어"),
    "other": ("その他", "other"),
    "alone": ("ひとりで見たい", "一人で見たい"),
    "advice": ("相談したい", "アドバイスがほしい"),
}
FIELDS = (
    Field(
        "member_number",
        _("member number"),
        ("会員番号", "会員no", "会員id", "会員コード", "会員証番号", "顧客番号", "顧客no", "顧客id", "顧客コード"),
        ("member number", "member no", "member id", "membership number", "customer number", "customer no",
         "customer id", "customer code"),
        ("90000001", "90000002"),
    ),
    Field(
        "family_name",
        _("family name"),
        ("姓", "氏", "苗字", "名字", "氏名姓", "お名前姓", "顧客名姓", "姓漢字", "漢字姓"),
        ("family name", "last name", "surname"),
        ("髙橋", "佐藤"),
    ),
    Field(
        "given_name",
        _("given name"),
        ("名", "氏名名", "お名前名", "顧客名名", "名漢字", "漢字名"),
        ("given name", "first name"),
        ("花子", "健一"),
    ),
    Field(
        "full_name",
        _("family and given name, with a space between"),
        ("氏名", "名前", "お名前", "姓名", "顧客名", "会員名", "顧客氏名", "会員氏名", "氏名漢字", "漢字氏名"),
        (),  # "name" in English does not say which part comes first
        ("", ""),
        instead_of="family_name",
    ),
    Field(
        "family_kana",
        _("family name (reading)"),
        ("セイ", "姓カナ", "カナ姓", "姓フリガナ", "フリガナ姓", "姓よみ", "氏名カナ姓", "お名前カナ姓", "カナセイ"),
        ("family name reading", "family name kana", "last name kana", "last name reading", "family kana"),
        ("タカハシ", "サトウ"),
    ),
    Field(
        "given_kana",
        _("given name (reading)"),
        ("メイ", "名カナ", "カナ名", "名フリガナ", "フリガナ名", "名よみ", "氏名カナ名", "お名前カナ名", "カナメイ"),
        ("given name reading", "given name kana", "first name kana", "first name reading", "given kana"),
        ("ハナコ", "ケンイチ"),
    ),
    Field(
        "full_kana",
        _("reading of family and given name, with a space between"),
        ("氏名カナ", "カナ氏名", "カナ", "フリガナ", "氏名フリガナ", "よみ", "よみがな", "読み", "読み仮名",
         "顧客名カナ", "会員名カナ", "名前カナ", "お名前カナ", "お名前フリガナ", "会員氏名カナ", "顧客氏名カナ"),
        (),
        ("", ""),
        instead_of="family_kana",
    ),
    Field(
        "romaji",
        _("name in Latin letters"),
        ("ローマ字", "ローマ字氏名", "氏名ローマ字", "英字氏名"),
        ("name in latin letters", "romaji", "latin name"),
        ("Takahashi Hanako", "Sato Kenichi"),
    ),
    Field(
        "birthday",
        _("birthday"),
        ("生年月日", "誕生日", "お誕生日"),
        ("birthday", "birth date", "date of birth", "birthdate", "dob"),
        ("1990-04-01", "1975-11-23"),
    ),
    Field(
        "phone",
        _("phone"),
        ("電話番号", "電話", "携帯電話", "携帯電話番号", "携帯番号", "携帯", "tel", "連絡先電話番号"),
        ("phone", "phone number", "telephone", "mobile", "mobile phone", "mobile number", "cell phone"),
        ("090-0000-0001", "090-0000-0002"),
    ),
    Field(
        "email",
        _("e-mail"),
        ("メールアドレス", "メール", "eメール", "eメールアドレス", "電子メール"),
        ("e-mail", "email address", "e-mail address", "mail", "mail address"),
        ("hanako@example.jp", "kenichi@example.jp"),
    ),
    Field(
        "language",
        _("language"),
        ("言語", "使用言語", "希望言語"),
        ("language", "preferred language"),
        (Customer.Language.JA.label, Customer.Language.EN.label),
    ),
    Field(
        "approach",
        _("how she likes to be approached"),
        ("接客の好み", "接客希望", "接客スタイル", "声かけ", "お声がけ"),
        ("approach", "preferred approach", "how to approach"),
        (Customer.Approach.ALONE.label, ""),
    ),
    Field(
        "home_store",
        _("home store"),
        ("店舗コード", "所属店舗", "所属店舗コード", "所属店", "登録店舗", "登録店舗コード", "登録店", "主店舗",
         "店舗"),
        ("store code", "home store", "store", "home store code"),
        ("{store}", "{store}"),
    ),
    Field(
        "member_since",
        _("member since"),
        ("入会日", "入会年月日", "会員登録日"),
        ("member since", "joined", "join date", "date joined", "membership date", "enrolled"),
        ("2020-05-01", "2024-09-15"),
    ),
)  # fmt: skip


def reader(columns: Sequence[Column], *, lookups: Lookups) -> RowReader:
    """Return what reads the rows of a file of customers."""
    return RowReader(
        columns,
        {
            "member_number": lambda text: {"member_number": member_number(text)},
            "full_name": lambda text: _two_parts(text, "name", _name),
            "full_kana": lambda text: _two_parts(text, "kana", _kana),
            "family_name": lambda text: {"family_name": _name(text)},
            "given_name": lambda text: {"given_name": _name(text)},
            "family_kana": lambda text: {"family_kana": _kana(text)},
            "given_kana": lambda text: {"given_kana": _kana(text)},
            "romaji": lambda text: {"romaji": _fitting(unicodedata.normalize("NFKC", text), ROMAJI_LENGTH)},
            "birthday": lambda text: {"birthday": _birthday(text, lookups.today)},
            "member_since": lambda text: {"member_since": importcells.past_day(text, today=lookups.today)},
            "phone": lambda text: {"phone": (importcells.identifier(text, normalise=contact.phone), text)},
            "email": lambda text: {"email": (importcells.identifier(text, normalise=contact.email), text)},
            "language": lambda text: _choice("language", text, Customer.Language),
            "approach": lambda text: _choice("approach", text, Customer.Approach),
            "home_store": lambda text: {"home_store_id": importrows.store_id(text, stores=lookups.stores)},
        },
        needed={"member_number", "family_name", "full_name"},
        once=("member_number",),
    )


class Customers(Subject):
    """Members: created or corrected by member number. A blank cell leaves what we know."""

    what = ImportRun.What.CUSTOMERS.value
    fields = FIELDS
    needs = (("member_number",), ("family_name", "full_name"))

    def reader(self, columns: Sequence[Column], terms: Terms, lookups: Lookups) -> RowReader:
        return reader(columns, lookups=lookups)

    def units(self, group: Sequence[Read], terms: Terms) -> list[Unit]:
        return [
            Unit(unit.lines, unit.key, ProfileIn(**unit.value) if unit.value else None, unit.problems)
            for unit in importsubject.alone(group, key="member_number")
        ]

    def plan(self, values: Sequence[Any], terms: Terms) -> list[str]:
        return profiles.plan(rows=values).outcomes

    def changes(self, values: Sequence[Any], terms: Terms) -> list[list[Change]]:
        numbers = [row.member_number for row in values]
        known = {customer.member_number: customer for customer in Customer.objects.filter(member_number__in=numbers)}
        held = identities.held_by(customer_ids=[customer.pk for customer in known.values()])
        stores = dict(Store.objects.values_list("pk", "code"))
        return [_changes(row, known.get(row.member_number), held, stores) for row in values]

    def write(self, values: Sequence[Any], ids: Sequence[str], terms: Terms) -> list[str]:
        return profiles.upsert(
            actor=access.system(access.SYSTEM_IMPORT),
            rows=values,
            source=SOURCE,
            source_ids=ids,
            occurred_at=terms.started_at,
        ).outcomes


def _changes(
    row: ProfileIn, customer: Customer | None, held: dict[int, set[tuple[str, str]]], stores: dict[int, str]
) -> list[Change]:
    """What a row would change. A phone or e-mail we have is not shown: a file adds to them and never replaces one."""
    found = []
    for name, after in vars(row).items():
        before = getattr(customer, name, None)
        if after is None or after == before or name == "member_number":
            continue
        if name == "home_store_id":
            found.append(Change("home_store", stores.get(before or 0, ""), stores.get(after, "")))
        elif not isinstance(after, tuple):
            found.append(Change(name, "" if before is None else str(before), str(after)))
        elif customer is None or (name, after[0]) not in held.get(customer.pk, set()):
            found.append(Change(name, "", after[1]))
    return found


def member_number(text: str) -> str:
    """Return a member number as it is stored. Raises Refusal."""
    return importcells.identifier(text, normalise=contact.member_number)


def _length_of(field: str) -> int:
    return int(getattr(Customer._meta.get_field(field), "max_length", 0))


NAME_LENGTH, ROMAJI_LENGTH = _length_of("family_name"), _length_of("romaji")


def _fitting(text: str, longest: int) -> str:
    # The search key is the folded name, and folding may make it longer (㍿ -> 株式会社).
    importcells.fitting(names.fold(text), longest=longest)
    return importcells.fitting(text, longest=longest)


def _name(text: str) -> str:
    return _fitting(text, NAME_LENGTH)


def _kana(text: str) -> str:
    if not names.is_reading(text):
        raise Refusal("kana")
    return _name(names.fold(text))


def _two_parts(text: str, what: str, part: Callable[[str], str]) -> Told:
    halves = text.split(maxsplit=1)
    if len(halves) != 2:
        raise Refusal(f"{what}_not_split")
    return {f"family_{what}": part(halves[0]), f"given_{what}": part(halves[1])}


def _birthday(text: str, today: date) -> date:
    day = importcells.past_day(text, today=today)
    if today - day > OLDEST:
        raise Refusal("birthday_too_early")
    return day


def _choice(name: str, text: str, choices: type[models.TextChoices]) -> Told:
    value = importcells.choice(text, choices=choices, refusal=f"{name}_unknown", synonyms=WORDS)
    return {} if value is None else {name: value}
