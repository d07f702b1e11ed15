"""One person's rows of one model: what a disclosure request shows. Used by every room's `personal_data` plugs."""

from __future__ import annotations

from typing import Any

from django.db import models

from customers.hooks import PersonalData
from customers.models import CandidateList


def rows_of(model: type[models.Model], *, path: str = "customer_id") -> PersonalData:
    """Return the personal_data plug of a model whose rows reach their customer by `path`."""

    def export(customer_id: int) -> list[dict[str, Any]]:
        """Return the customer's rows, oldest first, each with every column of the table."""
        return list(model._default_manager.filter(**{path: customer_id}).order_by("pk").values())

    return PersonalData(model=model._meta.label, path=path, export=export)


def listings() -> PersonalData:
    """Return the personal_data plug of candidate lists: when she was listed, to whom, never who else was."""

    def export(customer_id: int) -> list[dict[str, Any]]:
        """Return the lists that showed the customer, oldest first."""
        rows = CandidateList.objects.filter(customer_ids__contains=customer_id).order_by("pk")
        return [dict(row) for row in rows.values("id", "staff_id", "searched_at", "method")]

    return PersonalData(model=CandidateList._meta.label, path="customer_ids", export=export)
