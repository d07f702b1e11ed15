"""Columns nobody can tell by their names: a person says which is which, once."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib.errors import Conflict, Invalid, Refused
from journeys.models import ImportMapping, ImportProblem, ImportRun
from journeys.services import importmatching, imports
from tests.cast import Cast
from tests.journeys.importing import bring_in, check, did, lines, media, member, problems, steward, would

__all__ = ["media"]
pytestmark = pytest.mark.django_db
FOREIGN = lines("numer,nazwisko,imie", "70000001,髙橋,さくら", "70000002,佐藤,健")
FIELDS = ["member_number", "family_name", "given_name"]


def match(cast: Cast, run: ImportRun, *chosen: str) -> ImportRun:
    """Say what the columns are, and let a worker check the file again."""
    importmatching.match(actor=steward(cast), run_id=run.pk, chosen=list(chosen))
    imports.work(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def matched(run: ImportRun) -> list[tuple[str, str]]:
    """Return each column's field and who said so."""
    return [(column["field"], column["origin"]) for column in run.columns["columns"]]


def test_a_file_with_unknown_headings_waits_and_is_not_lost(cast: Cast) -> None:
    run = check(cast, FOREIGN)
    assert (run.state, run.failure, run.total, would(run)) == ("matching", "no_known_column", 2, (0, 0, 0, 0))
    assert run.columns["columns"][1]["sample"] == "髙橋"
    assert run.columns["columns"][1]["others"] == ["佐藤"]
    with pytest.raises(Conflict):
        imports.start(actor=steward(cast), run_id=run.pk)
    # when somebody says which is which
    run = match(cast, run, *FIELDS)
    # then the file is checked and can be run
    assert (run.state, run.failure, would(run)) == ("checked", "", (2, 0, 0, 0))
    imports.start(actor=steward(cast), run_id=run.pk)
    imports.work(run_id=run.pk)
    assert member("70000001").full_name == "髙橋 さくら"


def test_the_answer_is_remembered_for_the_same_headings_in_any_spelling(cast: Cast) -> None:
    match(cast, check(cast, FOREIGN), *FIELDS)
    # when another file with these headings comes, in other letters
    run = check(cast, lines("ＮＵＭＥＲ,Nazwisko,imie", "70000003,林,葵"))
    # then nobody is asked again
    assert (run.state, would(run)) == ("checked", (1, 0, 0, 0))
    assert matched(run) == [(field, "remembered") for field in FIELDS]
    assert ImportMapping.objects.count() == 1
    # and other headings, or another kind of file, are asked for
    assert check(cast, lines("numer,nazwisko,inne", "70000003,林,葵")).state == "matching"
    assert check(cast, FOREIGN, what="stores").state == "matching"


def test_a_guess_can_be_changed_before_anything_is_written(cast: Cast) -> None:
    # given a file whose two names stand in the wrong columns
    run = check(cast, lines("会員番号,姓,名", "70000001,さくら,髙橋", "12,短,"))
    assert (run.state, would(run), matched(run)[1]) == ("checked", (1, 0, 0, 1), ("family_name", "guess"))
    # when they are changed over
    run = match(cast, run, "member_number", "given_name", "family_name")
    # then the check was done anew, and counts and problems are those of the new one
    assert (run.state, would(run), matched(run)[1]) == (
        "checked",
        (0, 0, 0, 2) if False else (1, 0, 0, 1),
        ("given_name", "chosen"),
    )
    assert problems(run) == [(3, "会員番号", "12", "member_number"), (3, "名", "", "missing")]
    imports.start(actor=steward(cast), run_id=run.pk)
    imports.work(run_id=run.pk)
    assert member("70000001").full_name == "髙橋 さくら"


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (["member_number", "", ""], "columns_missing:family_name"),
        (["member_number", "family_name", "family_name"], "columns_repeated:family_name"),
        (["", "", ""], "no_known_column"),
        (["member_number", "family_name"], "columns_unknown"),
        (["member_number", "family_name", "password"], "columns_unknown"),
    ],
)
def test_an_answer_that_is_not_enough_changes_nothing(cast: Cast, chosen: list[str], code: str) -> None:
    run = check(cast, FOREIGN)
    before = ImportRun.objects.filter(pk=run.pk).values().get()
    with pytest.raises(Invalid) as refused:
        importmatching.match(actor=steward(cast), run_id=run.pk, chosen=chosen)
    assert (refused.value.code, ImportMapping.objects.count()) == (code, 0)
    assert ImportRun.objects.filter(pk=run.pk).values().get() == before


@pytest.mark.parametrize("role", ["clerk", "store_manager", "agent", "admin", "auditor", "marketer"])
def test_other_roles_are_refused_and_nothing_changes(cast: Cast, role: str) -> None:
    run = check(cast, FOREIGN)
    with pytest.raises(Refused):
        importmatching.match(actor=cast.actor(role), run_id=run.pk, chosen=FIELDS)
    assert (ImportRun.objects.get(pk=run.pk).state, ImportMapping.objects.count()) == ("matching", 0)


def test_columns_of_a_file_that_was_run_are_history(cast: Cast) -> None:
    run = bring_in(cast, lines("会員番号,姓", "70000001,髙橋"))
    with pytest.raises(Conflict) as late:
        importmatching.match(actor=steward(cast), run_id=run.pk, chosen=["member_number", ""])
    assert (late.value.code, ImportRun.objects.get(pk=run.pk).state) == ("import_started", "done")


def test_a_check_under_way_stops_when_its_columns_change(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.services.importbatches.BATCH", 1)
    run = check(cast, lines("会員番号,姓,名", "70000001,髙橋,さくら", "70000002,佐藤,健"))
    ImportRun.objects.filter(pk=run.pk).update(state="checking", next_line=3, would_create=1)
    importmatching.match(actor=steward(cast), run_id=run.pk, chosen=["member_number", "family_name", ""])
    run.refresh_from_db()
    assert (run.state, run.next_line, run.lease, would(run)) == ("checking", 0, None, (0, 0, 0, 0))
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, would(run)) == ("checked", (2, 0, 0, 0))


def test_a_corrected_file_of_refused_rows_needs_no_second_answer(cast: Cast) -> None:
    # given a file with foreign headings, matched, with a refused row
    run = match(cast, check(cast, lines("numer,nazwisko,imie", "12,短,葵")), *FIELDS)
    assert would(run) == (0, 0, 0, 1)
    client = signed_in(cast)
    raw = b"".join(client.get(reverse("admin:journeys_importrun_problems", args=[run.pk]))).decode()
    # when it comes back corrected
    again = check(cast, raw.replace(",12,", ",70000012,"))
    # then its columns are known although two of ours stand in front
    assert (again.state, would(again)) == ("checked", (1, 0, 0, 0))
    assert matched(again) == [("", "remembered"), ("", "remembered"), *((field, "remembered") for field in FIELDS)]


def test_a_discarded_file_forgets_samples_and_examples(cast: Cast) -> None:
    run = check(cast, lines("会員番号,姓", "70000001,髙橋", "70000002,佐藤"))
    assert run.columns["examples"]["created"][0]["name"] == "70000001"
    imports.discard(actor=steward(cast), run_id=run.pk)
    run.refresh_from_db()
    assert "examples" not in run.columns
    assert [(column["sample"], column["others"]) for column in run.columns["columns"]] == [("", []), ("", [])]


# ---- the page ----


def signed_in(cast: Cast, role: str = "data_steward") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.staff[role])
    return client


def page(cast: Cast, run: ImportRun) -> str:
    return signed_in(cast).get(reverse("admin:journeys_importrun_change", args=[run.pk])).content.decode()


def answered(cast: Cast, run: ImportRun, *chosen: str) -> Any:
    return signed_in(cast).post(reverse("admin:journeys_importrun_match", args=[run.pk]), {"column": list(chosen)})


def test_the_page_shows_three_samples_and_marks_what_was_guessed(cast: Cast) -> None:
    run = check(
        cast, lines("会員番号,姓,備考", "70000001,髙橋,あ", "70000002,佐藤,い", "70000003,林,う", "70000004,森,え")
    )
    shown = page(cast, run)
    assert all(f"<bdi>{value}</bdi>" in shown for value in ("髙橋", "佐藤", "林", "あ", "い", "う"))
    assert "<bdi>森</bdi>" not in shown.partition("columns-head")[2]
    assert shown.count('<span class="yi-mark">guessed</span>') == 2
    assert '<option value="family_name" selected>family name</option>' in shown


def test_the_page_says_what_is_missing_and_takes_the_answer(cast: Cast) -> None:
    run = check(cast, FOREIGN)
    shown = page(cast, run)
    assert "Columns to be matched" in shown
    assert "We do not know any of these columns." in shown
    assert "import-start" not in shown
    answer = answered(cast, run, *FIELDS)
    assert (answer.status_code, ImportRun.objects.get(pk=run.pk).state) == (302, "checking")


def test_a_wrong_answer_comes_back_as_it_was_given_with_the_reason(cast: Cast) -> None:
    run = check(cast, FOREIGN)
    answer = answered(cast, run, "member_number", "", "given_name")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "We do not see which column tells this: family name." in shown
    assert '<option value="given_name" selected>' in shown
    assert (ImportRun.objects.get(pk=run.pk).state, ImportMapping.objects.count()) == ("matching", 0)


def test_a_late_answer_is_told(cast: Cast) -> None:
    run = bring_in(cast, lines("会員番号,姓", "70000001,髙橋"))
    answer = signed_in(cast).post(
        reverse("admin:journeys_importrun_match", args=[run.pk]), {"column": ["member_number", ""]}, follow=True
    )
    assert "Not changed. This file is not waiting for its columns any more." in answer.content.decode()


def test_the_first_page_asks_only_what_its_kind_needs(cast: Cast) -> None:
    client, add = signed_in(cast), reverse("admin:journeys_importrun_add")
    names = {
        what: [
            name
            for name in ("profile", "zone", "currency", "mode")
            if f'name="{name}"' in client.get(add, {"what": what}).content.decode()
        ]
        for what in ("stores", "products", "stock", "customers", "orders")
    }
    assert names == {
        "stores": ["profile"],
        "products": ["profile", "currency"],
        "stock": ["profile", "zone"],
        "customers": ["profile"],
        "orders": ["profile", "zone", "currency", "mode"],
    }
    shown = client.get(add, {"what": "orders"}).content.decode()
    assert "Smaregi (untested)" in shown
    assert ">CDNOW<" in shown


def test_terms_that_are_not_on_the_list_are_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        imports.receive(
            actor=steward(cast), file_name="x.csv", chunks=[b"x"],
            terms=imports.FileTerms("orders", "rakuten", "later", "Mars/Base", "XXX"),
        )  # fmt: skip
    assert [field.pointer for field in refused.value.fields] == ["/mode", "/zone", "/currency"]
    assert ImportRun.objects.count() == 0


def test_refused_rows_come_back_in_the_characters_of_the_file(cast: Cast) -> None:
    content = lines("会員番号,姓", "12,髙橋①", "70000001,佐藤").encode("cp932")
    run = bring_in(cast, content)
    response = signed_in(cast).get(reverse("admin:journeys_importrun_problems", args=[run.pk]))
    raw = b"".join(response)
    assert (did(run), response["Content-Type"]) == ((1, 0, 0, 1), "text/csv; charset=windows-31j")
    rows = list(csv.reader(io.StringIO(raw.decode("cp932"))))
    assert [row[2:] for row in rows] == [["会員番号", "姓"], ["12", "髙橋①"]]


def test_the_list_can_be_filtered_by_kind(cast: Cast) -> None:
    bring_in(cast, lines("店舗コード,店舗名", "GINZA,銀座店"), what="stores")
    check(cast, lines("会員番号,姓", "70000001,髙橋"))
    shown = signed_in(cast).get(reverse("admin:journeys_importrun_changelist"), {"what__exact": "stores"})
    assert (shown.status_code, ImportProblem.objects.count()) == (200, 0)
    assert "1 new, 0 changed, 0 already there, 0 refused" in shown.content.decode()
    assert "Would be: 1 new" not in shown.content.decode()
