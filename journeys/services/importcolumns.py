"""Which column of a file is which field: Japanese and English headings, whatever their width, case and kana."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import jaconv
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from journeys.services.importfiles import UnreadableFile

DECORATION = re.compile(r"[\s_\-‐・/.,:*※'\"#()「」【】\[\]]|(必須|任意)")
LONGEST_NAME = 80
LONGEST_SAMPLE = 40


@dataclass(frozen=True)
class Field:
    """One thing a file can tell. The first heading of each language is the one our sample file uses."""

    name: str
    label: str | Promise
    japanese: tuple[str, ...]
    english: tuple[str, ...]
    examples: tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column of a file: its heading, the field we take it for (empty: not used) and a value from the file."""

    name: str
    field: str
    sample: str = ""


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
        ("ja", "en"),
    ),
    Field(
        "approach",
        _("how she likes to be approached"),
        ("接客の好み", "接客希望", "接客スタイル", "声かけ", "お声がけ"),
        ("approach", "preferred approach", "how to approach"),
        ("alone", ""),
    ),
    Field(
        "home_store",
        _("home store"),
        ("店舗コード", "所属店舗", "所属店舗コード", "所属店", "登録店舗", "登録店舗コード", "登録店", "主店舗",
         "店舗"),
        ("store code", "home store", "store", "home store code"),
        ("", ""),
    ),
    Field(
        "member_since",
        _("member since"),
        ("入会日", "入会年月日", "会員登録日"),
        ("member since", "joined", "join date", "date joined", "membership date", "enrolled"),
        ("2020-05-01", "2024-09-15"),
    ),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
# A whole name is read only where its parts have no columns of their own.
WHOLE = {"full_name": "family_name", "full_kana": "family_kana"}


def key(heading: str) -> str:
    """Return what of a heading counts: one width, one kana, lower case, no decoration (会員No.（必須） -> 会員no)."""
    plain = jaconv.hira2kata(unicodedata.normalize("NFKC", heading)).casefold()
    return DECORATION.sub("", plain)


BY_KEY = {key(heading): field.name for field in FIELDS for heading in (*field.japanese, *field.english)}


def recognise(headings: Sequence[str]) -> list[Column]:
    """Return the columns in file order, each with its field; a whole name beside its parts is not used."""
    fields = [BY_KEY.get(key(heading), "") for heading in headings]
    told = set(fields)
    return [
        Column(heading.strip()[:LONGEST_NAME], "" if WHOLE.get(field) in told else field)
        for heading, field in zip(headings, fields, strict=True)
    ]


def require(columns: Sequence[Column]) -> None:
    """Raise UnreadableFile when no heading is known, a required one is missing, or two mean one field."""
    fields = [column.field for column in columns if column.field]
    if not fields:
        raise UnreadableFile("no_header", columns=columns)
    repeated = sorted({field for field in fields if fields.count(field) > 1})
    if repeated:
        raise UnreadableFile("columns_repeated", repeated[0], columns=columns)
    missing = [] if "member_number" in fields else ["member_number"]
    missing += [] if {"family_name", "full_name"} & set(fields) else ["family_name"]
    if missing:
        raise UnreadableFile("columns_missing", ",".join(missing), columns=columns)


def sample(*, store_code: str) -> list[list[str]]:
    """Return the rows of a file that can be imported as it is, with headings in the language in force."""
    is_english = (get_language() or "").startswith("en")
    shown = [field for field in FIELDS if field.name not in WHOLE]
    people: list[list[str]] = []
    for number in (0, 1):
        told = {field.name: field.examples[number] for field in shown}
        told["language"] = str(Customer.Language(told["language"]).label)
        told["approach"] = str(Customer.Approach(told["approach"]).label) if told["approach"] else ""
        told["home_store"] = store_code
        people.append([told[field.name] for field in shown])
    return [[(field.english if is_english else field.japanese)[0] for field in shown], *people]
