"""What docs/mission.md says is done or begun, seen as staff see it: through pages and the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib import clock
from customers.models import ContextReceipt, Customer, Role
from customers.services import consents
from journeys.models import Channel, Interaction
from tests import factories
from tests.cast import Cast

DEPARTMENTS = {
    "marketing": Role.MARKETING_MANAGER,
    "sales": Role.SALES,
    "service": Role.AGENT,
    "product development": Role.PRODUCT_DEVELOPER,
}
FACES_CUSTOMERS = [Role.CLERK, Role.STORE_MANAGER, Role.AGENT, Role.SUPPORT_LEAD, Role.SALES]


def page_of(client: Client, cast: Cast, role: str, customer: Customer, language: str = "en", **asked: str) -> str:
    """Return the customer page as a role reads it."""
    client.force_login(cast.staff[role])
    address = reverse("customer-page", args=[customer.uuid])
    answer = client.get(address, asked, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def story_of(client: Client, cast: Cast, customer: Customer, **asked: str) -> list[dict[str, Any]]:
    """Return the timeline over the API as an agent gets it."""
    client.force_login(cast.staff[Role.AGENT])
    answer = client.get(reverse("api:customer-timeline", args=[customer.uuid]), asked)
    assert answer.status_code == 200
    return [entry for entry in answer.json()["data"] if entry["kind"] != "profile.created"]


def live_through_every_channel(customer: Customer) -> None:
    """One fact on each channel, an hour apart, told in no particular order."""
    now = clock.now()
    for hours, channel in enumerate(Channel.values, start=1):
        factories.interaction(
            customer=customer, channel=channel, occurred_at=now - timedelta(hours=hours * 7 % 24), source=channel
        )


def test_one_story_over_every_channel_in_order_of_time(cast: Cast, client: Client) -> None:
    # given
    live_through_every_channel(cast.hanako)
    # when
    told = story_of(client, cast, cast.hanako)
    # then
    assert {entry["channel"] for entry in told} == set(Channel.values)
    times = [entry["occurred_at"] for entry in told]
    assert times == sorted(times, reverse=True)


def test_the_channel_list_holds_every_channel_the_articles_name(cast: Cast, client: Client) -> None:
    page = page_of(client, cast, Role.CLERK, cast.hanako)
    for channel in ("store", "web", "app", "social", "email", "phone", "line"):
        assert f'<option value="{channel}"' in page


def test_webinar_newspaper_pamphlet_and_events_are_channels(cast: Cast, client: Client) -> None:
    page = page_of(client, cast, Role.CLERK, cast.hanako)
    for channel in ("webinar", "newspaper", "pamphlet", "event"):
        assert f'<option value="{channel}"' in page


def test_the_timeline_is_filtered_by_channel_and_kind(cast: Cast, client: Client) -> None:
    live_through_every_channel(cast.hanako)
    assert [entry["channel"] for entry in story_of(client, cast, cast.hanako, channel="line")] == ["line"]
    assert len(story_of(client, cast, cast.hanako, kind="call.received")) == len(Channel.values)
    assert story_of(client, cast, cast.hanako, kind="product.viewed") == []


def test_the_clerk_sees_what_was_looked_at_online(cast: Cast, client: Client) -> None:
    factories.interaction(customer=cast.hanako, kind="product.viewed", channel="web", data={"product": "ウールコート"})
    assert "ウールコート" not in page_of(client, cast, Role.CLERK, cast.hanako)
    # once she has agreed to advice in the store
    consents.state(
        actor=cast.actor(Role.CLERK),
        customer_uuid=str(cast.hanako.uuid),
        channel="store",
        purpose="store_advice",
        is_given=True,
        text_version="1",
        source="test",
        source_id="1",
    )
    assert "ウールコート" in page_of(client, cast, Role.CLERK, cast.hanako)
    assert "ウールコート" not in page_of(client, cast, Role.CLERK, cast.namesake)


def test_calls_and_messages_stand_on_the_timeline_with_their_kind(cast: Cast, client: Client) -> None:
    factories.interaction(customer=cast.hanako, data={"topic": "裾上げ"})
    factories.interaction(customer=cast.hanako, kind="message.received", channel="line", data={"topic": "返品"})
    kinds = {entry["kind"] for entry in story_of(client, cast, cast.hanako)}
    assert kinds == {"call.received", "message.received"}


def test_a_talk_note_of_a_clerk_stands_on_her_screen(cast: Cast, client: Client) -> None:
    client.force_login(cast.staff[Role.CLERK])
    note = {"text": "肩まわりはゆったり", "scope": "store", "key": "k-1"}
    client.post(reverse("customer-note-add", args=[cast.hanako.uuid]), note)
    page = page_of(client, cast, Role.CLERK, cast.hanako)
    assert page.count("肩まわりはゆったり") == 2  # the note and its sentence on the timeline


def test_a_call_logged_by_an_agent_joins_the_timeline(cast: Cast, client: Client) -> None:
    client.force_login(cast.staff[Role.AGENT])
    note = {"text": "お届け日のご相談", "scope": "company", "channel": "phone", "key": "k-2"}
    client.post(reverse("customer-note-add", args=[cast.hanako.uuid]), note)
    told = story_of(client, cast, cast.hanako)
    assert [(entry["channel"], entry["text"]) for entry in told] == [("phone", "お届け日のご相談")]


def test_the_profile_says_since_when_she_is_a_member(cast: Cast, client: Client) -> None:
    today = clock.now().date()
    member = factories.customer(home_store=cast.shibuya, member_since=today)
    assert f"{today:%Y/%m/%d}" in page_of(client, cast, Role.CLERK, member)


def test_screens_speak_two_languages_and_know_hers(cast: Cast, client: Client) -> None:
    guest = factories.customer(home_store=cast.shibuya, language="en")
    assert '<html lang="ja">' in page_of(client, cast, Role.CLERK, guest, language="ja")
    page = page_of(client, cast, Role.CLERK, guest)
    assert '<html lang="en">' in page
    assert "English</dd>" in page


def test_opening_a_customer_is_written_down(cast: Cast, client: Client) -> None:
    page_of(client, cast, Role.AGENT, cast.hanako)
    row = ContextReceipt.objects.get()
    assert (row.customer, row.staff, row.role) == (cast.hanako, cast.staff[Role.AGENT], Role.AGENT)


@pytest.mark.parametrize("role", [Role.MARKETING_MANAGER, Role.EXECUTIVE])
def test_who_has_no_business_with_persons_sees_none(cast: Cast, client: Client, role: str) -> None:
    client.force_login(cast.staff[role])
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("customer-page", args=[cast.hanako.uuid])).status_code == 404
    assert client.post(reverse("customer-search"), {"term": "山田"}).status_code == 403
    assert client.get(reverse("admin:journeys_importrun_add")).status_code == 403
    assert (ContextReceipt.objects.count(), Interaction.objects.filter(kind="note.written").count()) == (0, 0)


@pytest.mark.parametrize("role", DEPARTMENTS.values(), ids=DEPARTMENTS)
def test_each_department_has_a_role_with_a_start_page(cast: Cast, client: Client, role: str) -> None:
    client.force_login(cast.staff[role])
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.parametrize("role", FACES_CUSTOMERS)
def test_who_meets_customers_starts_with_the_one_field(cast: Cast, client: Client, role: str) -> None:
    client.force_login(cast.staff[role])
    assert 'id="find"' in client.get(reverse("home")).content.decode()
