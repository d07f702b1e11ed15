"""The pages of an import, as the data steward uses them and as everybody else is refused."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.lib import clock, tasks
from customers.models import Customer
from journeys.models import ImportProblem, ImportRun
from journeys.selectors import imports as reads
from journeys.services import imports
from tests.cast import Cast
from tests.journeys.importing import KEN, SAKURA, bring_in, check, media, steward, text, upload

__all__ = ["media"]
LIST, ADD = "admin:journeys_importrun_changelist", "admin:journeys_importrun_add"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The doorbell is only noted."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks, "ring", lambda target, *args: calls.append((target.name, *args)))
    return calls


def signed_in(cast: Cast, role: str = "data_steward") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.staff[role])
    return client


def address(run: ImportRun, name: str = "change") -> str:
    return reverse(f"admin:journeys_importrun_{name}", args=[run.pk])


def body(response: Any) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return str(raw.decode())


def sent(content: str | bytes, name: str = "members.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)}


def test_the_way_from_file_to_customers(cast: Cast, no_broker: list[Any]) -> None:
    client = signed_in(cast)
    # step 1: upload
    assert "Drag a CSV file here, or choose one" in body(client.get(reverse(ADD)))
    uploaded = client.post(reverse(ADD), sent(text(SAKURA, KEN, "12,短,,,,,,,")))
    run = ImportRun.objects.get()
    assert (uploaded.status_code, uploaded["Location"]) == (302, address(run))
    assert (run.state, run.requested_by) == ("checking", cast.staff["data_steward"])
    assert no_broker == [("journeys.work_import", run.pk)]
    waiting = body(client.get(address(run)))
    assert "Being read" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "Write 2 customers" not in waiting
    # step 2: the check, by a worker
    imports.work(run_id=run.pk)
    checked = body(client.get(address(run)))
    assert "Checked, nothing written yet" in checked
    assert "Write 2 customers" in checked
    assert "A member number has 4 to 20 letters and digits." in checked
    assert "every 2s" not in checked
    assert not Customer.objects.filter(member_number="70000001").exists()
    # step 3: the run
    assert client.post(address(run, "start"))["Location"] == address(run)
    assert "0 of 3 rows" in body(client.get(address(run)))
    imports.work(run_id=run.pk)
    done = body(client.get(address(run)))
    assert "Partly refused" in done
    assert "Download refused rows (CSV)" in done
    assert Customer.objects.filter(member_number="70000001").exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "Choose a file first."),
        (sent(b"", "empty.csv"), "The submitted file is empty."),
    ],
)
def test_a_bad_upload_is_answered_beside_the_field(cast: Cast, files: dict[str, Any], words: str) -> None:
    response = signed_in(cast).post(reverse(ADD), files)
    assert (response.status_code, ImportRun.objects.count()) == (200, 0)
    assert words in body(response)


def test_a_file_that_is_too_large_is_answered_beside_the_field(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.services.importfiles.LARGEST", 10)
    response = signed_in(cast).post(reverse(ADD), sent(text(SAKURA)))
    assert (response.status_code, ImportRun.objects.count()) == (200, 0)
    assert "Not uploaded. A file has at most 100 MB: split it in parts." in body(response)


def test_more_uploads_than_the_limit_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "UPLOADS_AN_HOUR", 1)
    client = signed_in(cast)
    client.post(reverse(ADD), sent(text(SAKURA)))
    assert "Too many tries. Wait and try again." in body(client.post(reverse(ADD), sent(text(SAKURA))))
    assert ImportRun.objects.count() == 1


def test_the_part_that_changes_says_news_once(cast: Cast) -> None:
    run = upload(cast, text(SAKURA))
    client = signed_in(cast)
    assert "hx-swap-oob" not in body(client.get(address(run, "progress"), {"seen": "checking"}))
    imports.work(run_id=run.pk)
    part = body(client.get(address(run, "progress"), {"seen": "checking"}))
    assert '<p class="yi-sr" role="status" id="import-news" hx-swap-oob="true">Checked, nothing written yet</p>' in part
    assert "<html" not in part
    assert "hx-trigger" not in part


def test_a_failed_file_says_why_and_what_to_do(cast: Cast) -> None:
    run = check(cast, "姓\r\n髙橋\r\n")
    page = body(signed_in(cast).get(address(run)))
    assert "The first line does not name the columns." in page
    assert "Nothing was written." in page
    assert "Upload another file" in page


def test_the_same_content_is_allowed_with_a_warning(cast: Cast) -> None:
    first = bring_in(cast, text(SAKURA))
    second = check(cast, text(SAKURA))
    page = body(signed_in(cast).get(address(second)))
    assert "The very same file was uploaded on" in page
    assert f'href="{address(first)}"' in page
    assert "Running this file would change nothing." in page
    assert "import-start" not in page


def test_a_second_start_is_told_and_does_nothing(cast: Cast, no_broker: list[Any]) -> None:
    run = check(cast, text(SAKURA))
    client = signed_in(cast)
    client.post(address(run, "start"))
    again = client.post(address(run, "start"), follow=True)
    assert "Not started. Only a file that was just checked can be run." in body(again)
    assert no_broker == [("journeys.work_import", run.pk)] * 2  # the upload and the first start


def test_discarding_is_told(cast: Cast) -> None:
    run = check(cast, text(SAKURA))
    page = body(signed_in(cast).post(address(run, "discard"), follow=True))
    assert "The file was discarded. Nothing was written." in page
    run.refresh_from_db()
    assert run.state == "discarded"


def test_the_refused_rows_come_back_as_a_file_that_can_be_corrected(cast: Cast) -> None:
    # given rows that a spreadsheet would run, and two reasons in one row
    bad = ['12,"=1+1",＝2,,,,,,', "70000003,短,,高橋,,2030-01-01,-1,@x,", "70000004,-姓,,,,1990-02-30,,,"]
    run = check(cast, text(SAKURA, *bad))
    # when
    response = signed_in(cast).get(address(run, "problems"))
    raw = body(response)
    # then
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="members refused rows.csv"'
    assert raw.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(raw[1:])))
    assert rows[0][:4] == ["line", "reason", "会員番号", "姓"]
    assert [row[0] for row in rows[1:]] == ["3", "4", "5"]
    assert rows[1][1:5] == ["会員番号: A member number has 4 to 20 letters and digits.", "12", "'=1+1", "'＝2"]
    assert rows[2][1].count(" / ") == 3
    assert rows[2][8:10] == ["'-1", "'@x"]
    assert rows[3][3] == "'-姓"
    # and once corrected it can be uploaded as it is
    again = check(cast, raw.replace(",12,", ",70000012,").replace("高橋", "").replace("2030-01-01", "")
                  .replace("'-1", "").replace("'@x", "").replace("1990-02-30", ""))  # fmt: skip
    assert (again.would_create, again.would_refuse) == (3, 0)
    imports.start(actor=steward(cast), run_id=again.pk)
    imports.work(run_id=again.pk)
    assert Customer.objects.get(member_number="70000012").full_name == "=1+1 ＝2"


def test_after_the_run_the_file_holds_what_the_run_refused(cast: Cast) -> None:
    run = bring_in(cast, text(SAKURA, "12,短,,,,,,,"))
    ImportProblem.objects.filter(run=run, phase="check").delete()
    rows = list(csv.reader(io.StringIO(body(signed_in(cast).get(address(run, "problems"))))))
    assert [row[0] for row in rows[1:]] == ["3"]


def test_a_deleted_file_cannot_be_taken_away(cast: Cast) -> None:
    run = check(cast, text("12,短,,,,,,,"))
    imports.discard(actor=steward(cast), run_id=run.pk)
    response = signed_in(cast).get(address(run, "problems"))
    assert response.status_code == 404
    assert "This file was deleted: files are kept for 30 days." in body(response)


def test_the_sample_comes_in_the_readers_language(cast: Cast) -> None:
    client = signed_in(cast)
    english = client.get(reverse("admin:journeys_importrun_sample"))
    assert english["Content-Disposition"] == 'attachment; filename="Customers sample.csv"'
    assert body(english).startswith("\ufeffmember number,family name,given name,")
    japanese = client.get(reverse("admin:journeys_importrun_sample"), headers={"accept-language": "ja"})
    assert body(japanese).startswith("\ufeff会員番号,姓,名,セイ,メイ,")


def test_the_list_shows_each_import_and_what_came_of_it(cast: Cast) -> None:
    assert "No imports yet" in body(signed_in(cast).get(reverse(LIST)))
    bring_in(cast, text(SAKURA, "12,短,,,,,,,"))
    check(cast, text(KEN))
    page = body(signed_in(cast).get(reverse(LIST)))
    assert "1 new, 0 changed, 0 already there, 1 refused" in page
    assert "Would be: 1 new, 0 changed, 0 already there, 0 refused" in page
    assert "No imports yet" not in page


def test_hostile_content_is_shown_as_text(cast: Cast) -> None:
    run = check(cast, text('"<script>alert(1)</script>",短,,,,,,,', head="会員番号,姓,<i>名,a,b,c,d,e,f"))
    page = body(signed_in(cast).get(address(run)))
    assert "<script>alert" not in page
    assert "<i>名" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_estimate_is_what_is_left_at_the_speed_so_far(cast: Cast) -> None:
    run = check(cast, text(SAKURA))
    ImportRun.objects.filter(pk=run.pk).update(
        state="running", started_at=clock.now() - timedelta(minutes=2), created=1000, total=3500
    )
    with translation.override("en"):
        view = reads.overview(actor=steward(cast), run_id=run.pk)
    assert (view.done, view.estimate) == (1000, "About 5 minutes left.")


def test_a_run_nobody_works_on_says_so(cast: Cast) -> None:
    run = upload(cast, text(SAKURA))
    words = "the background worker may be down"
    assert words not in body(signed_in(cast).get(address(run)))
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert words in body(signed_in(cast).get(address(run)))
        ImportRun.objects.filter(pk=run.pk).update(leased_until=clock.now() + timedelta(seconds=5))
        assert words not in body(signed_in(cast).get(address(run)))


@pytest.mark.parametrize("role", ["clerk", "store_manager", "agent", "marketer", "admin", "auditor"])
def test_everybody_else_is_refused_and_nothing_changes(cast: Cast, role: str) -> None:
    run = check(cast, text(SAKURA, "12,短,,,,,,,"))
    client = signed_in(cast, role)
    pages = [reverse(LIST), reverse(ADD), address(run), address(run, "progress"), address(run, "problems"),
             reverse("admin:journeys_importrun_sample")]  # fmt: skip
    answers = [client.get(page) for page in pages]
    answers += [client.post(reverse(ADD), sent(text(KEN))), client.post(address(run, "start")),
                client.post(address(run, "discard"))]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}
    assert not any("髙橋" in body(answer) for answer in answers)
    run.refresh_from_db()
    assert (run.state, ImportRun.objects.count()) == ("checked", 1)


def test_an_outsider_is_sent_to_sign_in(cast: Cast) -> None:
    run = check(cast, text(SAKURA))
    answers = [Client().get(address(run)), Client().post(address(run, "start"))]
    assert [answer.status_code for answer in answers] == [302, 302]
    run.refresh_from_db()
    assert run.state == "checked"


def test_acts_are_posts_and_pages_are_reads(cast: Cast) -> None:
    run = check(cast, text(SAKURA))
    client = signed_in(cast)
    assert client.get(address(run, "start")).status_code == 405
    assert client.get(address(run, "discard")).status_code == 405
    assert client.post(address(run)).status_code in {403, 405}
    run.refresh_from_db()
    assert run.state == "checked"


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_an_import_that_is_not_there_is_not_found(cast: Cast, number: str) -> None:
    client = signed_in(cast)
    for name in ("change", "progress", "problems"):
        assert client.get(f"/admin/journeys/importrun/{number}/{name}/").status_code == 404, name
    assert client.post(f"/admin/journeys/importrun/{number}/start/").status_code == 404


def test_the_page_of_an_import_costs_a_fixed_number_of_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    run = check(cast, text(*["12,短,,,,,,,"] * 60))
    # 1 run and its owner, 2 how many problems, 3 the first 20, 4 the same file elsewhere
    with django_assert_num_queries(4):
        reads.overview(actor=steward(cast), run_id=run.pk)
