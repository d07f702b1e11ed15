"""The tablets and phones of a store: enrolled by its manager, so that her colleagues may come back on them by PIN."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.models import StoreDevice

LABEL_LENGTH = 60
SALT = "customers.device"


@dataclass(frozen=True)
class Enrolled:
    """A device and the token its browser keeps: told once, kept here only as a hash."""

    device: StoreDevice
    token: str


def enrol(*, actor: Actor, label: str) -> Enrolled:
    """Enrol the device in the actor's hands for her store; return it with its token.

    Raises Refused without `device.manage`, Invalid (`device`) for an empty or long label.
    """
    access.require(actor, "device.manage")
    check_text(label, "/label")
    words = _("Give the device a name, in at most 60 characters.")
    if not label.strip() or len(label) > LABEL_LENGTH:
        raise Invalid("device", words, fields=(FieldError("/label", "label", words),))
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        device = StoreDevice.objects.create(
            store_id=actor.own_store_id,
            label=label.strip(),
            token_hash=_hash(secret),
            enrolled_by_id=actor.account_id,
            enrolled_at=clock.now(),
        )
    return Enrolled(device, _signer().sign(secret))


def end(*, actor: Actor, device_id: int) -> StoreDevice:
    """End a device of the actor's store: its token is worth nothing from now on. Ending it again changes nothing.

    Raises Refused without `device.manage`, NotFound for another store's.
    """
    access.require(actor, "device.manage")
    with transaction.atomic():
        rows = StoreDevice.objects.select_for_update(no_key=True)
        device = rows.filter(pk=device_id, store_id=actor.own_store_id).first()
        if device is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        if device.ended_at is None:
            device.ended_at = clock.now()
            device.save(update_fields=["ended_at"])
    return device


def device_of(*, token: str) -> StoreDevice | None:
    """Return the device in use whose token this is; None for anything else. 1 query, none for a forged token."""
    try:
        secret = _signer().unsign(token)
    except signing.BadSignature:
        return None
    return StoreDevice.objects.filter(token_hash=_hash(secret), ended_at__isnull=True).first()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)
