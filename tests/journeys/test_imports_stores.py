"""Files of stores."""

from __future__ import annotations

import pytest

from customers.models import Store
from tests.cast import Cast
from tests.journeys.importing import bring_in, check, did, lines, media, problems, would

__all__ = ["media"]
pytestmark = pytest.mark.django_db
HEAD = "店舗コード,店舗名,店舗名（英語）,地区,郵便番号,電話番号,緯度,経度,営業中"
GINZA = "GINZA,銀座店,Ginza,東京,1040061,03-0000-0001,35.6717,139.7650,1"
KYOTO = "KYOTO,京都店,,関西,〒600-8001,,,,"


def test_new_stores_are_opened_and_known_ones_corrected(cast: Cast) -> None:
    # given a file with two new stores, one that changes and one that says what we know
    content = lines(HEAD, GINZA, KYOTO, "SHIBUYA,渋谷本店,,,,,,,", "UMEDA,梅田店,,,,,,,")
    # when it is only checked
    run = check(cast, content, what="stores")
    # then nothing is written
    assert (run.state, would(run), Store.objects.count()) == ("checked", (2, 1, 1, 0), 2)
    # when it is run
    run = bring_in(cast, content, what="stores")
    assert did(run) == (2, 1, 1, 0)
    ginza = Store.objects.get(code="GINZA")
    assert (ginza.name_ja, ginza.name_en, ginza.zone, ginza.postcode, ginza.phone) == (
        "銀座店", "Ginza", "東京", "104-0061", "03-0000-0001"
    )  # fmt: skip
    assert (ginza.latitude, ginza.longitude, ginza.is_open, ginza.time_zone) == (35.6717, 139.765, True, "Asia/Tokyo")
    shibuya = Store.objects.get(code="SHIBUYA")
    assert (shibuya.name_ja, shibuya.name_en) == ("渋谷本店", "Shibuya")  # blank is not told


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    bring_in(cast, lines(HEAD, GINZA, KYOTO), what="stores")
    before = list(Store.objects.order_by("pk").values())
    run = bring_in(cast, lines(HEAD, GINZA, KYOTO), what="stores")
    assert (would(run), did(run)) == ((0, 0, 2, 0), (0, 0, 2, 0))
    assert list(Store.objects.order_by("pk").values()) == before


def test_refused_rows_are_named_and_the_good_ones_go_in(cast: Cast) -> None:
    bad = ["KYOTO,,,,1234,x,95,,たぶん", "GINZA,銀座二号店,,,,,,,", "NARA,奈良店,,,,,34.68,,"]
    run = bring_in(cast, lines(HEAD, GINZA, *bad), what="stores")
    assert (did(run), Store.objects.count()) == ((1, 0, 0, 3), 3)
    assert problems(run, "run") == [
        (3, "店舗名", "", "missing"),
        (3, "郵便番号", "1234", "postcode"),
        (3, "電話番号", "x", "phone"),
        (3, "緯度", "95", "position"),
        (3, "営業中", "たぶん", "yes_or_no"),
        (4, "店舗コード", "GINZA", "repeated_store:2"),
        (5, "", "NARA", "half_position"),
    ]


def test_a_time_zone_that_is_none_is_refused(cast: Cast) -> None:
    run = check(cast, lines("店舗コード,店舗名,タイムゾーン", "A1,あ,Asia/Osaka", "A2,い,Asia/Seoul"), what="stores")
    assert (would(run), problems(run)) == ((1, 0, 0, 1), [(2, "タイムゾーン", "Asia/Osaka", "time_zone")])


def test_examples_show_what_a_file_would_do(cast: Cast) -> None:
    run = check(cast, lines("店舗コード,店舗名", "SHIBUYA,渋谷本店", "GINZA,銀座店"), what="stores")
    assert run.columns["examples"] == {
        "created": [{"line": 3, "name": "GINZA", "changes": [["name_ja", "", "銀座店"]]}],
        "updated": [{"line": 2, "name": "SHIBUYA", "changes": [["name_ja", "渋谷店", "渋谷本店"]]}],
    }
