"""The floor of the Greek shop: goods, counts, wishes, try-ons, promises, complaints, reservations in every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import Customer, StaffTask, Store
from customers.services import devices, stafftasks
from journeys.models import Category, Complaint, Note, Reservation, SavedInterest, SourceCode, TryOn, Variant, WishItem
from journeys.selectors.instore import today_here
from journeys.services import catalog, complaints, instore, reservations, sourcecodes, stock, wishlists

Acting = Callable[[str], Actor]
SIZES = ("Σ", "Μ", "Λ")
STYLES = 8
DEMO = access.system(access.SYSTEM_DEMO)


@dataclass
class Floor:
    """What the addresses and forms of the floor need. `goods` holds one variant of each style, in order."""

    goods: list[Variant] = field(default_factory=list)
    tryons: list[TryOn] = field(default_factory=list)
    wishes: list[WishItem] = field(default_factory=list)
    interests: list[SavedInterest] = field(default_factory=list)
    promises: list[Note] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    tasks: list[StaffTask] = field(default_factory=list)
    codes: list[SourceCode] = field(default_factory=list)


def furnish(floor: Floor, *, stores: list[Store], customers: list[Customer], acting: Acting) -> None:
    """Create everything the floor's pages can show."""
    now = clock.now()
    _goods(floor)
    _counts(floor, stores, now)
    _wishes(floor, customers, acting)
    _tryons(floor, customers, acting)
    _promises(floor, customers[0], acting)
    _complaints(floor, customers, acting, now)
    _reservations(floor, stores, customers[0], acting, now)
    _tasks(floor, stores[0], customers[0], acting, now)
    _codes(floor, acting)


def _codes(floor: Floor, acting: Acting) -> None:
    """One that counts, one without an end, one that ran out."""
    actor, today = acting("marketer"), today_here()
    for number, (begins, ends) in enumerate(((-9, 9), (-9, None), (-9, -2))):
        made = sourcecodes.make(
            actor=actor,
            channel=sourcecodes.OFFLINE[number],
            label="Εφημεριδα",
            code=f"{number}77",
            valid_from=today + timedelta(days=begins),
            valid_to=None if ends is None else today + timedelta(days=ends),
        )
        floor.codes.append(made)


def _goods(floor: Floor) -> None:
    places = [catalog.CategoryIn("ΕΝΔ", "Ενδυμα", "Ενδυμα"), catalog.CategoryIn("ΠΑΛ", "Παλτο", "Παλτο", "ΕΝΔ")]
    catalog.put_categories(actor=DEMO, rows=[*places, catalog.CategoryIn("ΚΡΥ", "Κρυφο", "Κρυφο", is_discreet=True)])
    for price in (9_800, 7_800):  # the second time as a change
        styles = [
            catalog.StyleIn(
                external_id=f"ΕΙΔ{number}",
                name_ja=f"Φορεμα {number}",
                name_en=f"Φορεμα {number}",
                brand="Μαρκα",
                category_code="ΚΡΥ" if number == STYLES - 1 else "ΠΑΛ",
                attributes={"υλικο": "μαλλι"},
                is_active=number != STYLES - 2,
                variants=tuple(
                    catalog.VariantIn(f"Π{number}{size}", f"ΚΩΔ{number}{size}", price, "μπλε", size, cost=price // 2)
                    for size in SIZES
                ),
            )
            for number in range(STYLES)
        ]
        catalog.put_styles(actor=DEMO, rows=styles, source="πηγη")
    pairs = [catalog.PairIn("ΕΙΔ0", f"ΕΙΔ{number}", number) for number in range(1, 5)]
    catalog.put_pairs(actor=DEMO, rows=pairs, source="πηγη")
    rows = Variant.objects.filter(size="Μ").select_related("style").order_by("style__external_id")
    floor.goods += list(rows)


def _counts(floor: Floor, stores: list[Store], now: datetime) -> None:
    """Here, gone but elsewhere and on its way, counted long ago, and (the fourth) never counted."""
    here, there = (store.code for store in stores)
    sku = [variant.sku for variant in floor.goods]
    rows = [
        stock.StockIn(here, sku[0], 9, now, "Α1"),
        stock.StockIn(here, sku[1], 0, now, incoming=4, incoming_on=today_here() + timedelta(days=3)),
        stock.StockIn(there, sku[1], 3, now),
        stock.StockIn(here, sku[2], 1, now - timedelta(days=3), "Β2"),
        stock.StockIn(here, sku[4], 6, now, "Γ3"),
        stock.StockIn(here, sku[0].replace("Μ", "Λ"), 2, now, "Α2"),
        stock.StockIn(there, sku[0], 5, now),
    ]
    assert stock.feed(actor=DEMO, rows=rows, source="πηγη") == ["created"] * len(rows)


def _wishes(floor: Floor, customers: list[Customer], acting: Acting) -> None:
    for customer in customers:
        for number, variant in enumerate(floor.goods[:5]):
            wish = wishlists.wish(
                actor=acting("clerk"),
                customer_uuid=str(customer.uuid),
                style_id=variant.style_id,
                variant_id=variant.pk if number else None,
                channel="store",
            )
            floor.wishes.append(wish)
        interest = wishlists.save_interest(
            actor=acting("clerk"),
            customer_uuid=str(customer.uuid),
            category_id=Category.objects.get(code="ΠΑΛ").pk,
            attributes={"colour": "μπλε"},
            channel="store",
        )
        floor.interests.append(interest)


def _tryons(floor: Floor, customers: list[Customer], acting: Acting) -> None:
    """Each way a try-on can end, with each reason."""
    ends = [("", ""), ("bought", ""), *(("not_bought", reason) for reason in TryOn.Reason.values)]
    for number, (outcome, reason) in enumerate(ends):
        tried = instore.record_tryon(
            actor=acting("clerk"),
            customer_uuid=str(customers[0 if number < 4 else 2].uuid),
            variant_id=floor.goods[number % 6].pk,
            outcome=outcome,
            reason=reason,
            better_size="Λ" if reason == TryOn.Reason.SIZE else "",
        )
        floor.tryons.append(tried.tryon)


def _promises(floor: Floor, customer: Customer, acting: Acting) -> None:
    """Overdue, for today, to come, and kept; and advice that is shared."""
    clerk, past = acting("clerk"), clock.now() - timedelta(days=9)
    for days in (-2, 0, 2, 3, 4, 5):
        with clock.at(past):
            written = instore.write_note(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                text=f"Υποσχεση {days}",
                scope=Note.Scope.COMPANY,
                type=Note.Type.PROMISE,
                due_on=today_here() + timedelta(days=9 + days),
            )
        floor.promises.append(written.note)
    instore.keep_promise(actor=clerk, note_uuid=str(floor.promises.pop().uuid))
    for kind, is_shared in ((Note.Type.ADVICE, True), (Note.Type.CAUTION, False)):
        instore.write_note(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            text="Συμβουλη",
            scope=Note.Scope.COMPANY,
            type=kind,
            is_shared=is_shared,
        )


def _complaints(floor: Floor, customers: list[Customer], acting: Acting, now: datetime) -> None:
    """Open for the second customer: one of each category, overdue, in time, without a handler."""
    handlers = (acting("agent").account_id, None)
    for number, category in enumerate(Complaint.Category.values):
        with clock.at(now - timedelta(days=3)):
            opened = complaints.open_complaint(
                actor=acting("clerk"),
                customer_uuid=str(customers[1].uuid),
                category=category,
                about="Σκισμενο μανικι",
                say="Συγγνωμη",
                do_not_say="Εκπτωση",
                handler_id=handlers[number % 2],
                due_at=(now - timedelta(days=1), now + timedelta(days=1), None)[number % 3],
            )
        floor.complaints.append(opened)


def _reservations(floor: Floor, stores: list[Store], customer: Customer, acting: Acting, now: datetime) -> None:
    here, there = (store.pk for store in stores)
    variant, clerk = floor.goods[0].pk, acting("clerk")

    def reserve(name: str, *, hours: int, since: int = 0, source: int | None = None) -> str:
        with clock.at(now - timedelta(hours=since)):
            floor.reservations[name] = reservations.reserve(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                store_id=here,
                lines=[(variant, 1)],
                until=now + timedelta(hours=hours),
                channel="store",
                from_store_id=source,
            )
        return str(floor.reservations[name].uuid)

    reserve("expired", hours=-1, since=5)
    reservations.expire_due()
    reserve("to_prepare", hours=60)
    reserve("fetched", hours=60, source=there)
    reservations.make_ready(actor=clerk, reservation_uuid=reserve("ready", hours=60))
    reservations.make_ready(actor=clerk, reservation_uuid=reserve("expiring", hours=2))
    reservations.collect(actor=clerk, reservation_uuid=reserve("collected", hours=60))
    reservations.cancel(actor=clerk, reservation_uuid=reserve("cancelled", hours=60))


def _tasks(floor: Floor, store: Store, customer: Customer, acting: Acting, now: datetime) -> None:
    """Late, for today about a customer, of one person, and finished with each result."""
    clerk = acting("clerk")
    given = [
        (now - timedelta(days=2), {}),
        (now + timedelta(minutes=5), {"customer_uuid": str(customer.uuid), "reason": "Λογος"}),
        (now + timedelta(days=3), {"assignee_id": clerk.account_id}),
        *((now, {}) for _result in StaffTask.Result.values),
    ]
    devices.enrol(actor=acting("store_manager"), label="Συσκευη")
    floor.tasks += [
        stafftasks.give(actor=clerk, title="Εργο", due_at=due, store_id=store.pk, **more) for due, more in given
    ]
    for row, result in zip(floor.tasks[3:], StaffTask.Result.values, strict=True):
        stafftasks.finish(actor=clerk, task_uuid=str(row.uuid), result=result, note="Σημειωση")
