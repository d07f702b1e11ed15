"""The one timeline: told once, never changed, and whoever speaks next can tell that something happened."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from config.lib.errors import Conflict
from customers import access
from customers.models import Customer
from customers.services import locks
from journeys.models import Interaction
from journeys.services import timeline
from tests import factories
from tests.cast import Cast

CALL = {
    "kind": "call.received",
    "occurred_at": factories.NOON,
    "channel": "phone",
    "source": "pbx",
    "source_id": "c-1",
    "data": {"topic": "返品"},
}


def tell(customer: Customer, **given: object) -> int:
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer.pk])
        return timeline.record(customer_id=customer.pk, **{**CALL, **given})


def test_a_fact_stands_on_the_timeline_as_told(cast: Cast) -> None:
    # when
    pk = tell(cast.hanako, actor=cast.actor("agent"), text="お電話", product_ids=[3, 5], subject=("call", 9))
    # then
    row = Interaction.objects.get(pk=pk)
    assert (row.kind, row.channel, row.text, row.data) == ("call.received", "phone", "お電話", {"topic": "返品"})
    assert (row.product_ids, row.subject_kind, row.subject_id) == ([3, 5], "call", 9)
    assert (row.occurred_at, row.actor_id) == (factories.NOON, cast.staff["agent"].pk)


def test_a_material_fact_raises_the_context_and_a_view_does_not(cast: Cast) -> None:
    before = Customer.objects.get(pk=cast.hanako.pk).context_seq
    tell(cast.hanako)
    assert Customer.objects.get(pk=cast.hanako.pk).context_seq == before + 1
    tell(cast.hanako, kind="product.viewed", source_id="v-1", channel="web", data={"product": "コート"})
    assert Customer.objects.get(pk=cast.hanako.pk).context_seq == before + 1


def test_the_same_fact_twice_is_already_there(cast: Cast) -> None:
    first = tell(cast.hanako)
    seq = Customer.objects.get(pk=cast.hanako.pk).context_seq
    assert tell(cast.hanako) == first
    assert Interaction.objects.filter(source="pbx").count() == 1
    assert Customer.objects.get(pk=cast.hanako.pk).context_seq == seq


@pytest.mark.parametrize(
    "other",
    [
        {"data": {"topic": "裾上げ"}},
        {"occurred_at": factories.NOON + timedelta(seconds=1)},
        {"text": "x"},
        {"channel": "line"},
    ],
)
def test_the_same_key_with_other_content_is_a_conflict(cast: Cast, other: dict[str, object]) -> None:
    pk = tell(cast.hanako)
    with pytest.raises(Conflict) as refused:
        tell(cast.hanako, **other)
    assert refused.value.code == "already_told_differently"
    assert Interaction.objects.get(pk=pk).data == {"topic": "返品"}


def test_the_same_key_for_the_namesake_is_a_conflict(cast: Cast) -> None:
    tell(cast.hanako)
    with pytest.raises(Conflict):
        tell(cast.namesake)
    assert not Interaction.objects.filter(customer=cast.namesake, source="pbx").exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "call.invented"}, LookupError),
        ({"data": {"topic": "x", "secret": "y"}}, ValueError),
        ({"channel": "fax"}, LookupError),
        ({"occurred_at": factories.NOON.replace(tzinfo=None)}, ValueError),
        ({"source_id": ""}, ValueError),
    ],
)
def test_what_is_not_registered_is_refused(cast: Cast, wrong: dict[str, object], error: type[Exception]) -> None:
    before = Interaction.objects.count()
    with pytest.raises(error):
        tell(cast.hanako, **wrong)
    assert Interaction.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_told() -> None:
    customer = factories.customer()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        timeline.record(customer_id=customer.pk, **CALL)
    assert Interaction.objects.filter(source="pbx").count() == 0


def test_a_material_fact_needs_the_customer_held(cast: Cast) -> None:
    customer = Customer.objects.get(pk=cast.hanako.pk)
    with transaction.atomic():
        connection.cursor().execute("SELECT set_config('yorisoi.held', '', true)")
        with pytest.raises(timeline.UnlockedCustomer):
            timeline.record(customer_id=customer.pk, **CALL)
    assert Interaction.objects.filter(source="pbx").count() == 0


def test_a_lock_ends_with_its_savepoint(cast: Cast) -> None:
    connection.cursor().execute("SELECT set_config('yorisoi.held', '', true)")
    savepoint = transaction.savepoint()
    locks.hold_customers(customer_ids=[cast.hanako.pk])
    transaction.savepoint_rollback(savepoint)
    with pytest.raises(timeline.UnlockedCustomer), transaction.atomic():
        timeline.record(customer_id=cast.hanako.pk, **CALL)


@pytest.mark.parametrize("sql", ["UPDATE journeys_interaction SET text = 'x'", "DELETE FROM journeys_interaction",
    "UPDATE journeys_interaction SET erased_at = now(), text = ''"])  # fmt: skip
def test_the_database_refuses_changes(cast: Cast, sql: str) -> None:
    pk = tell(cast.hanako, text="もとのまま")
    with pytest.raises(IntegrityError, match="the timeline is append-only"), transaction.atomic():
        connection.cursor().execute(sql)
    assert Interaction.objects.get(pk=pk).text == "もとのまま"


def test_even_while_erasing_the_skeleton_stays(cast: Cast) -> None:
    pk = tell(cast.hanako)
    change = "UPDATE journeys_interaction SET kind = 'x.y', text = '', erased_at = now() WHERE id = %s"
    connection.cursor().execute("SELECT set_config('yorisoi.erasing', 'on', true)")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(change, [pk])
    assert Interaction.objects.get(pk=pk).kind == "call.received"


def test_erasing_blanks_words_and_payload_and_keeps_the_skeleton(cast: Cast) -> None:
    pk = tell(cast.hanako, text="お電話")
    other = tell(cast.namesake, source_id="c-2", text="別の方")
    # when
    erased = timeline.erase(customer_id=cast.hanako.pk)
    # then
    row = Interaction.objects.get(pk=pk)
    assert erased == Interaction.objects.filter(customer=cast.hanako).count()
    assert (row.text, row.data, bytes(row.fingerprint), row.kind) == ("", {}, b"", "call.received")
    assert row.erased_at is not None
    assert Interaction.objects.get(pk=other).text == "別の方"
    # and the old fact coming in again stays erased
    assert tell(cast.hanako, text="お電話") == pk
    assert Interaction.objects.get(pk=pk).text == ""


def test_record_many_writes_a_thousand_facts_in_two_statements(cast: Cast, django_assert_num_queries: object) -> None:
    facts = [
        timeline.Fact(customer_id=cast.hanako.pk, **{**CALL, "source_id": f"m-{number}"}) for number in range(1000)
    ]
    with transaction.atomic():
        locks.hold_customers(customer_ids=[cast.hanako.pk])
        # 1 insert of all rows, 2 context_seq
        with django_assert_num_queries(2):  # type: ignore[operator]
            ids = timeline.record_many(facts=facts)
    assert len(set(ids)) == 1000
    assert Interaction.objects.filter(customer=cast.hanako, source="pbx").count() == 1000


def test_a_correction_is_a_new_row(cast: Cast) -> None:
    wrong = tell(cast.hanako)
    right = tell(cast.hanako, source_id="c-1b", data={"topic": "交換"}, corrects_id=wrong)
    assert Interaction.objects.get(pk=right).corrects_id == wrong
    assert Interaction.objects.get(pk=wrong).data == {"topic": "返品"}


def test_a_job_is_named_as_actor_without_an_account(cast: Cast) -> None:
    pk = tell(cast.hanako, actor=access.system(access.SYSTEM_IMPORT))
    assert Interaction.objects.get(pk=pk).actor_id is None


def test_one_key_told_two_ways_in_one_batch_is_refused_whole(cast: Cast) -> None:
    facts = [
        timeline.Fact(customer_id=cast.hanako.pk, **{**CALL, "data": {"topic": topic}}) for topic in ("返品", "交換")
    ]
    locks.hold_customers(customer_ids=[cast.hanako.pk])
    with pytest.raises(Conflict) as refused, transaction.atomic():
        timeline.record_many(facts=facts)
    assert refused.value.code == "already_told_differently"
    assert Interaction.objects.filter(source="pbx").count() == 0
