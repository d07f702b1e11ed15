"""Stores: opened, renamed, closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection, transaction

from config.lib import transactions
from customers import access
from customers.access import Actor
from customers.models import Store

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
# Two files that both find a store missing would both open it; files of stores are written one at a time.
ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('customers.stores'))"


@dataclass(frozen=True)
class StoreIn:
    """What a source says about one store. None means "not told": it never erases what we know."""

    code: str
    name_ja: str
    name_en: str | None = None
    brand: str | None = None
    zone: str | None = None
    time_zone: str | None = None
    postcode: str | None = None
    address: str | None = None
    phone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_open: bool | None = None


STORE_FIELDS = tuple(field.name for field in fields(StoreIn) if field.name != "code")


def keep(*, actor: Actor, store: Store, changed: Sequence[str]) -> None:
    """Create the store, or save the changed fields of a known one. Raises Refused without `store.write`."""
    access.require(actor, "store.write")
    with transaction.atomic():
        if store._state.adding:
            store.save(force_insert=True)
        elif changed:
            store.save(update_fields=list(changed))


def told_by(row: StoreIn) -> dict[str, Any]:
    """Return the fields a row tells, without its code."""
    return {name: getattr(row, name) for name in STORE_FIELDS if getattr(row, name) is not None}


def plan(*, rows: Sequence[StoreIn]) -> list[str]:
    """Return per row what `put` would do with it now: created, updated, unchanged or refused:<code>. 1 query."""
    known = {store.code: store for store in Store.objects.filter(code__in=[row.code for row in rows])}
    return [_outcome(known.get(row.code), row) for row in rows]


@transactions.retried
def put(*, actor: Actor, rows: Sequence[StoreIn]) -> list[str]:
    """Create or correct stores by code; return per row created, updated, unchanged or refused:<code>.

    Refusal: half_position (latitude without longitude, or the other way round, once the row is taken over). Rows must
    not repeat a code. Raises Refused without `store.write`. One writer at a time; 4 queries.
    """
    access.require(actor, "store.write")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ONE_WRITER)
        known = {store.code: store for store in Store.objects.filter(code__in=[row.code for row in rows])}
        outcomes = [_outcome(known.get(row.code), row) for row in rows]
        told = list(zip(rows, outcomes, strict=True))
        Store.objects.bulk_create(Store(code=row.code, **told_by(row)) for row, what in told if what == CREATED)
        changed = [(known[row.code], row) for row, what in told if what == UPDATED]
        for store, row in changed:
            for name, value in told_by(row).items():
                setattr(store, name, value)
        Store.objects.bulk_update([store for store, _row in changed], STORE_FIELDS)
    return outcomes


def _outcome(store: Store | None, row: StoreIn) -> str:
    after = {name: getattr(row, name) for name in ("latitude", "longitude")}
    if store is not None:
        after = {name: getattr(store, name) if value is None else value for name, value in after.items()}
    if len({value is None for value in after.values()}) == 2:
        return "refused:half_position"
    if store is None:
        return CREATED
    return UPDATED if any(getattr(store, name) != value for name, value in told_by(row).items()) else UNCHANGED
