"""The data steward's pages: a pair side by side, merged, taken back, kept apart; and staff who report one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CandidateList, ContextReceipt, Customer, MergeCandidate, MergeEvent
from customers.services import consents, mergedesk, resolution
from tests import factories
from tests.cast import Cast
from tests.customers import lives

BACKEND = "customers.services.signin.StaffBackend"


@pytest.fixture
def pair(cast: Cast) -> MergeCandidate:
    """Hanako and her namesake, who have an e-mail address in common."""
    lives.live(cast, cast.namesake)
    Customer.objects.filter(pk=cast.namesake.pk).update(given_name="華子", birthday=None)
    return resolution.propose(
        actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), other="90000002", reason="ご本人から伺いました"
    )


def browser(cast: Cast, role: str = "data_steward", language: str = "ja") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(cast.staff[role], backend=BACKEND)
    return client


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def send(client: Client, route: str, uuid: Any, **fields: Any) -> Any:
    return client.post(reverse(route, args=[uuid]), {"key": "k-1", **fields}, follow=True)


def sides(pair: MergeCandidate) -> dict[str, Any]:
    return {"survivor": pair.left.uuid, "absorbed": pair.right.uuid}


def test_the_list_shows_masked_people_and_why(cast: Cast, pair: MergeCandidate) -> None:
    page = browser(cast, language="en").get(reverse("merges"))
    text = words(page)
    assert "山田 花•••" in text
    assert "山田 華•••" in text
    assert "090-1111" not in text
    assert "a colleague says so" in text
    assert "ご本人から伺いました" in text
    assert CandidateList.objects.get(method="merges").customer_ids == sorted([cast.hanako.pk, cast.namesake.pk])


def test_only_differing_rows_stand_side_by_side_and_both_openings_are_logged(cast: Cast, pair: MergeCandidate) -> None:
    # given
    for customer, is_given in ((cast.hanako, True), (cast.namesake, False)):
        consents.state(
            actor=cast.actor("agent"), customer_uuid=str(customer.uuid), channel="line", purpose="marketing",
            is_given=is_given, text_version="v1", source="test",
        )  # fmt: skip
    before = ContextReceipt.objects.count()
    # when
    page = browser(cast, language="en").get(reverse("merge-review", args=[pair.uuid])).content.decode()
    # then
    differing = page.partition('id="fields-head"')[2].partition("<details>")[0]
    assert re.findall(r'<th scope="row">([^<]+)</th>', differing) == [
        "Name",
        "Member number",
        "Birthday",
        "Household",
        "Phone",
        "Address",
        "E-mail: Marketing",
        "LINE: Marketing",
    ]
    assert 'name="side-name" value="survivor" checked' in differing
    assert "Reading" in page.partition("<details>")[2]
    assert "refused" in differing.partition("LINE: Marketing")[2].rpartition("<b>")[2]
    moved = re.findall(r'<tr><th scope="row">([^<]+)</th><td class="y-n">(\d+)</td><td class="y-n">(\d+)</td>', page)
    assert ("orders", "0", "1") in moved
    assert ("notes", "0", "1") in moved
    assert ContextReceipt.objects.count() - before == 2


def test_the_other_one_may_stay(cast: Cast, pair: MergeCandidate) -> None:
    page = browser(cast).get(reverse("merge-review", args=[pair.uuid]) + "?keep=right").content.decode()
    assert f'name="survivor" value="{cast.namesake.uuid}"' in page
    assert f'name="absorbed" value="{cast.hanako.uuid}"' in page


def test_merged_and_taken_back_from_the_list(cast: Cast, pair: MergeCandidate) -> None:
    client = browser(cast)
    # when
    page = words(send(client, "merge-do", pair.uuid, **sides(pair), **{"side-name": "absorbed"}))
    # then
    event = MergeEvent.objects.get()
    assert event.choices == {"name": "absorbed"}
    assert Customer.objects.get(pk=cast.hanako.pk).given_name == "華子"
    assert reverse("merge-undo", args=[event.uuid]) in client.get(reverse("merges")).content.decode()
    assert page.count("統合しました") == 1
    # when
    send(client, "merge-undo", event.uuid, key="k-2")
    # then
    assert Customer.objects.get(pk=cast.hanako.pk).given_name == "花子"
    assert Customer.objects.get(pk=cast.namesake.pk).merged_into_id is None
    assert "merge-undo" not in client.get(reverse("merges")).content.decode()


def test_a_form_sent_twice_merges_once_and_a_late_one_says_why(cast: Cast, pair: MergeCandidate) -> None:
    client = browser(cast, language="en")
    for _each in range(2):
        send(client, "merge-do", pair.uuid, **sides(pair))
    assert MergeEvent.objects.count() == 1
    page = words(send(client, "merge-apart", pair.uuid, key="k-3"))
    assert "Somebody has decided this pair already." in page
    assert MergeCandidate.objects.get(pk=pair.pk).state == "merged"


def test_kept_apart_the_pair_is_gone_from_the_list(cast: Cast, pair: MergeCandidate) -> None:
    client = browser(cast)
    send(client, "merge-apart", pair.uuid)
    assert client.get(reverse("merge-review", args=[pair.uuid])).status_code == 404
    assert MergeCandidate.objects.get(pk=pair.pk).state == "distinct"
    assert not MergeEvent.objects.exists()


def test_a_support_lead_reads_and_does_not_decide(cast: Cast, pair: MergeCandidate) -> None:
    client = browser(cast, "support_lead", language="en")
    page = client.get(reverse("merge-review", args=[pair.uuid])).content.decode()
    assert "A data steward decides." in page
    assert reverse("merge-apart", args=[pair.uuid]) not in page
    assert send(client, "merge-do", pair.uuid, **sides(pair)).status_code == 404
    assert send(client, "merge-apart", pair.uuid).status_code == 404
    assert not MergeEvent.objects.exists()
    assert MergeCandidate.objects.get(pk=pair.pk).state == "open"


def test_the_old_address_leads_to_the_record_that_stayed(cast: Cast, pair: MergeCandidate) -> None:
    send(browser(cast), "merge-do", pair.uuid, **sides(pair))
    agent = browser(cast, "agent")
    answer = agent.get(reverse("customer-page", args=[cast.namesake.uuid]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("customer-page", args=[cast.hanako.uuid]))
    over_api = agent.get(reverse("api:customer", args=[cast.namesake.uuid])).json()
    assert over_api["uuid"] == str(cast.hanako.uuid)


@pytest.mark.parametrize("given", [{"survivor": "x", "absorbed": "y"}, {"survivor": "", "absorbed": ""}])
def test_a_form_that_names_nobody_merges_nobody(cast: Cast, pair: MergeCandidate, given: dict[str, str]) -> None:
    answer = send(browser(cast), "merge-do", pair.uuid, **given)
    assert answer.status_code in {200, 404}
    assert not MergeEvent.objects.exists()


def test_store_staff_report_a_second_record(cast: Cast) -> None:
    client = browser(cast, "clerk")
    given = {"other": "90000002", "reason": "カードを2枚お持ちでした"}
    # when
    page = words(send(client, "customer-merge-propose", cast.hanako.uuid, **given))
    # then
    assert "引き継ぎました" in page
    assert MergeCandidate.objects.get().proposed_by_id == cast.staff["clerk"].pk
    # and what is wrong comes back with what was typed
    again = send(client, "customer-merge-propose", cast.hanako.uuid, key="k-9", other="9999", reason="x")
    assert again.status_code == 422
    assert 'value="9999"' in again.content.decode()


def test_the_list_costs_the_same_for_one_pair_and_for_many(cast: Cast, django_assert_num_queries: Any) -> None:
    rare = {"family_name": "勅使河原", "family_kana": "テシガワラ"}
    people = [factories.customer(**rare, email=(f"{n}@example.jp", "x")) for n in range(4) for _each in "ab"]
    resolution.look(customer_ids=[row.pk for row in people])
    # 1 pairs  2 people  3 their identifiers  4 merges  5 savepoint  6 the log  7 its end
    with django_assert_num_queries(7):
        assert len(mergedesk.open_queue(actor=cast.actor("data_steward")).pairs) >= 4
