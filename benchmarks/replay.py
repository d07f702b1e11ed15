"""The reference side of reads: the statements a page sends, caught once and sent again through bare psycopg."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from customers.models import User

OWN_ID = re.compile(r"INSERT INTO \"?(\w+)")


@dataclass
class Caught:
    """Statements in their order, with their values."""

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Take note of a statement and let it go (Django's execute_wrapper)."""
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            self.statements.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    def naming(self, *words: str) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the statements that contain one of the words."""
        return [row for row in self.statements if any(word in row[0] for word in words)]


def caught(work: Callable[[], object]) -> Caught:
    """Run something and return the statements it sent to the default database."""
    found = Caught()
    with connections["default"].execute_wrapper(found):
        work()
    return found


def sent_by(path: str, *, username: str) -> Caught:
    """Return the statements of one GET by a member of staff, sign-in left out."""
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="ja")
    client.cookies["yorisoi-session"] = session_of(username)
    client.get("/livez")
    found = Caught()
    with connections["default"].execute_wrapper(found):
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:300]!r}")
    return found


def session_of(username: str, *, using: str = "default") -> str:
    """Return the key of a session in which this member of staff is signed in."""
    user = User.objects.using(using).get(username=username)
    inside = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "customers.services.signin.StaffBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    key, ends = secrets.token_hex(16), timezone.now() + timedelta(hours=12)
    Session(session_key=key, session_data=SessionStore().encode(inside), expire_date=ends).save(using=using)
    return key


def send(link: psycopg.Connection, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
    """Send the statements as one reader would: reads by themselves, what is written in one transaction."""
    reads = [row for row in statements if not OWN_ID.match(row[0])]
    writes = [row for row in statements if OWN_ID.match(row[0])]
    for sql, params in reads:
        link.execute(sql, params, prepare=True).fetchall()
    if writes:
        with link.transaction():
            for sql, params in writes:
                link.execute(sql, [_fresh(value) for value in params], prepare=True)


def _fresh(value: Any) -> Any:
    return uuid.uuid4() if isinstance(value, uuid.UUID) else value
