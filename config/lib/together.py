"""Several selects in one statement: what the parts of one page need, read in one round trip.

Each part keeps its own queryset and its own rules. `load` sends them as one statement, each as a column of JSON, and
fills their result caches; a queryset that was not loaded asks the database by itself as ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet, FieldError
from django.db import connection, models

# json_agg over an ordered subquery keeps its order (PostgreSQL, "Aggregate Functions").
PART = "(SELECT coalesce(json_agg(t), '[]') FROM ({sql}) AS t({columns}))::text"
READERS: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.DateField, date.fromisoformat),
    (models.TimeField, time.fromisoformat),
    (models.UUIDField, UUID),
    (models.DecimalField, lambda value: Decimal(str(value))),
    (models.BinaryField, lambda value: bytes.fromhex(value.removeprefix("\\x"))),
    (models.JSONField, lambda value: json.dumps(value, ensure_ascii=False)),  # the driver gives it as text, too
)


def load(querysets: Iterable[models.QuerySet[Any, Any]]) -> None:
    """Evaluate the querysets in one statement; those already evaluated are left alone. 1 query, none for none.

    Follows select_related and annotations; a prefetch still takes its own query. Rows arrive as JSON: a column of
    ranges cannot be read like this.
    """
    waiting = [rows for rows in querysets if rows._result_cache is None]
    parts = [(rows, compiler, sql, params) for rows in waiting for compiler, sql, params in [_compiled(rows)]]
    asked = [part for part in parts if part[2]]
    found: Sequence[str] = ()
    if asked:
        columns = [
            PART.format(sql=sql, columns=", ".join(f"c{n}" for n in range(len(compiler.select))))
            for _rows, compiler, sql, _params in asked
        ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(columns), [value for *_part, params in asked for value in params])
            found = cursor.fetchone()
    answers = iter(found)
    for rows, compiler, sql, _params in parts:
        _fill(rows, compiler, orjson.loads(next(answers)) if sql else [])


def _compiled(rows: models.QuerySet[Any, Any]) -> tuple[Any, str, Sequence[Any]]:
    compiler = rows.query.get_compiler(using=rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return compiler, "", ()
    return compiler, sql, params


def _fill(rows: models.QuerySet[Any, Any], compiler: Any, found: list[dict[str, Any]]) -> None:
    readers = [_reader(expression) for expression, _sql, _alias in compiler.select]
    # An ordered DISTINCT has columns behind the asked ones: not strict.
    values = [
        tuple(read(value) if value is not None else None for read, value in zip(readers, row.values(), strict=False))
        for row in found
    ]
    compiler.execute_sql = lambda *args, **kwargs: [values]
    query: Any = rows.query
    query.get_compiler = lambda *args, **kwargs: compiler
    try:
        len(rows)  # builds the objects by Django's own means, from the rows at hand
    finally:
        del query.get_compiler


def _reader(expression: Any) -> Callable[[Any], Any]:
    try:
        field = expression.output_field
    except (FieldError, AttributeError):
        return _same
    return _reader_of(field)


def _reader_of(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, ArrayField):
        inner = _reader_of(field.base_field)
        return lambda value: [None if each is None else inner(each) for each in value]
    return next((read for kind, read in READERS if isinstance(field, kind)), _same)


def _same(value: Any) -> Any:
    return value
