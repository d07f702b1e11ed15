"""Correcting who she is: by version, by role, told, and never half."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config.lib.errors import Conflict, Invalid, NotFound, Refused
from customers import access
from customers.models import Customer, Identity
from customers.services import profiles
from journeys.models import Interaction
from tests import factories
from tests.cast import Cast


def correct(cast: Cast, role: str = "agent", *, version: int = 1, **changes: Any) -> Customer:
    return profiles.correct(
        actor=cast.actor(role),
        customer_uuid=str(cast.hanako.uuid),
        version=version,
        changes=changes,
        source="desk",
    )


def unchanged(cast: Cast) -> bool:
    now = Customer.objects.get(pk=cast.hanako.pk)
    return (now.version, now.family_name, now.context_seq) == (1, "山田", 1) and not Interaction.objects.filter(
        kind="profile.corrected"
    ).exists()


def test_a_correction_changes_what_was_told_and_nothing_else(cast: Cast) -> None:
    # when
    now = correct(
        cast, family_name="髙橋", family_kana="たかはし", birthday="1991-02-28", gender="女性", occupation="教員"
    )
    # then
    now.refresh_from_db()
    assert (now.full_name, now.full_kana, now.birthday) == ("髙橋 花子", "タカハシ ハナコ", date(1991, 2, 28))
    assert (now.name_key, now.kana_key, now.romaji_key) == ("高橋花子", "タカハシハナコ", "takahasihanako")
    assert (now.grams, now.version, now.gender, now.occupation) == (["花子", "高橋"], 2, "女性", "教員")
    told = Interaction.objects.get(kind="profile.corrected")
    assert (told.customer_id, told.actor_id) == (cast.hanako.pk, cast.staff["agent"].pk)
    assert told.data == {"fields": ["family_name", "family_kana", "birthday", "gender", "occupation"]}
    assert now.context_seq == 2


def test_nothing_new_writes_nothing(cast: Cast) -> None:
    correct(cast, family_name="山田", phone="０９０−１１１１−１２３４")
    assert unchanged(cast)


def test_two_editors_see_both_values(cast: Cast) -> None:
    # given
    correct(cast, family_name="高橋", birthday=date(1992, 2, 2), phone="090-8888-8888")
    # when: the other editor still looks at version 1
    with pytest.raises(Conflict) as caught:
        correct(cast, family_name="髙橋", birthday=date(1991, 1, 1), phone="090-7777-7777")
    # then: what she may not see in full stays masked
    assert caught.value.code == "edited_meanwhile"
    shown = {error.pointer: str(error.detail) for error in caught.value.fields}
    assert all(word in shown["/family_name"] for word in ("高橋", "髙橋"))
    assert "•••8888" in shown["/phone"]
    assert "090-8888" not in shown["/phone"]
    assert "02" in shown["/birthday"]
    assert "1992" not in shown["/birthday"]
    now = Customer.objects.get(pk=cast.hanako.pk)
    assert (now.family_name, now.version) == ("高橋", 2)
    # when: she compares and saves again
    assert correct(cast, version=2, family_name="髙橋").version == 3


def test_two_editors_with_the_same_words_do_not_quarrel(cast: Cast) -> None:
    correct(cast, family_name="髙橋")
    assert correct(cast, family_name="髙橋").version == 2


def test_a_corrected_phone_replaces_the_old_one(cast: Cast) -> None:
    # when
    correct(cast, phone="03-1234-5678", email="Hana@EXAMPLE.jp")
    # then
    rows = Identity.objects.filter(customer=cast.hanako).order_by("id")
    assert [(row.kind, row.normalised, row.last_four, row.valid_to is None) for row in rows] == [
        ("phone", "+819011111234", "1234", False),
        ("phone", "+81312345678", "5678", True),
        ("email", "Hana@example.jp", "", True),
    ]
    # when: back to the old one
    correct(cast, version=2, phone="090-1111-1234")
    # then
    assert [
        row.valid_to is None for row in Identity.objects.filter(customer=cast.hanako, kind="phone").order_by("id")
    ] == [
        True,
        False,
    ]


def test_a_phone_of_somebody_else_becomes_shared(cast: Cast) -> None:
    correct(cast, phone="090-2222-5678")
    rows = Identity.objects.filter(normalised="+819022225678").order_by("customer_id")
    assert [(row.customer_id, row.is_shared) for row in rows] == [(cast.hanako.pk, True), (cast.namesake.pk, True)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", " "),
        ("family_name", "山" * 61),
        ("family_name", "山\x00"),
        ("family_kana", "山田"),
        ("birthday", "1991-02-30"),
        ("birthday", date(2999, 1, 1)),
        ("birthday", date(1899, 1, 1)),
        ("language", "fr"),
        ("approach", "pushy"),
        ("home_store_id", 999_999),
        ("phone", "12"),
        ("email", "nobody"),
        ("member_number", "1"),
        ("version", 9),
        ("merged_into", 1),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(cast: Cast, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        profiles.correct(
            actor=cast.actor("data_steward"),
            customer_uuid=str(cast.hanako.uuid),
            version=1,
            changes={"occupation": "教員", field: value},
            source="desk",
        )
    assert [error.pointer for error in caught.value.fields] == [f"/{field}"]
    assert unchanged(cast)


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        ("clerk", {"family_name": "髙橋"}),
        ("clerk", {"birthday": None}),
        ("clerk", {"phone": "03-1234-5678"}),
        ("clerk", {"approach": "alone", "email": "a@example.jp"}),
        ("sales", {"email": "a@example.jp"}),
        ("sales", {"gender": "女性"}),
        ("marketer", {"approach": "alone"}),
        ("executive", {"approach": "alone"}),
        ("auditor", {"approach": "alone"}),
        ("admin", {"approach": "alone"}),
    ],
)
def test_what_is_not_a_roles_to_write_stays(cast: Cast, role: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        correct(cast, role, **changes)
    assert unchanged(cast)


def test_a_clerk_corrects_what_she_hears_at_the_counter(cast: Cast) -> None:
    now = correct(cast, "clerk", approach="alone", family_kana="ヤマタ", language="en")
    assert (now.approach, now.family_kana, now.language) == ("alone", "ヤマタ", "en")


def test_other_stores_and_outsiders_correct_nothing(cast: Cast) -> None:
    for actor, error in ((access.actor_of(cast.other_clerk), NotFound), (access.Actor(access.ANONYMOUS), Refused)):
        with pytest.raises(error):
            profiles.correct(
                actor=actor, customer_uuid=str(cast.hanako.uuid), version=1, changes={"approach": "alone"}, source="x"
            )
    assert unchanged(cast)


def test_completeness_follows_the_profile(cast: Cast) -> None:
    # given: reading, birthday, phone and home store
    assert Customer.objects.get(pk=cast.hanako.pk).completeness == 50
    # when
    now = correct(cast, email="a@example.jp", gender="女性", occupation="教員", approach="advice")
    # then
    assert now.completeness == 80
    # when
    assert correct(cast, version=2, birthday=None).completeness == 65


def test_an_import_writes_the_same_keys(cast: Cast) -> None:
    found = factories.customer(family_name="大野", family_kana="オオノ", given_name="恵", given_kana="メグミ")
    assert (found.romaji_key, found.grams, found.completeness) == ("onomegumi", ["大野", "恵"], 30)
    long = factories.customer(family_name="㍿" * 60, family_kana="ヴ" * 60)
    assert len(long.name_key) == 130


def test_a_correction_costs(cast: Cast, django_assert_num_queries: Any) -> None:
    # 1 the customer  2 savepoint  3 lock  4 the customer  5 what she wrote  6 version  7 completeness  8 read back
    # 9-10 the fact and the number of what was told  11 release
    with django_assert_num_queries(11):
        correct(cast, occupation="教員")


def test_keys_are_rebuilt_in_batches(cast: Cast) -> None:
    # given: rows from before the keys existed
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    Customer.objects.update(romaji_key="", grams=[], name_key="", kana_key="", completeness=0)
    system = access.system(access.SYSTEM_IMPORT)
    # when
    first = profiles.refresh_keys(actor=system, limit=2)
    second = profiles.refresh_keys(actor=system, after_id=first or 0, limit=2)
    # then
    assert (first, second, profiles.refresh_keys(actor=system, after_id=second or 0)) == (ids[1], ids[2], None)
    now = Customer.objects.get(pk=cast.hanako.pk)
    assert (now.romaji_key, now.grams, now.name_key, now.kana_key, now.completeness, now.version) == (
        "yamadahanako",
        ["山田", "花子"],
        "山田花子",
        "ヤマダハナコ",
        50,
        1,
    )
    with pytest.raises(Refused):
        profiles.refresh_keys(actor=cast.actor("agent"))
