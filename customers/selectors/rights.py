"""One person's rows of one model: what a disclosure request shows. Used by every room's `personal_data` plugs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from customers.hooks import PersonalData
from customers.models import CandidateList


def rows_of(model: type[models.Model], *, path: str = "customer_id", without: Collection[str] = ()) -> PersonalData:
    """Return the personal_data plug of a model whose rows reach their customer by `path`; secrets stay `without`."""

    def export(customer_id: int) -> list[dict[str, Any]]:
        """Return the customer's rows, oldest first, each with every column of the table."""
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in without]
        return list(model._default_manager.filter(**{path: customer_id}).order_by("pk").values(*columns))

    return PersonalData(model=model._meta.label, path=path, export=export)


def listings() -> PersonalData:
    """Return the personal_data plug of candidate lists: when she was listed, to whom, never who else was."""

    def export(customer_id: int) -> list[dict[str, Any]]:
        """Return the lists that showed the customer, oldest first."""
        rows = CandidateList.objects.filter(customer_ids__contains=customer_id).order_by("pk")
        return [dict(row) for row in rows.values("id", "staff_id", "searched_at", "method")]

    return PersonalData(model=CandidateList._meta.label, path="customer_ids", export=export)


def decisions(model: type[models.Model], *, paths: tuple[str, str], columns: Sequence[str]) -> PersonalData:
    """Return the personal_data plug of a decision about two records: hers on either side, never what is the other's."""

    def export(customer_id: int) -> list[dict[str, Any]]:
        """Return the decisions that concern the customer, oldest first."""
        either = Q(**{paths[0]: customer_id}) | Q(**{paths[1]: customer_id})
        return list(model._default_manager.filter(either).order_by("pk").values(*columns))

    return PersonalData(model=model._meta.label, path=paths[0], export=export)
