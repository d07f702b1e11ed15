"""Which rows a merge keeps, ends and takes out, and what undo makes of rows written or edited since."""

from __future__ import annotations

from datetime import date, timedelta

from config.lib import clock
from customers.models import Address, Anniversary, AttentionItem, Customer, CustomerTag
from journeys.models import Note, Order, OrderLine
from journeys.services import instore
from tests.cast import Cast
from tests.customers import lives
from tests.customers.test_merging import merge, undo
from tests.factories import NOON


def test_of_two_rows_of_which_one_may_be_the_newer_stays_and_the_other_is_kept_in_the_image(cast: Cast) -> None:
    # given: the absorbed record's rows are a day newer
    for customer, since in ((cast.hanako, lives.LONG_AGO), (cast.far, lives.LONG_AGO + timedelta(days=1))):
        lives.live(cast, customer, since=since)
    newer = {model: model.objects.get(customer=cast.far).pk for model in (Anniversary, CustomerTag, Address)}
    older = Address.objects.get(customer=cast.hanako)
    # when
    with clock.at(NOON):
        event = merge(cast, cast.hanako, cast.far)
    # then
    assert Anniversary.objects.get(customer=cast.hanako).pk == newer[Anniversary]
    assert CustomerTag.objects.get(customer=cast.hanako).pk == newer[CustomerTag]
    assert Address.objects.get(customer=cast.hanako, valid_to__isnull=True).pk == newer[Address]
    assert Address.objects.get(pk=older.pk).valid_to == NOON.date()
    dropped = {table["rule"]: len(table["dropped"]) for table in event.moved["tables"] if table["dropped"]}
    assert dropped == {
        "customers.Anniversary.customer": 1,
        "customers.AttributeValue.customer": 1,
        "customers.CustomerTag.customer": 1,
        "customers.StoreTie.customer": 1,
    }


def test_the_data_steward_may_keep_the_older_address(cast: Cast) -> None:
    for customer, since in ((cast.hanako, lives.LONG_AGO), (cast.far, lives.LONG_AGO + timedelta(days=1))):
        lives.live(cast, customer, since=since)
    mine = Address.objects.get(customer=cast.hanako).pk
    merge(cast, cast.hanako, cast.far, choices={"address": "survivor"})
    assert Address.objects.get(customer=cast.hanako, valid_to__isnull=True).pk == mine


def test_fields_come_from_the_chosen_side_and_empty_ones_are_filled(cast: Cast) -> None:
    # given
    Customer.objects.filter(pk=cast.hanako.pk).update(birthday=None, gender="女性")
    Customer.objects.filter(pk=cast.far.pk).update(birthday=date(1971, 8, 23), gender="", occupation="教員")
    # when
    merge(cast, cast.hanako, cast.far, choices={"name": "absorbed"})
    # then
    found = Customer.objects.get(pk=cast.hanako.pk)
    assert (found.family_name, found.given_name, found.family_kana) == ("遠山", "花子", "ヤマダ")
    assert (found.birthday, found.gender, found.occupation) == (date(1971, 8, 23), "女性", "教員")
    assert (found.name_key, found.member_number, found.version) == ("遠山花子", "90000001", cast.hanako.version + 1)


def test_what_was_written_since_is_whose_its_identifiers_say(cast: Cast) -> None:
    # given
    event = merge(cast, cast.hanako, cast.far)
    lasting = lives.order_of(cast.hanako, since=NOON, hint={"phone": "+819011111234"})
    theirs = lives.order_of(cast.hanako, since=NOON, hint={"phone": "+819033339999"})
    numbered = lives.order_of(cast.hanako, since=NOON, hint={"member_number": "90000003"})
    silent = lives.order_of(cast.hanako, since=NOON)
    note = instore.write_note(
        actor=cast.actor("agent"), customer_uuid=str(cast.hanako.uuid), text="あとで", scope="company"
    ).note
    # when
    undo(cast, event)
    # then
    owners = {row.pk: row.customer_id for row in Order.objects.all()}
    assert owners == {
        lasting.pk: cast.hanako.pk,
        theirs.pk: cast.far.pk,
        numbered.pk: cast.far.pk,
        silent.pk: cast.hanako.pk,
    }
    assert all(line.customer_id == owners[line.order_id] for line in OrderLine.objects.all())
    assert Note.objects.get(pk=note.pk).customer_id == cast.hanako.pk


def test_what_was_edited_since_keeps_its_edit(cast: Cast) -> None:
    # given
    lives.live(cast, cast.far)
    event = merge(cast, cast.hanako, cast.far, choices={"name": "absorbed", "occupation": "absorbed"})
    Customer.objects.filter(pk=cast.hanako.pk).update(given_name="花")
    Note.objects.filter(customer=cast.hanako).update(text="直した")
    # when
    undo(cast, event)
    # then
    hanako = Customer.objects.get(pk=cast.hanako.pk)
    assert (hanako.family_name, hanako.given_name) == ("山田", "花")
    assert Note.objects.get(customer=cast.far).text == "直した"


def test_a_row_whose_place_is_taken_is_told_and_everything_else_comes_back(cast: Cast) -> None:
    # given: Hanako's older tag was taken out; since then the tag was removed and put on her again
    for customer, since in ((cast.hanako, lives.LONG_AGO), (cast.far, lives.LONG_AGO + timedelta(days=1))):
        lives.live(cast, customer, since=since)
    event = merge(cast, cast.hanako, cast.far)
    newer = CustomerTag.objects.get(customer=cast.hanako)
    again = CustomerTag(customer=cast.hanako, tag_id=newer.tag_id, source="again", added_at=NOON)
    newer.delete()
    again.save(force_insert=True)
    # when
    undo(cast, event)
    # then
    assert CustomerTag.objects.get(customer=cast.hanako).source == "again"
    item = AttentionItem.objects.get(kind="merge_incomplete")
    assert (item.owner_role, item.data) == ("data_steward", {"count": 1, "merge": event.pk})
    assert Anniversary.objects.filter(customer__in=[cast.hanako, cast.far]).count() == 2
