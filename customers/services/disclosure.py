"""One person's data in one file, for her: every row of every room, her merged records included. Always logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import FieldError, Invalid
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.hooks import PersonalData, personal_data
from customers.models import ContextReceipt, Reveal
from customers.selectors import customers as people
from customers.services import receipts

PURPOSE_LENGTH = (5, 200)
EXPORT = "export"  # the field of its row in the log of reveals


@dataclass(frozen=True)
class Export:
    """The file: its name without personal data, and JSON in UTF-8."""

    file_name: str
    content: bytes


def export(*, actor: Actor, customer_uuid: str, purpose: str) -> Export:
    """Return everything we hold about one customer, each table under a heading in the language in force.

    Written down before it is handed out: who, whose, for which purpose (5 to 200 characters) and the receipt. Raises
    NotFound without `customer.export` or sight of her, Invalid (`export_purpose`). One query for each kind of row and
    record.
    """
    access.require(actor, "customer.export", hidden=True)
    check_text(purpose, "/purpose")
    if not PURPOSE_LENGTH[0] <= len(purpose.strip()) <= PURPOSE_LENGTH[1]:
        message = _("Say in 5 to 200 characters what the file is for.")
        raise Invalid("export_purpose", message, fields=(FieldError("/purpose", "export_purpose", message),))
    customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
    now = clock.now()
    with transaction.atomic():
        receipt = receipts.issue(
            actor=actor, customer=customer, surface=ContextReceipt.Surface.PAGE, items=[f"{EXPORT}:{customer.version}"]
        )
        Reveal.objects.create(
            staff_id=actor.account_id,
            customer=customer,
            field=EXPORT,
            reason=purpose.strip(),
            revealed_at=now,
            until=now,
        )
    ids = people.cluster_of(customer=customer)
    told = {
        "customer": str(customer.uuid),
        "receipt": str(receipt.uuid),
        "made_at": now.isoformat(),
        "purpose": purpose.strip(),
        "records": [part for plug in personal_data.values() if (part := _part(plug, ids))["rows"]],
    }
    content = orjson.dumps(told, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME)
    return Export(f"customer-{receipt.uuid}.json", content)


def _part(plug: PersonalData, ids: list[int]) -> dict[str, Any]:
    model = _models()[plug.model]
    labels = {field.attname: str(field.verbose_name) for field in model._meta.concrete_fields}
    rows = [row for pk in ids for row in plug.export(pk)]
    return {
        "kind": plug.model,
        "heading": str(model._meta.verbose_name_plural),
        "columns": {name: labels[name] for name in (rows[0] if rows else ()) if name in labels},
        "rows": rows,
    }


def _models() -> dict[str, type[Model]]:
    return {model._meta.label: model for model in apps.get_models()}


def _plain(value: object) -> str:
    """Write what JSON has no word for; bytes as hexadecimal digits."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
