"""Two records become one person, and two again: nothing is lost, nothing is forgotten, no table is overlooked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from config.lib import clock
from config.lib.errors import Conflict, DomainError, Invalid, NotFound, Refused
from customers import access
from customers.hooks import OnMerge, customer_merged
from customers.models import (
    Customer,
    Identity,
    MergeCandidate,
    MergeEvent,
    User,
)
from customers.selectors import customers as people
from customers.services import cards, merging, profiles
from journeys.models import Interaction, Note, Order, OrderLine
from journeys.selectors import timeline
from journeys.services import instore
from tests import factories
from tests.cast import Cast
from tests.customers import lives
from tests.factories import NOON
from tests.permissions.digest import LEFT_OUT

# What says that somebody merged and took back, and what never goes back.
RISES = ("context_seq", "version")
TOLD = {"customers_mergeevent", "customers_mergecandidate", "journeys_interaction", "journeys_reaction"} | LEFT_OUT


def merge(cast: Cast, survivor: Customer, absorbed: Customer, **given: Any) -> MergeEvent:
    return merging.merge(
        **{
            "actor": cast.actor("data_steward"),
            "survivor_uuid": str(survivor.uuid),
            "absorbed_uuid": str(absorbed.uuid),
            "choices": {},
            **given,
        }
    )


def undo(cast: Cast, event: MergeEvent, **given: Any) -> MergeEvent:
    return merging.undo(**{"actor": cast.actor("data_steward"), "merge_uuid": str(event.uuid), **given})


def contents() -> dict[str, list[str]]:
    """Every row of every table as the database writes it; tables that tell of merges left out."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - TOLD)
        found = {}
        for table in tables:
            cursor.execute(f"SELECT (to_jsonb(t) - '{RISES[0]}' - '{RISES[1]}')::text FROM {table} t")
            found[table] = sorted(row[0] for row in cursor.fetchall())
    return found


def keys_to_customer() -> set[str]:
    """Every foreign key to a customer in the product, found by introspection."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.remote_field is not None and field.remote_field.model is Customer
    }


def test_every_key_to_a_customer_says_what_a_merge_does_with_it() -> None:
    assert keys_to_customer() ^ {plug.name for plug in customer_merged.plugs()} == set()


@isolate_apps()
def test_a_model_nobody_thought_of_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fitting(models.Model):
        wearer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "journeys"

    found = apps.get_models(include_auto_created=True)
    monkeypatch.setattr(apps, "get_models", lambda **_given: [*found, Fitting])
    assert keys_to_customer() - {plug.name for plug in customer_merged.plugs()} == {"journeys.Fitting.wearer"}


def test_a_log_cannot_be_moved_and_everything_else_can() -> None:
    logs = {plug.name for plug in customer_merged.plugs() if plug.value.how is OnMerge.CLUSTER}
    assert logs == {
        "customers.CardCode.customer",
        "customers.ConsentEntry.customer",
        "customers.ContextReceipt.customer",
        "customers.MergeCandidate.left",
        "customers.MergeCandidate.right",
        "customers.MergeEvent.absorbed",
        "customers.MergeEvent.survivor",
        "customers.Presentation.customer",
        "customers.Reveal.customer",
        "journeys.Interaction.customer",
    }


def test_merge_and_undo_put_every_row_of_every_table_back(cast: Cast) -> None:
    # given: both with rows in every table, some of which clash
    for customer, since in ((cast.hanako, lives.LONG_AGO), (cast.far, lives.LONG_AGO + timedelta(days=1))):
        lives.live(cast, customer, since=since)
    old = lives.former(cast.far)
    factories.shopper(customer=cast.far)
    Identity.objects.create(
        customer=cast.hanako, kind="phone", normalised="+81333339999", raw="03-3333-9999", source="t", is_shared=True
    )
    Identity.objects.create(
        customer=cast.far, kind="phone", normalised="+81333339999", raw="0333339999", source="t", is_shared=True
    )
    full = {
        rule.name
        for rule in customer_merged.values()
        if rule.model._default_manager.filter(**{rule.field: cast.far}).exists()
    }
    assert keys_to_customer() - full == {
        "customers.MergeEvent.absorbed",
        "customers.MergeCandidate.right"
        if "customers.MergeCandidate.left" in full
        else "customers.MergeCandidate.left",
    }
    before = contents()
    # when
    event = merge(cast, cast.hanako, cast.far, choices={"name": "absorbed", "member_number": "absorbed"})
    # then: current state is hers, logs stay
    left = {
        rule.name
        for rule in customer_merged.values()
        if rule.model._default_manager.filter(**{rule.field: cast.far}).exists()
    }
    stays = {plug.name for plug in customer_merged.plugs() if plug.value.how is OnMerge.CLUSTER}
    assert left - stays == {"customers.User.customer"}
    assert Customer.objects.get(pk=old.pk).merged_into_id == cast.hanako.pk
    changed = {table for table in before if before[table] != contents()[table]}
    assert len(changed) > 12
    # when
    undo(cast, event)
    # then
    after = contents()
    assert {table: (set(before[table]) ^ set(after[table])) for table in before if before[table] != after[table]} == {}
    assert sum(len(rows) for rows in before.values()) > 60


def test_what_each_side_has_is_hers_afterwards(cast: Cast) -> None:
    # given
    for customer in (cast.hanako, cast.far):
        lives.live(cast, customer)
    # when
    with clock.at(NOON):
        event = merge(cast, cast.hanako, cast.far)
    # then
    far = Customer.objects.get(pk=cast.far.pk)
    assert (far.merged_into_id, far.member_number) == (cast.hanako.pk, "90000003")
    assert Note.objects.filter(customer=cast.hanako).count() == 2
    assert Order.objects.filter(customer=cast.hanako).count() == 2
    assert OrderLine.objects.filter(customer=cast.hanako).count() == 2
    assert lives.open_items(cast.hanako) == 2
    assert (event.rule, event.actor_id, event.merged_at) == ("reviewed", cast.staff["data_steward"].pk, NOON)
    told = Interaction.objects.get(kind="customer.merged")
    assert (told.customer_id, told.data, told.actor_id) == (cast.hanako.pk, {"rule": "reviewed"}, event.actor_id)


def test_both_member_numbers_go_on_leading_to_her(cast: Cast) -> None:
    # given
    merge(cast, cast.hanako, cast.far, choices={"member_number": "absorbed"})
    # then: the far number is in force, and the old one is still hers
    kept = Customer.objects.get(pk=cast.hanako.pk)
    assert kept.member_number == "90000003"
    for number in ("90000001", "90000003"):
        found = cards.present(actor=cast.actor("agent"), term=number)
        assert found is not None
        assert found.pk == cast.hanako.pk
    assert Identity.objects.get(customer=cast.hanako, kind="member_number").normalised == "90000001"


def test_an_identifier_only_the_two_had_in_common_is_a_key_again(cast: Cast) -> None:
    # given
    factories.customer(member_number="70000001", phone="090-9999-0001")
    twin = factories.customer(member_number="70000002", phone="090-9999-0001")
    first = Customer.objects.get(member_number="70000001")
    assert set(Identity.objects.filter(normalised="+819099990001").values_list("is_shared", flat=True)) == {True}
    # when
    event = merge(cast, first, twin)
    # then
    row = Identity.objects.get(normalised="+819099990001")
    assert (row.customer_id, row.is_shared) == (first.pk, False)
    undo(cast, event)
    assert Identity.objects.filter(normalised="+819099990001", is_shared=True).count() == 2


def test_the_absorbed_record_leads_to_the_one_that_stayed(cast: Cast) -> None:
    merge(cast, cast.hanako, cast.far)
    found = people.customer_by_uuid(actor=cast.actor("agent"), uuid=str(cast.far.uuid))
    assert found.pk == cast.hanako.pk
    assert people.cluster_of(customer=found) == [cast.hanako.pk, cast.far.pk]


def test_the_story_is_read_over_both_records(cast: Cast, django_assert_num_queries: Any) -> None:
    # given
    mine, theirs = factories.interaction(customer=cast.hanako), factories.interaction(customer=cast.far)
    merge(cast, cast.hanako, cast.far)
    actor = cast.actor("agent")
    found = people.customer_by_uuid(actor=actor, uuid=str(cast.hanako.uuid))
    # when: 1 the page
    with django_assert_num_queries(1):
        page = timeline.page(actor=actor, customer=found)
    # then
    assert {mine, theirs} <= {entry.id for entry in page.entries}


def test_open_receipts_of_both_are_out_of_date(cast: Cast) -> None:
    before = {row.pk: row.context_seq for row in (cast.hanako, cast.far)}
    event = merge(cast, cast.hanako, cast.far)
    merged = dict(Customer.objects.filter(pk__in=before).values_list("pk", "context_seq"))
    undo(cast, event)
    undone = dict(Customer.objects.filter(pk__in=before).values_list("pk", "context_seq"))
    assert all(before[pk] < merged[pk] < undone[pk] for pk in before)


def test_merges_are_taken_back_in_reverse_order(cast: Cast) -> None:
    # given: the namesake into Hanako, then Hanako into the far customer
    before = contents()
    first = merge(cast, cast.hanako, cast.namesake)
    second = merge(cast, cast.far, cast.hanako)
    assert set(Customer.objects.filter(merged_into=cast.far).values_list("pk", flat=True)) == {
        cast.hanako.pk,
        cast.namesake.pk,
    }
    # when, then
    with pytest.raises(Conflict) as caught:
        undo(cast, first)
    assert caught.value.code == "merge_order"
    undo(cast, second)
    assert Customer.objects.get(pk=cast.namesake.pk).merged_into_id == cast.hanako.pk
    undo(cast, first)
    assert contents() == before
    with pytest.raises(Conflict) as caught:
        undo(cast, first)
    assert caught.value.code == "merge_undone"


def test_after_undo_the_pair_is_remembered_as_two_people(cast: Cast) -> None:
    undo(cast, merge(cast, cast.hanako, cast.far))
    pair = MergeCandidate.objects.get()
    assert (pair.left_id, pair.right_id, pair.state) == (cast.hanako.pk, cast.far.pk, "distinct")
    assert set(Interaction.objects.filter(kind="customer.unmerged").values_list("customer_id", flat=True)) == {
        cast.hanako.pk,
        cast.far.pk,
    }


def refusal(cast: Cast, wanted: type[DomainError], code: str, **given: Any) -> None:
    before = contents()
    with pytest.raises(wanted) as caught:
        merge(cast, cast.hanako, cast.far, **given)
    assert caught.value.code == code
    assert contents() == before


def test_what_cannot_be_merged_changes_nothing(cast: Cast) -> None:
    refusal(cast, Invalid, "merge_itself", absorbed_uuid=str(cast.hanako.uuid))
    refusal(cast, Invalid, "merge_choice", choices={"name": "both"})
    refusal(cast, Invalid, "merge_choice", choices={"context_seq": "survivor"})
    refusal(cast, NotFound, "not_found", absorbed_uuid="00000000-0000-7000-8000-000000000000")
    refusal(cast, Conflict, "merge_decided", candidate_uuid="00000000-0000-7000-8000-000000000000")
    for role in set(cast.staff) - {"data_steward"}:
        refusal(cast, Refused, "not_allowed", actor=cast.actor(role))
    refusal(cast, Refused, "not_allowed", actor=access.Actor(access.ANONYMOUS))


def test_a_merged_record_is_neither_merged_again_nor_written_to(cast: Cast) -> None:
    merge(cast, cast.hanako, cast.far)
    refusal(cast, Conflict, "merge_absorbed")
    refusal(cast, Conflict, "merge_absorbed", survivor_uuid=str(cast.far.uuid), absorbed_uuid=str(cast.namesake.uuid))
    # a write that names her old uuid reaches the record that stayed
    note = instore.write_note(
        actor=cast.actor("agent"), customer_uuid=str(cast.far.uuid), text="続き", scope="company"
    ).note
    assert note.customer_id == cast.hanako.pk


def test_an_import_of_the_old_number_leaves_both_as_they_are(cast: Cast) -> None:
    merge(cast, cast.hanako, cast.far)
    before = contents()
    row = factories.profile(member_number="90000003", family_name="別姓", phone="090-7777-0000")
    done = profiles.upsert(actor=access.system(access.SYSTEM_IMPORT), rows=[row], source="test:again", source_ids=["1"])
    assert done.outcomes == ["unchanged"]
    assert contents() == before


def test_two_shopper_accounts_both_stay(cast: Cast) -> None:
    account = factories.shopper(customer=cast.far)
    merge(cast, cast.hanako, cast.far)
    assert User.objects.get(pk=account.pk).customer_id == cast.far.pk


def test_kept_apart_for_good(cast: Cast) -> None:
    # given
    pair = MergeCandidate.objects.create(left=cast.hanako, right=cast.namesake, score=60, found_at=NOON)
    # when
    with clock.at(NOON):
        merging.keep_apart(actor=cast.actor("data_steward"), candidate_uuid=str(pair.uuid))
        merging.keep_apart(actor=cast.actor("data_steward"), candidate_uuid=str(pair.uuid))
    # then
    pair.refresh_from_db()
    assert (pair.state, pair.decided_at, pair.decided_by_id) == ("distinct", NOON, cast.staff["data_steward"].pk)
    with pytest.raises(Refused):
        merging.keep_apart(actor=cast.actor("support_lead"), candidate_uuid=str(pair.uuid))
    with pytest.raises(Conflict):
        merge(cast, cast.hanako, cast.namesake, candidate_uuid=str(pair.uuid))
