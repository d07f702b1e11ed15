"""Opening lines: at most three, each with its reason, nothing for sale while a complaint is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from config.lib import clock
from config.lib.errors import Invalid, NotFound
from customers import access, hooks
from customers.models import ContextReceipt, Customer
from journeys.hooks import Talk, talk_prompt
from journeys.models import Channel, PromptAnswer, Variant
from journeys.selectors import prompts
from journeys.selectors.things import Floor
from journeys.services import complaints, instore, wishlists
from journeys.services import prompts as service
from tests import factories
from tests.cast import Cast

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
APRIL = datetime(2027, 4, 10, 3, 0, tzinfo=UTC)


def seen(cast: Cast, at: datetime = NOON, customer: Customer | None = None) -> prompts.Prompts:
    """What the clerk is told to say to Hanako at this moment."""
    with clock.at(at), override("en"):
        return prompts.for_customer(actor=cast.actor("clerk"), customer=customer or cast.hanako)


def keys(cast: Cast, at: datetime = NOON) -> list[str]:
    """The kinds of prompts shown, in order."""
    return [each.key.partition(":")[0] for each in seen(cast, at).shown]


def wish(cast: Cast, variant: Variant) -> None:
    """Let Hanako wish for it, at noon."""
    with clock.at(NOON):
        wishlists.wish(
            actor=cast.actor("clerk"),
            customer_uuid=str(cast.hanako.uuid),
            style_id=variant.style_id,
            variant_id=variant.pk,
            channel="web",
        )


def here(cast: Cast, pieces: int = 1, at: datetime = NOON, **given: Any) -> Variant:
    """A variant of which the clerk's store has so many pieces."""
    with clock.at(at):
        variant = factories.variant(**given)
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=pieces)
    return variant


def tried(cast: Cast, variant: Variant, **given: Any) -> None:
    """Let Hanako try it on and not buy it."""
    told = {"outcome": "not_bought", "reason": "thinking", **given}
    with clock.at(NOON):
        instore.record_tryon(
            actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), variant_id=variant.pk, **told
        )


def promise(cast: Cast) -> None:
    """Promise Hanako something for today."""
    with clock.at(NOON):
        instore.write_note(
            actor=cast.actor("clerk"),
            customer_uuid=str(cast.hanako.uuid),
            text="裾上げの見本を見せる",
            scope="company",
            type="promise",
            due_on=NOON.date(),
        )


def complain(cast: Cast) -> None:
    """Open a complaint of Hanako's."""
    complaints.open_complaint(
        actor=cast.actor("clerk"),
        customer_uuid=str(cast.hanako.uuid),
        category="late",
        about="遅れ",
        say="",
        do_not_say="",
    )


def answer(cast: Cast, key: str, said: str, at: datetime = NOON) -> PromptAnswer:
    """Let the clerk answer."""
    with clock.at(at):
        return service.answer(actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), prompt=key, answer=said)


def test_the_order_is_promise_try_on_wish_and_three_is_enough(cast: Cast) -> None:
    # given one of each, and a birthday month
    Customer.objects.filter(pk=cast.hanako.pk).update(birthday=NOON.date())
    cast.hanako.refresh_from_db()
    wish(cast, here(cast))
    tried(cast, here(cast))
    promise(cast)
    # then
    assert keys(cast) == ["promise", "tried", "wish"]


def test_each_has_words_a_reason_and_its_day(cast: Cast) -> None:
    fits = here(cast, style="PANTS", name_en="Tapered trousers", colour="", size="40")
    with clock.at(NOON):
        small = factories.variant(style="PANTS", name_en="Tapered trousers", colour="", size="38")
    tried(cast, small, reason="size", better_size=fits.size)
    promise(cast)
    first, second = seen(cast).shown
    assert (first.words, first.reason) == (
        "About what we promised: 裾上げの見本を見せる",
        "A promise due on 2026/11/20",
    )
    assert (second.words, second.reason) == (
        "The Tapered trousers you tried on is here in 40 now.",
        "Try-on: not bought (Size; 40 would fit)",
    )
    assert {each.reason_on for each in (first, second)} == {NOON.date()}


@pytest.mark.parametrize("reason", ["price", "colour", "fit", "fabric"])
def test_what_she_did_not_like_is_not_brought_up_again(cast: Cast, reason: str) -> None:
    tried(cast, here(cast), reason=reason)
    assert keys(cast) == []


def test_what_is_not_here_or_counted_long_ago_is_not_offered(cast: Cast) -> None:
    wish(cast, here(cast, 0))
    wish(cast, here(cast, 3, at=NOON - timedelta(hours=1)))
    assert keys(cast) == []


def test_the_birthday_month_is_greeted_once_a_year(cast: Cast) -> None:
    found = seen(cast, APRIL).shown
    assert [(each.key, each.words) for each in found] == [("birthday:2027", "Happy birthday this month.")]
    assert "04/01" not in str(found)
    assert "1990" not in str(found)
    assert keys(cast, APRIL + timedelta(days=30)) == []


def test_while_a_complaint_is_open_nothing_is_for_sale(cast: Cast) -> None:
    wish(cast, here(cast))
    tried(cast, here(cast))
    promise(cast)
    complain(cast)
    with override("en"):
        found = seen(cast)
    assert [each.key.partition(":")[0] for each in found.shown] == ["promise"]
    assert (found.held_back, found.why_held) == (2, "a complaint is open")


def test_what_she_only_looked_at_is_never_told(cast: Cast) -> None:
    # given she looked at a coat that is here
    coat = here(cast, name_en="Secret coat", name_ja="秘密のコート")
    factories.interaction(
        customer=cast.hanako,
        kind="product.viewed",
        channel=Channel.WEB,
        data={"product": "秘密のコート"},
        product_ids=[coat.style_id],
    )
    promise(cast)
    # then
    found = seen(cast)
    assert [each.key.partition(":")[0] for each in found.shown] == ["promise"]
    assert "秘密" not in str(found)
    assert "Secret" not in str(found)


@pytest.mark.parametrize("said", ["used", "wrong"])
def test_used_and_wrong_end_it_for_good(cast: Cast, said: str) -> None:
    promise(cast)
    answer(cast, seen(cast).shown[0].key, said)
    assert keys(cast, NOON + timedelta(days=40)) == []


def test_later_is_another_day(cast: Cast) -> None:
    promise(cast)
    answer(cast, seen(cast).shown[0].key, "later")
    assert (keys(cast), keys(cast, NOON + timedelta(days=1))) == ([], ["promise"])


def opened(client: Client, cast: Cast, query: str = "") -> Any:
    """Let the clerk open Hanako's page."""
    client.force_login(cast.staff["clerk"])
    client.raise_request_exception = False
    return client.get(reverse("customer-page", args=[cast.hanako.uuid]) + query)


def test_passed_over_on_three_days_it_disappears(cast: Cast, client: Client) -> None:
    promise(cast)
    for day in range(3):
        moment = NOON + timedelta(days=day)
        assert keys(cast, moment) == ["promise"]
        # and the page is opened more than once that day
        for _time in range(2):
            with clock.at(moment + timedelta(minutes=_time)):
                assert opened(client, cast).status_code == 200
    assert PromptAnswer.objects.filter(answer="shown").count() == 3
    assert keys(cast, NOON + timedelta(days=3)) == []


def test_a_page_that_is_refused_showed_nothing(cast: Cast, client: Client) -> None:
    promise(cast)
    assert opened(client, cast, "?" + "a=1&" * 5_000).status_code == 400
    assert (PromptAnswer.objects.count(), ContextReceipt.objects.count()) == (0, 0)


def test_what_was_shown_is_kept_with_the_opening_or_not_at_all(cast: Cast, client: Client) -> None:
    # given a later panel that cannot keep what it showed
    def broken(*, customer: Customer, actor: access.Actor, data: dict[str, Any]) -> None:
        raise Invalid("broken", "broken")

    promise(cast)
    panel = hooks.customer_panel.plugs()[0].value
    # when
    with hooks.customer_panel.register_temporarily("broken", replace(panel, note=broken), order=99):
        answered = opened(client, cast)
    # then
    assert answered.status_code == 422
    assert (PromptAnswer.objects.count(), ContextReceipt.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("key", "said", "code"),
    [("promise:1", "shown", "prompt_answer"), ("promise:1", "", "prompt_answer"), ("no key", "used", "prompt")],
)
def test_an_answer_that_cannot_be_is_refused(cast: Cast, key: str, said: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answer(cast, key, said)
    assert refusal.value.code == code
    assert PromptAnswer.objects.count() == 0


@pytest.mark.parametrize("name", ["other_clerk", "agent", "marketer", "bare"])
def test_others_answer_nothing(cast: Cast, name: str) -> None:
    actor = access.actor_of(cast.members()[name])
    with pytest.raises(NotFound):
        service.answer(actor=actor, customer_uuid=str(cast.hanako.uuid), prompt="promise:1", answer="used")
    assert PromptAnswer.objects.count() == 0


def test_a_room_above_joins_by_the_hook(cast: Cast) -> None:
    def points(*, floor: Floor) -> list[Talk]:
        return [Talk(f"points:{floor.customer.pk}", prompts.Priority.EXPIRING, "Points", "500 expire", "Ledger", NOON)]

    wish(cast, here(cast))
    with talk_prompt.register_temporarily("loyalty.points", points):
        assert keys(cast) == ["wish", "points"]


def test_prompts_cost_six_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    for _number in range(3):
        wish(cast, here(cast))
        tried(cast, here(cast))
    promise(cast)
    # 1 promises, 2 wishes, 3 try-ons, 4 stock, 5 answers, 6 holds
    with django_assert_num_queries(6):
        assert len(seen(cast).shown) == 3


def test_the_page_shows_them_and_takes_the_answer(cast: Cast) -> None:
    with clock.at(clock.now()):
        variant = factories.variant(name_en="Wool coat")
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=1)
    wish(cast, variant)
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.staff["clerk"])
    page = reverse("customer-page", args=[cast.hanako.uuid])
    text = client.get(page).content.decode()
    assert "We have the Wool coat 紺 M here today." in text
    # when
    key = PromptAnswer.objects.get(answer="shown").prompt
    address = reverse("customer-prompt-answer", args=[cast.hanako.uuid])
    for _time in range(2):
        assert client.post(address, {"key": "k-1", "prompt": key, "answer": "used"})["Location"] == page
    # then
    assert PromptAnswer.objects.filter(answer="used").count() == 1
    assert "here today" not in client.get(page).content.decode()


def test_the_office_sees_no_opening_lines(cast: Cast) -> None:
    promise(cast)
    client = Client()
    client.force_login(cast.staff["agent"])
    assert "panel-prompts" not in client.get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    assert PromptAnswer.objects.count() == 0
