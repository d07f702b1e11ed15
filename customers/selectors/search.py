"""Who answers to what somebody typed. Called by services/search.py, which limits, logs and decides who may ask.

Every question is answered from an index. Each of the office's statements is bounded by LIMIT; where an index has no
order (pairs of characters, trigrams) the bound is applied to a materialised set, so that the planner prices the whole
set and never bets that a scan will meet enough rows early.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from customers import access
from customers.access import Actor, Scope
from customers.models import Address, Customer, Identity
from customers.selectors import customers as people
from customers.services import contact, names

CANDIDATES = 5
OFFICE_CANDIDATES = 20
FULL_NUMBER = 10  # digits of the shortest full Japanese phone number
LINE = (
    "uuid",
    "member_number",
    "family_name",
    "given_name",
    "family_kana",
    "given_kana",
    "home_store__name_ja",
    "home_store__name_en",
)

# Prefixes come in the index's own order: sorting by anything else would sort every 佐藤 for a list of 20.
NAME_PREFIX = """
SELECT id FROM customers_customer WHERE name_key LIKE %s AND merged_into_id IS NULL
ORDER BY name_key USING ~<~ LIMIT %s
"""
KANA_PREFIX = """
SELECT id FROM customers_customer WHERE kana_key LIKE %s AND merged_into_id IS NULL
ORDER BY kana_key USING ~<~ LIMIT %s
"""
ROMAJI_PREFIX = """
SELECT id FROM customers_customer WHERE romaji_key LIKE %s AND merged_into_id IS NULL
ORDER BY romaji_key USING ~<~ LIMIT %s
"""
NAME_GRAM = """
WITH hit AS MATERIALIZED (
    SELECT id FROM customers_customer WHERE grams @> ARRAY[%s]::varchar[] AND merged_into_id IS NULL
) SELECT id FROM hit LIMIT %s
"""
NAME_PART = """
WITH hit AS MATERIALIZED (
    SELECT id FROM customers_customer WHERE name_key LIKE %s AND merged_into_id IS NULL
) SELECT id FROM hit LIMIT %s
"""
KANA_PART = """
WITH hit AS MATERIALIZED (
    SELECT id FROM customers_customer WHERE kana_key LIKE %s AND merged_into_id IS NULL
) SELECT id FROM hit LIMIT %s
"""
# Not materialised: a fragment that nearly every address has (a provider's name) is met at once by walking
# identity_value, and its trigrams would be the whole index. The histogram tells the planner which it is.
EMAIL_PART = """
SELECT customer_id FROM customers_identity WHERE kind = 'email' AND normalised ILIKE %s AND valid_to IS NULL LIMIT %s
"""
PHONE_PREFIX = """
SELECT customer_id FROM customers_identity WHERE kind = 'phone' AND normalised LIKE %s AND valid_to IS NULL
ORDER BY normalised USING ~<~ LIMIT %s
"""
PHONE_END = """
WITH hit AS MATERIALIZED (
    SELECT customer_id FROM customers_identity
    WHERE kind = 'phone' AND last_four = %s AND normalised LIKE %s AND valid_to IS NULL
) SELECT customer_id FROM hit LIMIT %s
"""
BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true)"

FRAGMENT = re.compile(r"[^\W_]{3}")  # what a trigram index needs to answer: without one it would read itself whole
PHONE_LIKE = re.compile(r"^[+0-9(][0-9()\-. ]*$")
EMAIL_LIKE = re.compile(r"^[!-~]+$")
LATIN = re.compile(r"^[a-zÀ-ɏ][a-zÀ-ɏ\s'.\-]*$", re.IGNORECASE)
FACT = re.compile(r"^(?P<name>.*?[^\d\s].*?)\s*(?<![\d-])(?P<fact>[0-9]{3}-?[0-9]{4}|[0-9]{4})$")
FACT_FIRST = re.compile(r"^(?P<fact>[0-9]{3}-?[0-9]{4}|[0-9]{4})\s+(?P<name>.*[^\d\s].*)$")


@dataclass(frozen=True)
class Facts:
    """What a customer says to be found without a card: a name or reading, and one thing more.

    `digits` are four that may be the end of her phone or her birthday (MMDD); a caller who knows which leaves it empty.
    """

    name: str
    digits: str = ""
    last_four: str = ""
    birthday: str = ""
    postcode: str = ""


def facts_of(text: str) -> Facts | None:
    """Return the two facts of a typed line: `たかはし 1234`, `高橋 0401`, `タカハシ 150-0041`; None for anything else.

    The gap may be missing after Japanese letters only: hanako1234 is the beginning of an e-mail address.
    """
    match = FACT.match(text) or FACT_FIRST.match(text)
    if match is None or is_identifier(text) or (text.isascii() and " " not in text):
        return None
    fact = match["fact"]
    if len(fact) == 4:
        return Facts(name=match["name"], digits=fact)
    return Facts(name=match["name"], postcode=contact.postcode(fact))


def is_identifier(text: str) -> bool:
    """Return whether the text has the form of a phone number, whole or not, or of an e-mail address."""
    return "@" in text or bool(PHONE_LIKE.match(text))


def is_whole(text: str) -> bool:
    """Return whether the text may be a phone number or an e-mail address in full."""
    return is_identifier(text) and ("@" in text or len(re.sub(r"\D", "", text)) >= FULL_NUMBER)


def holders_of(text: str) -> list[int]:
    """Return who claims this full phone number or e-mail address, at most 20; nobody for text that is neither.

    1 query for a phone, 1 or 2 for an address (people do not remember which letters they wrote large).
    """
    try:
        if "@" in text:
            return _held("email", contact.email(text)) or _ids(EMAIL_PART, _escaped(text), OFFICE_CANDIDATES)
        return _held("phone", contact.phone(text)) if is_whole(text) else []
    except Invalid:
        return []


def by_facts(*, actor: Actor, facts: Facts) -> list[Customer]:
    """Return customers the actor sees to whom name and fact both fit, by reading: at most 5 for store roles, 20 else.

    Raises Invalid (`search_facts`) when the name is too short to be a fact or there is no second one. 1 query a fact
    and 2 to load.
    """
    named = _named(facts.name)
    if named is None:
        raise Invalid("search_facts", _("Enter at least two characters of the name or reading, and one thing more."))
    seen = people.visible_to(actor).filter(named, merged_into__isnull=True)
    found: set[int] = set()
    for wanted in _facts(facts):
        found |= set(seen.filter(wanted).order_by("kana_key", "id").values_list("pk", flat=True)[: _limit(actor)])
    return _loaded(seen.filter(pk__in=found).order_by("kana_key", "id")[: _limit(actor)])


def by_term(*, actor: Actor, text: str) -> tuple[str, list[Customer]]:
    """Return how an office term was read, and whom it finds, best first, at most 20.

    A beginning of name, reading or Latin name comes before a part of it; phone numbers by any beginning (5 digits or
    more) or by their end; e-mail by any 3 characters. Raises Invalid (`search_term`) for what can be none of these.
    1 to 3 queries, each on an index, and 2 to load.
    """
    method, statements = _statements(text)
    ids: list[int] = []
    for statement, values in statements:
        if len(ids) < OFFICE_CANDIDATES:
            ids += [found for found in _ids(statement, *values, OFFICE_CANDIDATES) if found not in ids]
    return method, of_ids(actor=actor, ids=ids[:OFFICE_CANDIDATES])


def of_ids(*, actor: Actor, ids: Sequence[int]) -> list[Customer]:
    """Return those of the customers whom the actor sees, in the order given; at most 5 for store roles. 2 queries."""
    rows = {row.pk: row for row in _loaded(people.visible_to(actor).filter(pk__in=ids, merged_into__isnull=True))}
    return [rows[pk] for pk in ids if pk in rows][: _limit(actor)]


def use_indexes() -> None:
    """Forbid sequential scans until the transaction ends: an old statistic must not turn a search into one. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)


def _statements(text: str) -> tuple[str, list[tuple[str, list[str]]]]:
    if PHONE_LIKE.match(text):
        return "phone", _phone(text)
    if "@" in text:
        return "email", _email(text)
    if names.is_reading(text):
        return "reading", _read(names.kana_key(text), names.name_key(text))
    if LATIN.match(text):
        return "latin", _latin(text)
    key = names.name_key(text)
    if EMAIL_LIKE.match(text) and key:
        return "email", [*_email(text), (NAME_PREFIX, [f"{_escaped(key)}%"])]
    if not key:
        raise Invalid("search_term", _("Enter a name, a reading, a phone number or a member number."))
    return "name", _written(key)


def _read(kana: str, name: str) -> list[tuple[str, list[str]]]:
    found = [(KANA_PREFIX, [f"{_escaped(kana)}%"]), (NAME_PREFIX, [f"{_escaped(name)}%"])]
    if FRAGMENT.search(kana):
        return [*found, (KANA_PART, [f"%{_escaped(kana)}%"])]
    return found if len(name) == 1 else [*found, (NAME_GRAM, [name])]


def _written(key: str) -> list[tuple[str, list[str]]]:
    if len(key) == 1:
        return [(NAME_GRAM, [key]), (NAME_PREFIX, [f"{_escaped(key)}%"])]
    begin = (NAME_PREFIX, [f"{_escaped(key)}%"])
    if FRAGMENT.search(key):
        return [begin, (NAME_PART, [f"%{_escaped(key)}%"])]
    return [begin, (NAME_GRAM, [key])] if len(key) == 2 else [begin]


def _latin(text: str) -> list[tuple[str, list[str]]]:
    found = [(NAME_PREFIX, [f"{_escaped(names.name_key(text))}%"])]
    if names.romaji_prefix(text):
        found.insert(0, (ROMAJI_PREFIX, [f"{names.romaji_prefix(text)}%"]))
    return found if " " in text else [*found, *_email(text)]


def _email(text: str) -> list[tuple[str, list[str]]]:
    return [(EMAIL_PART, [f"%{_escaped(text)}%"])] if FRAGMENT.search(text) else []


def _phone(text: str) -> list[tuple[str, list[str]]]:
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if len(digits) < len("1234"):
        raise Invalid("search_term", _("Enter at least four digits of the phone number."))
    if text.startswith("+"):
        return [(PHONE_PREFIX, [f"+{digits}%"])]
    end = (PHONE_END, [digits[-4:], f"%{digits}"])
    begin = (PHONE_PREFIX, [f"+81{digits[1:]}%"])
    return [end] if not digits.startswith("0") else [end, begin] if len(digits) == len("1234") else [begin]


def _named(text: str) -> Q | None:
    """The condition that a name, reading or Latin name begins so; None when it is too short to tell people apart."""
    key = names.name_key(text)
    if len(key) < 2:
        return Q(grams__contains=[key]) if key else None
    if names.is_reading(text):
        return Q(kana_key__startswith=names.kana_key(text)) | Q(name_key__startswith=key)
    if LATIN.match(text) and len(names.romaji_prefix(text)) > 1:
        return Q(romaji_key__startswith=names.romaji_prefix(text)) | Q(name_key__startswith=key)
    return Q(name_key__startswith=key)


def _facts(facts: Facts) -> list[Q]:
    wanted = []
    for digits in dict.fromkeys(filter(None, (facts.last_four, facts.digits))):
        phones = Identity.objects.filter(kind=Identity.Kind.PHONE, last_four=digits, valid_to__isnull=True)
        wanted.append(Q(pk__in=phones.values("customer_id")))
    for digits in dict.fromkeys(filter(None, (facts.birthday, facts.digits))):
        if _is_day(digits):
            wanted.append(Q(birthday__month=int(digits[:2]), birthday__day=int(digits[2:])))
    if facts.postcode:
        homes = Address.objects.filter(postcode=facts.postcode, valid_to__isnull=True)
        wanted.append(Q(pk__in=homes.values("customer_id")))
    if not wanted:
        raise Invalid("search_facts", _("Enter at least two characters of the name or reading, and one thing more."))
    return wanted


def _is_day(digits: str) -> bool:
    try:
        date(2000, int(digits[:2]), int(digits[2:]))  # a leap year: 29 February is a birthday
    except ValueError:
        return False
    return True


def _limit(actor: Actor) -> int:
    return CANDIDATES if access.scope_of(actor, "customer.search") is Scope.STORE else OFFICE_CANDIDATES


def _loaded(rows: QuerySet[Customer]) -> list[Customer]:
    """Return them with what a candidate's line shows and no more: twenty whole customers take longer than to find."""
    phones = Identity.objects.filter(kind=Identity.Kind.PHONE, valid_to__isnull=True)
    shown = phones.only("customer_id", "kind", "raw", "valid_to")
    lines = rows.select_related("home_store").only(*LINE)
    return list(lines.prefetch_related(Prefetch("identities", queryset=shown)))


def _held(kind: str, value: str) -> list[int]:
    rows = Identity.objects.filter(
        kind=kind, normalised=value, valid_to__isnull=True, customer__merged_into__isnull=True
    )
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:OFFICE_CANDIDATES])


def _ids(statement: str, *values: str | int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
