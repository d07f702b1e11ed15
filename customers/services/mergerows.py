"""Moving the rows of one merge rule from one record to another, and putting each back as it was.

Works on tables found by introspection: what the rooms above keep about a customer is known here by its rule only.
Called by merging. Images of rows are PostgreSQL's own (to_jsonb), so that what is put back is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from config.lib import clock
from customers.hooks import MergeRule, OnClash, OnMerge, customer_merged

ABSORBED, SURVIVOR = "absorbed", "survivor"
Model: TypeAlias = type[models.Model]
Row: TypeAlias = models.Model


@dataclass
class Moves:
    """What a merge did in one table: rows re-pointed, rows taken out, rows changed (before, after); as JSON texts.

    `last` is the highest id of the table at the merge: what is above it was written since.
    """

    rule: str
    last: int = 0
    moved: list[str] = fresh(default_factory=list)
    dropped: list[str] = fresh(default_factory=list)
    changed: list[tuple[str, str]] = fresh(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """Return what MergeEvent.moved keeps of it; the images stay the database's own text."""
        return {
            "rule": self.rule,
            "last": self.last,
            "moved": [orjson.Fragment(text) for text in self.moved],
            "dropped": [orjson.Fragment(text) for text in self.dropped],
            "changed": [[orjson.Fragment(before), orjson.Fragment(after)] for before, after in self.changed],
        }


@dataclass(frozen=True)
class Survey:
    """Where a merge has something to do in one table: both records' rows, and the highest id of the table."""

    rule: MergeRule
    last: int
    mine: list[int]
    theirs: list[int]


def surveys(*, survivor_id: int, absorbed_id: int) -> list[Survey]:
    """Return what each table that is moved holds of the two, in order of the rules. 1 query for all tables."""
    moved = [rule for rule in customer_merged.values() if rule.how is OnMerge.MOVED]
    part = sql.SQL(
        "SELECT {nr} AS nr, (SELECT max({pk}) FROM {table}),"
        " ARRAY(SELECT {pk} FROM {table} WHERE {key} = %s ORDER BY 1),"
        " ARRAY(SELECT {pk} FROM {table} WHERE {key} = %s ORDER BY 1)"
    )
    parts = [
        part.format(
            nr=sql.Literal(number),
            pk=sql.Identifier(_pk(rule.model)),
            table=sql.Identifier(rule.model._meta.db_table),
            key=sql.Identifier(_column(rule.model, rule.field)),
        )
        for number, rule in enumerate(moved)
    ]
    with connection.cursor() as cursor:
        query = sql.SQL(" UNION ALL ").join(parts) + sql.SQL(" ORDER BY nr")
        cursor.execute(query, [survivor_id, absorbed_id] * len(moved))
        rows = cursor.fetchall()
    return [Survey(rule, last or 0, mine, theirs) for rule, (_nr, last, mine, theirs) in zip(moved, rows, strict=True)]


def move(*, survey: Survey, survivor_id: int, prefer: str = "") -> Moves:
    """Re-point a table's rows and return what was done. Of two rows of which only one may be, the newer wins.

    `prefer` (survivor or absorbed) says otherwise. Joins the caller's transaction, both records held. No query where
    the absorbed record has no rows; 2 where nothing can clash, up to 3 more for each row that does.
    """
    rule, model = survey.rule, survey.rule.model
    done = Moves(rule.name, survey.last)
    staying: set[int] = set()
    for loser in _losers(survey, survivor_id, prefer) if survey.mine and survey.theirs else []:
        if rule.clash is OnClash.STAY:
            staying.add(loser.pk)
        elif rule.clash is OnClash.END:
            before = images(model=model, ids=[loser.pk])
            model._default_manager.filter(pk=loser.pk).update(**{rule.ends: _end(model, rule, loser)})
            done.changed += zip(before, images(model=model, ids=[loser.pk]), strict=True)
        else:
            done.dropped += images(model=model, ids=[loser.pk])
            model._default_manager.filter(pk=loser.pk).delete()
            staying.add(loser.pk)
    going = [pk for pk in survey.theirs if pk not in staying]
    done.moved = images(model=model, ids=going)
    if going:
        _execute(
            "UPDATE {table} AS t SET {key} = %s WHERE t.{pk} = ANY(%s)",
            model,
            [survivor_id, going],
            key=_column(model, rule.field),
        )
    return done


def put_back(*, stored: dict[str, Any], survivor_id: int, absorbed_id: int, skip: frozenset[str] = frozenset()) -> int:
    """Undo what `move` stored of one table: re-point, restore what was changed, bring back what was taken out.

    A column edited since the merge keeps its edit. Returns how many rows could not come back because a newer one
    stands in their place; they stay in the before-image. Joins the caller's transaction, both records held.
    """
    rule = next(rule for rule in customer_merged.values() if rule.name == stored["rule"])
    model, column = rule.model, _column(rule.model, rule.field)
    ids = [image[_pk(model)] for image in stored["moved"]]
    if ids:
        _execute(
            "UPDATE {table} AS t SET {key} = %s WHERE t.{pk} = ANY(%s) AND t.{key} = %s",
            model,
            [absorbed_id, ids, survivor_id],
            key=column,
        )
    for before, after in reversed(stored["changed"]):
        restore(model=model, before=before, after=after, skip=skip | {column})
    return sum(not _insert(model, image) for image in stored["dropped"])


def assign_new(*, rule: MergeRule, last: int, survivor_id: int, absorbed_id: int) -> None:
    """Give rows written since the merge to the absorbed record where their own identifiers say so. 0 to 2 queries.

    Joins the caller's transaction, after the identities are back.
    """
    model = rule.model
    if rule.hint:
        _execute(
            "UPDATE {table} AS t SET {key} = %s WHERE t.{key} = %s AND t.{pk} > %s AND EXISTS ("
            " SELECT FROM jsonb_each_text(t.{hint}) AS said WHERE EXISTS ("
            "  SELECT FROM customers_identity i WHERE i.customer_id = %s AND i.kind = said.key"
            "  AND i.normalised = said.value AND NOT i.is_shared)"
            " OR (said.key = 'member_number' AND EXISTS ("
            "  SELECT FROM customers_customer c WHERE c.id = %s AND c.member_number = said.value)))",
            model,
            [absorbed_id, survivor_id, last, absorbed_id, absorbed_id],
            key=_column(model, rule.field),
            hint=_column(model, rule.hint),
        )
    if rule.follows:
        parent: Any = model._meta.get_field(rule.follows)
        above: Any = parent.related_model
        _execute(
            "UPDATE {table} AS t SET {key} = %s FROM {parent} AS p WHERE t.{link} = p.{ppk} AND t.{key} = %s"
            " AND t.{pk} > %s AND p.{pkey} = %s",
            model,
            [absorbed_id, survivor_id, last, absorbed_id],
            key=_column(model, rule.field),
            link=parent.column,
            parent=above._meta.db_table,
            ppk=_pk(above),
            pkey=_column(above, "customer"),
        )


def restore(*, model: Model, before: dict[str, Any], after: dict[str, Any], skip: frozenset[str]) -> None:
    """Set back each column the merge changed, unless somebody has edited it since. 1 query."""
    columns = [name for name in before if before[name] != after[name] and name not in skip]
    if not columns:
        return
    parts = [
        sql.SQL("{0} = CASE WHEN to_jsonb(t)->{1} = a.image->{1} THEN b.{0} ELSE t.{0} END").format(
            sql.Identifier(name), sql.Literal(name)
        )
        for name in columns
    ]
    table = sql.Identifier(model._meta.db_table)
    query = sql.SQL(
        "UPDATE {0} AS t SET {1} FROM jsonb_populate_record(NULL::{0}, %s::jsonb) AS b,"
        " (SELECT %s::jsonb AS image) AS a WHERE t.{2} = b.{2}"
    ).format(table, sql.SQL(", ").join(parts), sql.Identifier(_pk(model)))
    with connection.cursor() as cursor:
        cursor.execute(query, [_text(before), _text(after)])


def images(*, model: Model, ids: Sequence[int]) -> list[str]:
    """Return the rows as the database writes them in JSON, in order of their ids. 1 query; none for no ids."""
    if not ids:
        return []
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t WHERE {} = ANY(%s) ORDER BY {}").format(
        sql.Identifier(model._meta.db_table), sql.Identifier(_pk(model)), sql.Identifier(_pk(model))
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [list(ids)])
        return [row[0] for row in cursor.fetchall()]


def _losers(survey: Survey, survivor_id: int, prefer: str) -> list[Row]:
    """The rows that cannot stay beside the other side's: each once, however many keys it clashes in."""
    found: dict[int, Row] = {}
    rule, model = survey.rule, survey.rule.model
    key: Any = model._meta.get_field(rule.field)
    both = model._default_manager.filter(pk__in=[*survey.mine, *survey.theirs]).order_by("pk")
    for others, condition, nulls_clash in _keys(model, rule.field):
        sides: dict[tuple[Any, ...], list[Row]] = {}
        for row in both.filter(condition) if condition is not None else both:
            value = tuple(getattr(row, name) for name in others)
            if row.pk not in found and (nulls_clash or None not in value):
                sides.setdefault(value, []).append(row)
        for rows in sides.values():
            if len(rows) > 1:
                loser = _loser(rows, rule, key.attname, survivor_id, prefer)
                found[loser.pk] = loser
    return list(found.values())


def _loser(rows: list[Row], rule: MergeRule, key: str, survivor_id: int, prefer: str) -> Row:
    mine = next(row for row in rows if getattr(row, key) == survivor_id)
    theirs = next(row for row in rows if getattr(row, key) != survivor_id)
    if rule.clash is OnClash.STAY:
        return theirs
    if prefer:
        return theirs if prefer == SURVIVOR else mine
    return min((mine, theirs), key=lambda row: _age(row, rule))


def _age(row: Row, rule: MergeRule) -> tuple[Any, ...]:
    values = [getattr(row, name) for name in rule.newer]
    return (*((value is not None, value if value is not None else 0) for value in values), row.pk)


def _keys(model: Model, name: str) -> list[tuple[list[str], models.Q | None, bool]]:
    """The unique keys a foreign key is part of: the other columns, the condition, whether empty values clash."""
    found: list[tuple[list[str], models.Q | None, bool]] = []
    key: Any = model._meta.get_field(name)
    if key.unique:
        found.append(([], None, True))
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and name in constraint.fields:
            others = _columns(model, [other for other in constraint.fields if other != name])
            found.append((others, constraint.condition, constraint.nulls_distinct is False))
    return found


def _column(model: Model, name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _columns(model: Model, names: Sequence[str]) -> list[str]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [field.attname for field in fields]


def _end(model: Model, rule: MergeRule, loser: Row) -> Any:
    now: datetime = clock.now()
    if isinstance(model._meta.get_field(rule.ends), models.DateTimeField):
        return now
    begun = getattr(loser, "valid_from", None)
    return max(now.date(), begun) if begun else now.date()


def _insert(model: Model, image: dict[str, Any]) -> bool:
    """Bring a row back. False when something newer has its place, by id or by a unique key."""
    query = sql.SQL("INSERT INTO {0} SELECT r.* FROM jsonb_populate_record(NULL::{0}, %s::jsonb) AS r").format(
        sql.Identifier(model._meta.db_table)
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, [_text(image)])
    except IntegrityError:
        return False
    return True


def _execute(template: str, model: Model, params: list[Any], **names: str) -> None:
    """Run a statement whose names in braces are the table's, its key's, and those given; quoted by the driver."""
    quoted = {name: sql.Identifier(value) for name, value in names.items()}
    query = sql.SQL(template).format(
        table=sql.Identifier(model._meta.db_table), pk=sql.Identifier(_pk(model)), **quoted
    )
    with connection.cursor() as cursor:
        cursor.execute(query, params)


def _pk(model: Model) -> str:
    return str(model._meta.pk.column)


def _text(image: dict[str, Any]) -> str:
    return orjson.dumps(image).decode()
