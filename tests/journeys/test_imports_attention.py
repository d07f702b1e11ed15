"""What an import leaves for a person: refused rows and stopped runs stand on the data steward's list."""

import pytest

from customers.models import AttentionItem
from customers.selectors import attention
from journeys.models import ImportRun
from journeys.services import importfiles, imports
from tests.cast import Cast
from tests.journeys.importing import KEN, SAKURA, bring_in, check, media, steward, text

__all__ = ["media"]
pytestmark = pytest.mark.django_db


def test_refused_rows_are_one_item_for_the_steward(cast: Cast) -> None:
    # given a file with one good row and two that cannot be
    run = bring_in(cast, text(SAKURA, "70000003,,さくら,,,,,,", "70000004,林,,,,1990-02-30,,,"))
    # then
    item = AttentionItem.objects.get()
    assert (item.kind, item.key, item.owner_role) == ("import_refused", str(run.pk), "data_steward")
    assert item.data == {"run": run.pk, "count": 2}
    assert attention.open_count(steward(cast)) == 1
    assert "2" in attention.words_of(item)[1]


def test_a_run_without_refused_rows_leaves_nothing_to_do(cast: Cast) -> None:
    bring_in(cast, text(SAKURA, KEN))
    assert AttentionItem.objects.count() == 0


def test_a_run_that_stops_is_told(cast: Cast) -> None:
    # given a checked file that somebody deletes before it is run
    run = check(cast, text(SAKURA))
    importfiles.forget(run.path)
    # when
    imports.start(actor=steward(cast), run_id=run.pk)
    imports.work(run_id=run.pk)
    # then
    assert ImportRun.objects.get(pk=run.pk).state == "failed"
    item = AttentionItem.objects.get()
    assert (item.kind, item.data) == ("import_stopped", {"run": run.pk})


def test_a_file_that_cannot_be_read_is_told_on_its_page_only(cast: Cast) -> None:
    run = check(cast, b"\xff\xfe\x00")
    assert run.state == "failed"
    assert AttentionItem.objects.count() == 0
