"""Invented people for the demo: name and reading agree, the same ones for the same seed.

Phones use the 090-0000 block and mail the reserved domain example.jp, so that nobody real is ever reached.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from customers.services import contact
from customers.services.profiles import ProfileIn
from journeys.services import demonames

APPROACHES = ("", "", "alone", "advice")
FIRST = (("髙橋", "タカハシ", "Takahashi"), ("花子", "ハナコ", "Hanako"))


def people(*, count: int, store_ids: Sequence[int], today: date, seed: int = 7) -> list[ProfileIn]:
    """Return `count` profiles (at most 8,999), deterministic for the seed and the day. The first is 髙橋 花子.

    Common names come often, so that namesakes and shared readings occur as they do in a real shop.
    """
    draw = random.Random(seed)  # noqa: S311 - invented people need no secrecy
    made = []
    for number in range(count):
        family, given = FIRST if number == 0 else (_common(demonames.FAMILY, draw), _common(demonames.GIVEN, draw))
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
                language="ja" if draw.random() < 0.97 else "en",
                approach=draw.choice(APPROACHES),
                home_store_id=store_ids[number % len(store_ids)],
                member_since=today - timedelta(days=draw.randrange(30, 2_000)),
                phone=(contact.phone(phone), phone) if number % 9 or number == 0 else None,
                email=(email, email) if number % 7 or number == 0 else None,
            )
        )
    return made


def _common(names: tuple[demonames.Name, ...], draw: random.Random) -> demonames.Name:
    """A name; those at the front of the list three times as often as those at its end."""
    return names[min(draw.randrange(len(names)), int(draw.random() * len(names) * 1.5))]
