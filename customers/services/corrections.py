"""What a correction of a profile may say, what of it is new, and how it is written. The parts of profiles.correct.

`touch` ends every change of a profile, here and in profileedits: version, completeness and the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

import jaconv
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib import clock, parsing
from config.lib.errors import Conflict, FieldError, Invalid, Refused
from customers import access
from customers.access import Actor, Sight
from customers.hooks import customer_fact
from customers.models import Customer, Identity, Role, Store
from customers.selectors import customers as people
from customers.services import completeness, contact, identities, names

IDENTIFIERS = frozenset({"phone", "email"})
AT_THE_COUNTER = frozenset({"family_kana", "given_kana", "language", "approach"})
SIGHT_OF = {
    "family_name": "name",
    "given_name": "name",
    "romaji": "name",
    "family_kana": "reading",
    "given_kana": "reading",
    "birthday": "birthday",
    "gender": "gender",
    "occupation": "occupation",
    "phone": "phone",
    "email": "email",
}
OLDEST = date(1900, 1, 1)


def checked(*, actor: Actor, changes: Mapping[str, object]) -> dict[str, Any]:
    """Return the new values in their stored form; phone and e-mail as (normalised, as given).

    Raises Refused (`field_not_yours`) for fields the actor may not write, Invalid (`profile`) naming each field that
    is unknown or wrong.
    """
    unknown = [name for name in changes if name not in CHECKS]
    if unknown:
        raise _invalid([FieldError(f"/{name}", "unknown", _("This field does not exist.")) for name in unknown])
    for name in changes:
        if not may_write(actor=actor, field=name):
            raise Refused("field_not_yours", _("Your role does not include this. Ask an administrator for access."))
    problems: list[FieldError] = []
    values: dict[str, Any] = {}
    for name, value in changes.items():
        try:
            values[name] = CHECKS[name](value)
        except (Invalid, ValueError, TypeError) as error:
            told = error.message if isinstance(error, Invalid) else _("This value does not fit here.")
            problems.append(FieldError(f"/{name}", "value", told))
    if problems:
        raise _invalid(problems)
    return values


def may_write(*, actor: Actor, field: str) -> bool:
    """Return whether the actor may correct a field: what is hidden from her she cannot, a clerk only a few."""
    if actor.role == Role.CLERK and field not in AT_THE_COUNTER:
        return False
    is_job = actor.user_id is None
    return is_job or field not in SIGHT_OF or access.sight(actor, SIGHT_OF[field]) is not Sight.HIDDEN


def differing(*, customer: Customer, wanted: Mapping[str, Any]) -> list[str]:
    """Return the fields that would change, in the order given. 1 query for each of phone and e-mail."""
    return [
        name
        for name, value in wanted.items()
        if (_identifier(customer, name) != value[0] if name in IDENTIFIERS else getattr(customer, name) != value)
    ]


def refuse_stale(*, actor: Actor, customer: Customer, wanted: Mapping[str, Any], fields: Sequence[str]) -> NoReturn:
    """Raise Conflict (`edited_meanwhile`) that shows, for each field, what stands and what was wanted."""
    raise Conflict(
        "edited_meanwhile",
        _("Somebody else has changed this customer since you opened the page. Compare, and save again."),
        fields=tuple(
            FieldError(
                f"/{name}",
                "edited_meanwhile",
                _("Now: %(now)s. Yours: %(yours)s.")
                % {"now": _shown(actor, customer, name) or "−", "yours": _worded(wanted[name]) or "−"},
            )
            for name in fields
        ),
    )


def apply(*, customer: Customer, wanted: Mapping[str, Any], fields: Sequence[str], source: str) -> None:
    """Write the fields that differ; search keys follow the names. Joins the caller's transaction, customer held."""
    for name in fields:
        if name in IDENTIFIERS:
            identities.replace(customer_id=customer.pk, kind=name, pair=wanted[name], source=source)
        else:
            setattr(customer, name, wanted[name])
    own = [name for name in fields if name not in IDENTIFIERS]
    if own:
        names.set_keys(customer)
        customer.save(update_fields=[*own, "name_key", "kana_key", "romaji_key", "grams"])


def touch(*, actor: Actor, customer: Customer, fields: Sequence[str]) -> None:
    """End a change of a held customer: next version, completeness, and `profile.corrected` naming the fields."""
    customer.version += 1
    customer.save(update_fields=["version", "updated_at"])
    completeness.refresh(customer_ids=[customer.pk])
    customer.refresh_from_db(fields=["completeness"])
    for tell in customer_fact.values():
        tell(
            fact="profile.corrected",
            customer_ids=[customer.pk],
            actor=actor,
            source="customers.profile",
            source_ids=[f"{customer.uuid}:{customer.version}"],
            occurred_at=clock.now(),
            data=[{"fields": list(fields)}],
        )


def _invalid(problems: Sequence[FieldError]) -> Invalid:
    return Invalid("profile", gettext_lazy("Nothing was saved. Correct the marked fields."), fields=tuple(problems))


def _identifier(customer: Customer, kind: str) -> str:
    held = Identity.objects.filter(customer=customer, kind=kind, valid_to__isnull=True).order_by("-id")
    return held.values_list("normalised", flat=True).first() or ""


def _shown(actor: Actor, customer: Customer, name: str) -> str:
    if name in IDENTIFIERS | {"birthday"}:
        value = people.in_full(customer=customer, field=name)
        if access.sight(actor, name) is Sight.VISIBLE:
            return value
        return {"phone": people.mask_tail, "email": people.mask_email}.get(name, _month)(value)
    return _worded(getattr(customer, name))


def _month(birthday: str) -> str:
    return birthday[5:7]


def _worded(value: Any) -> str:
    return str(value[1] if isinstance(value, tuple) else "" if value is None else value)


def _text(longest: int, *, required: bool = False) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = str(value or "").strip()
        if len(text) > longest or (required and not text) or parsing.UNWRITABLE.search(text):
            raise ValueError
        return text

    return check


def _reading(value: object) -> str:
    text = _text(60)(value)
    if text and not names.is_reading(text):
        raise Invalid("reading", _("A reading is written in kana."))
    return str(jaconv.hira2kata(jaconv.normalize(text, "NFKC")))


def _choice(values: Sequence[str]) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in values:
            raise ValueError
        return str(value)

    return check


def _birthday(value: object) -> date | None:
    day = date.fromisoformat(value) if isinstance(value, str) and value else value or None
    if day is not None and (not isinstance(day, date) or not OLDEST <= day <= clock.now().date()):
        raise ValueError
    return day


def _store(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not Store.objects.filter(pk=value).exists():
        raise ValueError
    return value


CHECKS: dict[str, Callable[[object], Any]] = {
    "family_name": _text(60, required=True),
    "given_name": _text(60),
    "family_kana": _reading,
    "given_kana": _reading,
    "romaji": _text(120),
    "birthday": _birthday,
    "gender": _text(40),
    "occupation": _text(80),
    "language": _choice(Customer.Language.values),
    "approach": _choice(Customer.Approach.values),
    "home_store_id": _store,
    "phone": lambda value: (contact.phone(str(value)), str(value).strip()),
    "email": lambda value: (contact.email(str(value)), str(value).strip()),
}
