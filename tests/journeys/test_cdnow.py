"""Real purchases through the same doors as any file: uploaded, checked, run, and every cent is there."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from django.urls import reverse

from config.lib import tasks
from customers.models import Customer
from journeys.models import ImportRun, Interaction, Order, OrderLine
from journeys.tasks import work_import
from tests.cast import Cast
from tests.journeys.cdnow import CENTS, PEOPLE, PURCHASES, TWICE, sample
from tests.journeys.importing import did, media, problems, would

__all__ = ["media"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs a worker was rung for."""
    rung: list[int] = []
    monkeypatch.setattr(tasks, "ring", lambda _task, run_id: rung.append(run_id))
    return rung


def through_the_pages(cast: Cast, worker: list[int]) -> ImportRun:
    """Upload the sample, let a worker check it, start it, let a worker run it."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.staff["data_steward"])
    content = SimpleUploadedFile("CDNOW_sample.txt", sample().read_bytes())
    terms = {"what": "orders", "profile": "cdnow", "currency": "USD", "zone": "America/New_York", "mode": "history"}
    client.post(reverse("admin:journeys_importrun_add"), {"file": content, **terms})
    work_import(worker[-1])
    run = ImportRun.objects.get(pk=worker[-1])
    client.post(reverse("admin:journeys_importrun_start", args=[run.pk]))
    while worker and ImportRun.objects.get(pk=run.pk).state == "running":
        work_import(worker.pop())
    return ImportRun.objects.get(pk=run.pk)


def look_at_the_pages(cast: Cast) -> None:
    """Read what an agent sees of three people, and hold it against the file."""
    # given three people of the file: the first, one with a purchase of nothing, and the one who bought most often
    lines = [line.split() for line in sample().read_text().splitlines()]
    most = Counter(line[0] for line in lines).most_common(1)[0][0]
    free = next(line[0] for line in lines if line[4] == "0.00")
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.staff["agent"])
    for person in ("00004", free, most):
        theirs = [line for line in lines if line[0] == person]
        customer = Customer.objects.get(member_number=f"CDNOW{person}")
        # when an agent opens her page
        page = client.get(reverse("customer-page", args=[customer.uuid])).content.decode()
        orders = client.get(reverse("customer-panel", args=[customer.uuid, "orders"])).content.decode()
        # then her purchases are there, the last ones first (at most twenty whole orders)
        assert f"CDNOW {person}" in page
        newest = sorted(theirs, key=lambda line: line[2], reverse=True)[:20]
        shown = re.findall(r'<span class="y-n">([\d,.]+) USD</span></h3>', orders)
        assert sorted(shown) == sorted(f"{Decimal(line[4]):,.2f}" for line in newest)
        # and what she paid in all is what the file says
        paid = OrderLine.objects.filter(customer=customer).aggregate(paid=Sum("paid"), lines=Count("pk"))
        assert (paid["paid"], paid["lines"]) == (sum(int(Decimal(line[4]) * 100) for line in theirs), len(theirs))


def test_every_customer_purchase_and_cent_of_the_sample_comes_in_once(cast: Cast, worker: list[int]) -> None:
    there = Customer.objects.count()
    # when the file goes in as anybody's would
    run = through_the_pages(cast, worker)
    # then nothing is missing and nothing is there twice
    assert (run.state, run.total, would(run), did(run)) == (
        "done", PURCHASES, (PURCHASES, 0, 0, 0), (PURCHASES, 0, 0, 0)
    )  # fmt: skip
    assert problems(run) == problems(run, "run") == []
    assert Customer.objects.count() - there == PEOPLE
    people = Customer.objects.filter(member_number__startswith="CDNOW")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT o.customer_id), count(DISTINCT o.id), sum(l.paid), min(o.currency), max(o.currency) "
            "FROM journeys_order o JOIN journeys_orderline l ON l.order_id = o.id WHERE o.source = 'import:cdnow'"
        )
        assert cursor.fetchone() == (PEOPLE, PURCHASES, CENTS, "USD", "USD")
    assert people.count() == PEOPLE
    assert Order.objects.filter(is_time_known=True).count() == 0
    assert Interaction.objects.filter(kind="order.placed", customer__in=people).count() == PURCHASES
    look_at_the_pages(cast)
    # when the same file goes in again
    before = (Customer.objects.count(), Order.objects.count(), OrderLine.objects.count(), Interaction.objects.count())
    second = through_the_pages(cast, worker)
    # then it changes nothing
    assert (would(second), did(second)) == ((0, 0, PURCHASES, 0), (0, 0, PURCHASES, 0))
    assert before == (
        Customer.objects.count(), Order.objects.count(), OrderLine.objects.count(), Interaction.objects.count()
    )  # fmt: skip


def test_a_key_made_of_the_content_would_lose_purchases() -> None:
    lines = Counter(tuple(line.split()) for line in sample().read_text().splitlines())
    assert (sum(lines.values()), sum(lines.values()) - len(lines)) == (PURCHASES, TWICE)
