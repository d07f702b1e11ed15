"""Answering the same keyed request once, however often it arrives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, Invalid
from customers.models import IdempotencyKey

LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """A rendered answer: status and bytes; `is_replay` when it was kept from the first time."""

    status: int
    body: bytes
    is_replay: bool = False


@transactions.retried
def run(*, key: str, caller: str, fingerprint: str, fn: Callable[[], tuple[int, bytes]]) -> Answer:
    """Run `fn` once for (caller, key) and keep its answer; a repetition gets the first bytes back.

    Opens the outermost transaction: the claim, the work and the answer commit together, so an error keeps nothing,
    and `fn` runs again when PostgreSQL ended the transaction because of a deadlock.
    Raises Invalid (`idempotency_key`, or `idempotency_mismatch` for another content), Conflict
    (`idempotency_running`, retry after 1 s) while another request holds the key.
    """
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid("idempotency_key", _("An Idempotency-Key has 1 to 255 printable ASCII characters."))
    with transaction.atomic(durable=not _in_test()):
        if not _claim(caller, key):
            raise Conflict("idempotency_running", _("The same request is still running."), retry_after=1)
        kept = IdempotencyKey.objects.filter(caller=caller, key=key).first()
        if kept is not None:
            if kept.fingerprint != fingerprint:
                raise Invalid("idempotency_mismatch", _("This Idempotency-Key was used with other content."))
            return Answer(kept.status, bytes(kept.body), is_replay=True)
        status, body = fn()
        IdempotencyKey.objects.create(
            caller=caller, key=key, fingerprint=fingerprint, status=status, body=body, created_at=clock.now()
        )
        return Answer(status, body)


def fingerprint_of(*parts: bytes) -> str:
    """Return the hash that tells whether two requests say the same (method, path, body)."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _claim(caller: str, key: str) -> bool:
    """Take the key's advisory lock until commit; False when another request holds it."""
    digest = hashlib.sha256(f"{caller}\0{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])


def _in_test() -> bool:
    return any(getattr(atomic, "_from_testcase", False) for atomic in connection.atomic_blocks)
