"""Customers from a file: nothing is written before it is asked for, each change is told once, nothing is lost."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from config.lib import clock
from config.lib.errors import Conflict, Refused
from customers.models import Customer, Identity
from journeys.models import ImportProblem, ImportRun, Interaction
from journeys.services import imports
from tests.cast import Cast
from tests.journeys.importing import (
    KEN,
    SAKURA,
    bring_in,
    check,
    did,
    media,
    member,
    problems,
    steward,
    text,
    told,
    upload,
    would,
)

__all__ = ["media"]


def test_the_check_promises_and_writes_nothing(cast: Cast) -> None:
    # given a file with two new members, one known unchanged, one changed and one that cannot be
    before = Customer.objects.count(), Identity.objects.count(), Interaction.objects.count()
    same = "90000001,山田,花子,ヤマダ,ハナコ,1990-04-01,090-1111-1234,,SHIBUYA"
    other = "90000002,山田,華子,,,,,,"
    # when
    run = check(cast, text(SAKURA, KEN, same, other, "70000003,,さくら,,,,,,"))
    # then
    assert (run.state, run.encoding, run.total) == ("checked", "utf-8", 5)
    assert would(run) == (2, 1, 1, 1)
    assert did(run) == (0, 0, 0, 0)
    assert problems(run) == [(6, "姓", "", "missing")]
    assert (Customer.objects.count(), Identity.objects.count(), Interaction.objects.count()) == before


def test_a_run_writes_what_the_check_promised(cast: Cast) -> None:
    run = bring_in(cast, text(SAKURA, KEN))
    assert (run.state, did(run), run.next_line > 3) == ("done", (2, 0, 0, 0), True)
    sakura = member("70000001")
    assert (sakura.family_name, sakura.given_name, sakura.full_kana) == ("髙橋", "さくら", "タカハシ サクラ")
    assert (sakura.birthday, sakura.home_store) == (date(1990, 4, 1), cast.shibuya)
    assert sakura.name_key == "高橋サクラ"
    assert sorted(sakura.identities.values_list("kind", "normalised", "raw", "source")) == [
        ("email", "sakura@example.jp", "sakura@example.jp", "import:customers"),
        ("phone", "+819000007001", "090-0000-7001", "import:customers"),
    ]
    assert told() == 2


def test_the_same_file_again_changes_and_tells_nothing(cast: Cast) -> None:
    bring_in(cast, text(SAKURA, KEN))
    before = list(Customer.objects.order_by("pk").values()), told()
    # when
    run = bring_in(cast, text(SAKURA, KEN))
    # then
    assert would(run) == did(run) == (0, 0, 2, 0)
    assert (list(Customer.objects.order_by("pk").values()), told()) == before


def test_one_changed_row_is_one_change(cast: Cast) -> None:
    bring_in(cast, text(SAKURA, KEN))
    run = bring_in(cast, text(SAKURA, KEN.replace("佐藤", "左藤")))
    assert did(run) == (0, 1, 1, 0)
    assert (member("70000002").family_name, told()) == ("左藤", 3)


def test_a_name_that_goes_there_and_back_is_told_each_time(cast: Cast) -> None:
    first, second = text(KEN), text(KEN.replace("佐藤", "左藤"))
    runs = [bring_in(cast, content) for content in (first, second, first)]
    assert [did(run) for run in runs] == [(1, 0, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0)]
    assert member("70000002").family_name == "佐藤"
    kinds = Interaction.objects.filter(customer=member("70000002")).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["profile.created", "profile.corrected", "profile.corrected"]


def test_blank_cells_never_erase(cast: Cast) -> None:
    bring_in(cast, text(SAKURA))
    run = bring_in(cast, text("70000001,高橋,,,,,,,"))
    sakura = member("70000001")
    assert did(run) == (0, 1, 0, 0)
    assert (sakura.family_name, sakura.given_name, sakura.birthday) == ("高橋", "さくら", date(1990, 4, 1))
    assert sakura.identities.count() == 2


def test_good_rows_go_in_beside_refused_ones(cast: Cast) -> None:
    run = bring_in(cast, text(SAKURA, "12,短,,,,,,,", KEN))
    assert (run.state, did(run)) == ("done", (2, 0, 0, 1))
    assert problems(run, "run") == [(3, "会員番号", "12", "member_number")] == problems(run)


def test_the_second_row_of_a_member_is_refused_and_names_the_first(cast: Cast) -> None:
    again = SAKURA.replace("70000001", "７０００-０００１").replace("髙橋", "高橋")
    run = bring_in(cast, text(SAKURA, KEN, again))
    assert did(run) == (2, 0, 0, 1)
    assert problems(run, "run") == [(4, "会員番号", "70000001", "repeated:2")]
    assert member("70000001").family_name == "髙橋"


def test_every_wrong_cell_of_a_row_is_named_at_once(cast: Cast) -> None:
    run = check(cast, text("70000001,髙橋,さくら,高橋,サクラ,1990-02-30,12,sakura,NAGOYA"))
    assert would(run) == (0, 0, 0, 1)
    assert problems(run) == [
        (2, "セイ", "高橋", "kana"),
        (2, "生年月日", "1990-02-30", "date_impossible"),
        (2, "電話番号", "12", "phone"),
        (2, "メールアドレス", "sakura", "email"),
        (2, "店舗コード", "NAGOYA", "store_unknown"),
    ]


def test_a_formula_is_only_text(cast: Cast) -> None:
    bring_in(cast, text('70000001,"=HYPERLINK(""http://x"")",@SUM(A1),,,,,,'))
    assert member("70000001").full_name == '=HYPERLINK("http://x") @SUM(A1)'


def test_only_the_first_ten_thousand_problems_are_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.services.importbatches.MOST_PROBLEMS", 3)
    run = check(cast, text(*["12,短,,,,,,,"] * 5))
    assert (run.would_refuse, ImportProblem.objects.filter(run=run).count()) == (5, 3)


def test_a_file_is_run_only_once_and_only_after_its_check(cast: Cast) -> None:
    run = upload(cast, text(SAKURA))
    with pytest.raises(Conflict) as early:
        imports.start(actor=steward(cast), run_id=run.pk)
    imports.work(run_id=run.pk)
    imports.start(actor=steward(cast), run_id=run.pk)
    with pytest.raises(Conflict) as twice:
        imports.start(actor=steward(cast), run_id=run.pk)
    assert early.value.code == twice.value.code == "import_not_checked"
    imports.work(run_id=run.pk)
    assert did(ImportRun.objects.get(pk=run.pk)) == (1, 0, 0, 0)


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_discarded_file_is_gone_and_cannot_be_run(cast: Cast, media: Path) -> None:
    run = check(cast, text(SAKURA, "12,短,,,,,,,"))
    imports.discard(actor=steward(cast), run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.path, files(media), problems(run)[0][2]) == ("discarded", "", [], "")
    assert [column["sample"] for column in run.columns["columns"]] == [""] * 9
    with pytest.raises(Conflict):
        imports.start(actor=steward(cast), run_id=run.pk)
    with pytest.raises(Conflict) as again:
        imports.discard(actor=steward(cast), run_id=run.pk)
    assert again.value.code == "import_started"
    assert not Customer.objects.filter(member_number="70000001").exists()


def test_discarding_during_the_check_stops_it(cast: Cast) -> None:
    run = upload(cast, text(SAKURA))
    imports.discard(actor=steward(cast), run_id=run.pk)
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.total, would(run)) == ("discarded", 0, (0, 0, 0, 0))


@pytest.mark.parametrize("role", ["clerk", "store_manager", "agent", "admin", "auditor", "marketer"])
def test_other_roles_are_refused_and_nothing_changes(cast: Cast, media: Path, role: str) -> None:
    run = check(cast, text(SAKURA))
    actor = cast.actor(role)
    with pytest.raises(Refused):
        imports.receive(actor=actor, file_name="x.csv", chunks=[b"x"])
    for act in (imports.start, imports.discard):
        with pytest.raises(Refused):
            act(actor=actor, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, ImportRun.objects.count()) == ("checked", 1)
    assert len(files(media)) == 1


def test_after_thirty_days_the_file_and_what_we_quoted_are_forgotten(cast: Cast, media: Path) -> None:
    # given one finished, one checked and never run, one young
    with clock.at(clock.now() - timedelta(days=31)):
        done = bring_in(cast, text(SAKURA, "12,短,,,,,,,"))
        left = check(cast, text(KEN))
    young = check(cast, text(KEN))
    # when
    assert imports.work_abandoned() == 0
    # then
    for run in (done, left, young):
        run.refresh_from_db()
    assert [run.state for run in (done, left, young)] == ["done", "discarded", "checked"]
    assert [bool(run.path) for run in (done, left, young)] == [False, False, True]
    assert (did(done), problems(done, "run")) == ((1, 0, 0, 1), [(3, "会員番号", "", "member_number")])
    assert len(files(media)) == 1
