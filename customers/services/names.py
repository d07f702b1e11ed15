"""How names are compared. Used by search and imports; never to prove that two people are one.

A key is for finding only: the customer's own spelling is stored and shown untouched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import jaconv

from customers.models import Customer

LONGEST_KEY = 130  # characters of a key column; one character of a name may fold into four
# NFKC leaves these pairs apart although people type one for the other. Left: as found; right: as searched.
VARIANTS = str.maketrans(
    "髙﨑邊邉濵濱國齋齊斎嶋嶌廣澤櫻眞栁桒冨德惠條瀨曻槇淺黑靑橫舘龍緖壽萬增",
    "高崎辺辺浜浜国斉斉斉島島広沢桜真柳桑富徳恵条瀬昇槙浅黒青横館竜緒寿万増",
)
SMALL_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
LONG_MARKS = re.compile(r"(?<=[ァ-ヴー])[‐‑‒–—―ー−-]+")
GAPS = re.compile(r"[\s・･,.'’\-]+")
DASHES = re.compile(r"(?<=[\dA-Za-z])[‐‑‒–—―−ー](?=[\dA-Za-z])")
KANA = re.compile(r"^[ァ-ヴー]+$")
# Spellings of one sound in Latin letters, brought to one (Kunrei without long vowels). Longest first: order matters.
SOUNDS = (
    ("tch", "cch"), ("cch", "tty"), ("ssh", "ssy"), ("sh", "sy"), ("ch", "ty"), ("ts", "t"), ("dz", "z"),
    ("dj", "zy"), ("j", "zy"), ("f", "h"), ("syi", "si"), ("tyi", "ti"), ("zyi", "zi"), ("di", "zi"), ("du", "zu"),
    ("dy", "zy"), ("v", "b"), ("l", "r"), ("mb", "nb"), ("mp", "np"), ("mm", "nm"),
)  # fmt: skip
LONG_O = re.compile(r"o(?:u|h(?![aeiouy]))")
DOUBLED = re.compile(r"(.)\1+")
OPEN_END = re.compile(r"(?<=[aeioun])[^aeioun]+$")


def fold(text: str) -> str:
    """Return text in one width and one kana: NFKC, hiragana to katakana, long marks joined, lower case.

    Folding what is folded changes nothing; the same holds for the two keys.
    """
    wide = jaconv.hira2kata(unicodedata.normalize("NFKC", text)).casefold()
    # Again: other kana and small letters may form one character with a mark behind them that the first ones did not.
    return LONG_MARKS.sub("ー", unicodedata.normalize("NFKC", wide)).strip()


def name_key(text: str) -> str:
    """Return the search key of a written name: folded, variants joined, gaps dropped (髙橋 花子 -> 高橋花子)."""
    return _joined(fold(text).translate(VARIANTS))


def kana_key(text: str) -> str:
    """Return the search key of a reading: folded, small kana enlarged, gaps dropped (しょうじ -> シヨウジ)."""
    return _joined(fold(text).translate(SMALL_KANA))


def _joined(folded: str) -> str:
    """Drop the gaps; what a gap kept apart (a letter and its mark, a kana and its long mark) comes together."""
    return LONG_MARKS.sub("ー", unicodedata.normalize("NFKC", GAPS.sub("", folded)))


def is_reading(text: str) -> bool:
    """Return whether the text is written in kana only (any width), gaps allowed."""
    return bool(KANA.match(GAPS.sub("", fold(text))))


def romaji_key(text: str) -> str:
    """Return the search key of a name in Latin letters: one spelling per sound, no long vowels, no gaps.

    Hepburn and Kunrei meet (Takahashi, Takahasi), and so do ONO, OHNO and OONO. Folds more than it should, as a key
    for finding may: Ono and Oono are two names.
    """
    # Word by word: the o and the u of Ono Uta are no long vowel.
    return "".join(_sounds(word) for word in unicodedata.normalize("NFKD", fold(text)).split())


def romaji_prefix(text: str) -> str:
    """Return the key of a name that is still being typed: without a last consonant, which may become another sound.

    takahash -> takaha, which takahashi begins with; empty when there is no Latin letter.
    """
    return OPEN_END.sub("", romaji_key(text))


def romaji_of(kana: str) -> str:
    """Return a reading in Latin letters (Hepburn), or nothing for what is not written in kana only."""
    return str(jaconv.kata2alphabet(fold(kana).upper())) if is_reading(kana) else ""


def romaji_key_of(*, romaji: str, kana: str) -> str:
    """Return the stored key: from the reading, family name first; from the name as she writes it when that is another.

    `HANAKO TAKAHASHI` beside タカハシ ハナコ is the reading over again; `SMITH` beside スミス is not.
    """
    read = [romaji_key(romaji_of(part)) for part in kana.split()]
    written = romaji_key(romaji)
    if written and not (read and all(part in written for part in read if part)):
        return written
    return "".join(read)


def grams(parts: Iterable[str]) -> list[str]:
    """Return what short names are found by: each part's pairs of characters, and a one-character part whole.

    髙橋 恵 -> 高橋, 恵. Sorted, each once; never a pair across two parts.
    """
    found: set[str] = set()
    for part in (name_key(part) for part in parts):
        found |= {part} if len(part) == 1 else {part[at : at + 2] for at in range(len(part) - 1)}
    return sorted(gram for gram in found if gram)


def letters_of(text: str) -> str:
    """Return the text as people mean it whatever keyboard typed it: NFKC, ends trimmed, dashes as hyphens."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()


def set_keys(customer: Customer) -> None:
    """Set the customer's four search keys from her names, in memory; whoever calls saves them."""
    customer.name_key = name_key(customer.full_name)[:LONGEST_KEY]
    customer.kana_key = kana_key(customer.full_kana)[:LONGEST_KEY]
    customer.romaji_key = romaji_key_of(romaji=customer.romaji, kana=customer.full_kana)[:LONGEST_KEY]
    customer.grams = grams([customer.family_name, customer.given_name])


def _sounds(word: str) -> str:
    letters = re.sub(r"[^a-z]", "", word)
    for spelled, sound in SOUNDS:
        letters = letters.replace(spelled, sound)
    return DOUBLED.sub(r"\1", LONG_O.sub("o", DOUBLED.sub(r"\1", letters)))
