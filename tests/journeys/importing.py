"""What the import tests share: a media folder of their own, files in any encoding, one call from bytes to result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from customers import access
from customers.models import Customer
from journeys.models import ImportProblem, ImportRun, Interaction
from journeys.services import imports
from tests.cast import Cast

HEAD = "会員番号,姓,名,セイ,メイ,生年月日,電話番号,メールアドレス,店舗コード"
SAKURA = "70000001,髙橋,さくら,タカハシ,サクラ,1990-04-01,090-0000-7001,sakura@example.jp,SHIBUYA"
KEN = "70000002,佐藤,健,サトウ,ケン,1985/11/3,090-0000-7002,ken@example.jp,UMEDA"


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> Path:
    """Uploads go to a folder of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


def steward(cast: Cast) -> access.Actor:
    """The role that imports."""
    return cast.actor("data_steward")


def text(*rows: str, head: str = HEAD) -> str:
    """Return a file's text: heading and rows, each line ended."""
    return "".join(f"{row}\r\n" for row in (head, *rows))


def upload(cast: Cast, content: str | bytes, name: str = "members.csv", **terms: Any) -> ImportRun:
    """Upload a file, of customers unless `what` says otherwise; nothing is checked yet."""
    raw = content if isinstance(content, bytes) else content.encode()
    told = imports.FileTerms(**terms)
    return imports.receive(actor=steward(cast), file_name=name, chunks=[raw] if raw else [], terms=told)


def check(cast: Cast, content: str | bytes, **terms: Any) -> ImportRun:
    """Upload a file and check it."""
    run = upload(cast, content, **terms)
    imports.work(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def bring_in(cast: Cast, content: str | bytes, **terms: Any) -> ImportRun:
    """Upload, check and run a file."""
    run = check(cast, content, **terms)
    imports.start(actor=steward(cast), run_id=run.pk)
    imports.work(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def lines(*rows: str) -> str:
    """Return a file's text from its heading and rows."""
    return "".join(f"{row}\r\n" for row in rows)


def problems(run: ImportRun, phase: str = "check") -> list[tuple[int, str, str, str]]:
    """Return (line, column, value, code) of a phase, by line."""
    found = ImportProblem.objects.filter(run=run, phase=phase).order_by("line", "id")
    return [(row.line, row.column, row.value, row.code) for row in found]


def would(run: ImportRun) -> tuple[int, int, int, int]:
    """Return what the check promised: new, changed, already there, refused."""
    return run.would_create, run.would_update, run.would_leave, run.would_refuse


def did(run: ImportRun) -> tuple[int, int, int, int]:
    """Return what the run did: new, changed, already there, refused."""
    return run.created, run.updated, run.unchanged, run.refused


def told() -> int:
    """Return how many facts imports put on the timeline."""
    return Interaction.objects.filter(source="import:customers").count()


def member(number: str) -> Customer:
    """Return a customer by member number."""
    return Customer.objects.get(member_number=number)
