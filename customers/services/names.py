"""How names are compared. Used by search and imports; never to prove that two people are one.

A key is for finding only: the customer's own spelling is stored and shown untouched.
"""

from __future__ import annotations

import re
import unicodedata

import jaconv

# NFKC leaves these pairs apart although people type one for the other. Left: as found; right: as searched.
VARIANTS = str.maketrans(
    "髙﨑邊邉濵濱國齋齊斎嶋嶌廣澤櫻眞栁桒冨德惠條瀨曻槇淺黑靑橫舘龍緖壽萬增",
    "高崎辺辺浜浜国斉斉斉島島広沢桜真柳桑富徳恵条瀬昇槙浅黒青横館竜緒寿万増",
)
SMALL_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
LONG_MARKS = re.compile(r"(?<=[ァ-ヴー])[‐‑‒–—―ー−-]+")
GAPS = re.compile(r"[\s・･,.'’\-]+")
KANA = re.compile(r"^[ァ-ヴー]+$")


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
