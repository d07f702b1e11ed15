"""What can be checked by machine of how our screens speak Japanese."""

from __future__ import annotations

import re

PLACE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*(?::\w+)?\}")
TAG = re.compile(r"</?\w[^>]*>")
KANA_OR_KANJI = re.compile(r"[ぁ-ヿ一-鿿]")
HALF = re.compile(r"[()“”]|[ぁ-ヿ一-鿿][:;!?,.](?![a-z])|[:;!?,.][ぁ-ヿ一-鿿]|[ぁ-ヿ一-鿿] [ぁ-ヿ一-鿿]")
POLITE = ("です", "ます", "ません", "ました", "でした", "ください", "ですか", "ますか")
# What our writing avoids, and what it says instead.
AVOIDED = {
    "いただけますよう": "〜してください",
    "ご了承": "say what follows",
    "不正な": "name the cause",
    "失敗しました": "name the cause",
    "ユーザー": "お客様 or スタッフ",
    "ユーザ": "お客様 or スタッフ",
    "下さい": "ください",
    "出来ま": "できま",
    "全て": "すべて",
    "～": "〜",
    "...": "…",
    "一覧": "the noun alone",
}


def avoided(text: str) -> list[str]:
    """Return the words of a text that our writing avoids."""
    return [word for word in AVOIDED if word in text]


def has_half_width_marks(text: str) -> bool:
    """Return whether brackets, colons and stops beside Japanese are the Latin ones, or a blank parts the words."""
    plain = TAG.sub("", PLACE.sub("0", text))
    return bool(KANA_OR_KANJI.search(plain) and HALF.search(plain))


def rude_sentences(text: str) -> list[str]:
    """Return the sentences that are not です・ます. One may also end with what it lists (必須：会員番号。)."""
    sentences = TAG.sub("", text).strip().split("。")[:-1]
    return [
        sentence
        for sentence in sentences
        if "：" not in sentence and not re.sub(r"（[^）]*）$", "", sentence.strip()).endswith(POLITE)
    ]
