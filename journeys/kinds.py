"""The kinds this room puts on the timeline. To add one, see docs/tutorial.md."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journeys.hooks import WITH_CUSTOMER, Kind, interaction_kinds
from journeys.selectors import kindwords


def erase_all(_data: dict[str, Any]) -> dict[str, Any]:
    """Nothing of the payload stays."""
    return {}


def keep_all(data: dict[str, Any]) -> dict[str, Any]:
    """The payload names no person (field names, counts) and stays."""
    return data


# The printed code she named, and where it is printed: told at the end of the sentence (selectors.timeline).
PRINTED = ("source_code", "source_label")

KINDS = (
    Kind(
        name="profile.created",
        label=_("Became a member"),
        icon="person-plus",
        sentence=_("Became a member"),
        retention=WITH_CUSTOMER,
        fields=("fields",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="profile.corrected",
        label=_("Profile corrected"),
        icon="pencil",
        sentence=_("Profile corrected"),
        retention=WITH_CUSTOMER,
        fields=("fields",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="note.written",
        label=pgettext_lazy("timeline", "Note"),
        icon="note",
        sentence=_("Note written"),
        retention=WITH_CUSTOMER,
        erase=erase_all,
    ),
    Kind(
        name="visit.made",
        label=_("Store visit"),
        icon="store",
        sentence=_("Visited the store"),
        retention=WITH_CUSTOMER,
        fields=PRINTED,
        is_material=False,
        ties=True,
        erase=erase_all,
    ),
    Kind(
        name="product.viewed",
        label=_("Product viewed"),
        icon="eye",
        sentence=_("Looked at %(product)s"),
        retention=WITH_CUSTOMER,
        fields=("product",),
        is_material=False,
        is_browsing=True,
        erase=erase_all,
        speak=kindwords.goods,
    ),
    Kind(
        name="call.received",
        label=_("Phone call"),
        icon="phone",
        sentence=_("Called us about %(topic)s"),
        retention=WITH_CUSTOMER,
        fields=("topic", *PRINTED),
        erase=erase_all,
    ),
    Kind(
        name="message.received",
        label=_("Message"),
        icon="message",
        sentence=_("Wrote to us about %(topic)s"),
        retention=WITH_CUSTOMER,
        fields=("topic", *PRINTED),
        erase=erase_all,
    ),
    Kind(
        name="talk.held",
        label=_("Talk at the counter"),
        icon="message",
        sentence=_("Talked in the store about %(topic)s"),
        retention=WITH_CUSTOMER,
        ties=True,
        fields=("topic", *PRINTED),
        erase=erase_all,
    ),
    Kind(
        name="code.named",
        label=_("Printed code"),
        icon="tag",
        sentence=_("Named a printed code"),
        retention=WITH_CUSTOMER,
        fields=PRINTED,
        erase=erase_all,
    ),
    Kind(
        name="wish.added",
        label=_("Wish"),
        icon="heart",
        sentence=_("Wishes for %(product)s"),
        retention=WITH_CUSTOMER,
        fields=("product",),
        is_material=False,
        erase=erase_all,
        speak=kindwords.goods,
    ),
    Kind(
        name="wish.removed",
        label=_("Wish removed"),
        icon="heart",
        sentence=_("Does not wish for %(product)s any more"),
        retention=WITH_CUSTOMER,
        fields=("product",),
        is_material=False,
        erase=erase_all,
        speak=kindwords.goods,
    ),
    Kind(
        name="interest.saved",
        label=_("Looking for"),
        icon="heart",
        sentence=_("Is looking for %(interest)s"),
        retention=WITH_CUSTOMER,
        fields=("interest",),
        is_material=False,
        erase=erase_all,
        speak=kindwords.goods,
    ),
    Kind(
        name="interest.ended",
        label=_("No longer looking for"),
        icon="heart",
        sentence=_("Is not looking for %(interest)s any more"),
        retention=WITH_CUSTOMER,
        fields=("interest",),
        is_material=False,
        erase=erase_all,
        speak=kindwords.goods,
    ),
    Kind(
        name="tryon.recorded",
        label=_("Try-on"),
        icon="hanger",
        sentence=_("Tried on %(product)s: %(outcome)s"),
        retention=WITH_CUSTOMER,
        ties=True,
        fields=kindwords.TRYON_FIELDS,
        is_material=False,
        erase=erase_all,
        speak=kindwords.tryon,
    ),
    Kind(
        name="tryon.decided",
        label=_("Try-on decided"),
        icon="hanger",
        sentence=_("Decided about %(product)s: %(outcome)s"),
        retention=WITH_CUSTOMER,
        fields=kindwords.TRYON_FIELDS,
        is_material=False,
        erase=erase_all,
        speak=kindwords.tryon,
    ),
    Kind(
        name="promise.kept",
        label=_("Promise kept"),
        icon="check",
        sentence=_("A promise was kept"),
        retention=WITH_CUSTOMER,
        erase=erase_all,
    ),
    Kind(
        name="complaint.opened",
        label=_("Complaint opened"),
        icon="flag",
        sentence=_("Something went wrong: %(category)s"),
        retention=WITH_CUSTOMER,
        fields=("category",),
        erase=erase_all,
        speak=kindwords.complaint,
    ),
    Kind(
        name="complaint.closed",
        label=_("Complaint closed"),
        icon="flag",
        sentence=_("Settled what went wrong: %(category)s"),
        retention=WITH_CUSTOMER,
        fields=("category",),
        erase=erase_all,
        speak=kindwords.complaint,
    ),
    Kind(
        name="consent.given",
        label=_("Consent given"),
        icon="check",
        sentence=_("Allowed contact (%(channel)s: %(purpose)s)"),
        retention=WITH_CUSTOMER,
        fields=("channel", "purpose", "text_version"),
        is_personal=False,
        erase=keep_all,
        speak=kindwords.consent,
    ),
    Kind(
        name="consent.withdrawn",
        label=_("Consent withdrawn"),
        icon="lock",
        sentence=_("Refused contact (%(channel)s: %(purpose)s)"),
        retention=WITH_CUSTOMER,
        fields=("channel", "purpose", "text_version"),
        is_personal=False,
        erase=keep_all,
        speak=kindwords.consent,
    ),
    Kind(
        name="hold.placed",
        label=_("No selling for now"),
        icon="lock",
        sentence=_("Not to be sold to for now"),
        retention=WITH_CUSTOMER,
        fields=("reason",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="hold.lifted",
        label=_("Selling allowed again"),
        icon="check",
        sentence=_("May be sold to again"),
        retention=WITH_CUSTOMER,
        fields=("reason",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="identity.added",
        label=_("New way to recognise the customer"),
        icon="card",
        sentence=_("New way to recognise the customer"),
        retention=WITH_CUSTOMER,
        is_material=False,
        fields=("kind",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="customer.merged",
        label=_("Two records merged"),
        icon="person-plus",
        sentence=_("Two records of this customer were merged"),
        retention=WITH_CUSTOMER,
        fields=("rule",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="customer.unmerged",
        label=_("Merge taken back"),
        icon="person",
        sentence=_("A merge of this customer was taken back"),
        retention=WITH_CUSTOMER,
        fields=("rule",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="identity.mistaken",
        label=_("Opened by mistake"),
        icon="eye",
        sentence=_("Opened in the store by mistake: another person stood there"),
        retention=WITH_CUSTOMER,
        is_material=False,
        fields=(),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="task.finished",
        label=_("Task finished"),
        icon="check",
        sentence=_("A task about the customer was finished"),
        retention=WITH_CUSTOMER,
        is_material=False,
        fields=("result",),
        is_personal=False,
        erase=keep_all,
    ),
    *(
        Kind(
            name=name,
            label=label,
            icon="box",
            sentence=sentence,
            retention=WITH_CUSTOMER,
            fields=("items",),
            ties=name == "reservation.placed",
            erase=erase_all,
            speak=kindwords.goods,
        )
        for name, label, sentence in (
            ("reservation.placed", _("Reserved in a store"), _("Had %(items)s put aside")),
            ("reservation.ready", _("Reservation ready"), _("Put aside and ready: %(items)s")),
            ("reservation.collected", _("Reservation collected"), _("Collected what was put aside: %(items)s")),
            ("reservation.cancelled", _("Reservation cancelled"), _("Called off what was put aside: %(items)s")),
            ("reservation.expired", _("Reservation expired"), _("Did not collect in time: %(items)s")),
        )
    ),
    *(
        Kind(
            name=name,
            label=label,
            icon=icon,
            sentence=sentence,
            retention=WITH_CUSTOMER,
            fields=("items",),
            ties=name == "order.placed",
            erase=erase_all,
            speak=kindwords.goods,
        )
        for name, icon, label, sentence in (
            ("order.placed", "bag", _("Purchase"), _("Bought %(items)s")),
            ("order.shipped", "truck", _("Order shipped"), _("Sent to the customer: %(items)s")),
            ("order.delivered", "box", _("Order delivered"), _("Arrived at the customer: %(items)s")),
            ("order.late", "clock", _("Order late"), _("Late on its way to the customer: %(items)s")),
            ("order.cancelled", "lock", _("Order called off"), _("Called off before delivery: %(items)s")),
            ("order.returned", "back", _("Return"), _("Brought or sent back: %(items)s")),
        )
    ),
    *(
        Kind(
            name=name,
            label=label,
            icon="bag",
            sentence=sentence,
            retention=WITH_CUSTOMER,
            fields=("items",),
            is_browsing=True,
            erase=erase_all,
            speak=kindwords.goods,
        )
        for name, label, sentence in (
            ("cart.updated", _("Online cart"), _("Has in the online cart: %(items)s")),
            ("cart.recovered", _("Cart closed in a store"), _("Bought in the store what was in the cart: %(items)s")),
        )
    ),
)


def register() -> None:
    """Put this room's kinds on the hook; called once from AppConfig.ready()."""
    for order, kind in enumerate(KINDS):
        interaction_kinds.register(kind.name, kind, order=order)
