"""Who may do what: the one policy table. It drives pages, API, admin, search, counts, exports and jobs.

Three tables, read in this order:
- CAPABILITIES: what a role may do, and how far (own store or all);
- ROUTES: which capability each route and method needs, and whether a "no" is told (403) or hidden (404);
- FIELDS: which fields of a customer a role sees, sees masked, or never sees.
A route without a row stops the start (system check) and fails the permission matrix. Superuser flags open nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.errors import NotFound, Refused
from customers.models.staff import STORE_ROLES, Role, User

ANONYMOUS = "anonymous"
SHOPPER = "shopper"
NOBODY = "nobody"  # a staff account without a profile: signed in, allowed nothing
SYSTEM_IMPORT = "system:import"
SYSTEM_REACTIONS = "system:reactions"
SYSTEM_DEMO = "system:demo"
SYSTEM_SETUP = "system:setup"
SYSTEM_IDENTITY = "system:identity"


class Scope(StrEnum):
    """How far a capability reaches."""

    STORE = "store"
    ALL = "all"


class Sight(StrEnum):
    """What a role sees of a field."""

    VISIBLE = "visible"
    MASKED = "masked"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a member of staff, nobody, or a named job. `store_id` only for store roles."""

    role: str
    user_id: int | None = None
    store_id: int | None = None

    @property
    def is_signed_in(self) -> bool:
        """True for any account; false for anonymous visitors and jobs."""
        return self.user_id is not None

    @property
    def account_id(self) -> int:
        """The account's id. Raises LookupError for jobs and anonymous visitors."""
        if self.user_id is None:
            raise LookupError(f"{self.role} has no account")
        return self.user_id

    @property
    def own_store_id(self) -> int:
        """The store of a store role. Raises LookupError for every other role."""
        if self.store_id is None:
            raise LookupError(f"{self.role} has no store")
        return self.store_id


def actor_of(user: Any) -> Actor:
    """Return the actor behind a request's user. No query when the user came through our sign-in backend."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Actor(ANONYMOUS)
    if user.kind != User.Kind.STAFF:
        return Actor(SHOPPER, user.pk)
    profile = getattr(user, "staff", None)
    if profile is None:
        return Actor(NOBODY, user.pk)
    return Actor(profile.role, user.pk, profile.store_id if profile.role in STORE_ROLES else None)


def system(name: str) -> Actor:
    """Return the named system actor a job acts as (one of the SYSTEM_ names)."""
    return Actor(name)


R, ALL, STORE = Role, Scope.ALL, Scope.STORE
EVERY_ROLE: dict[str, Scope] = dict.fromkeys(Role.values, ALL)
FACE_TO_FACE: dict[str, Scope] = {
    R.CLERK: STORE,
    R.STORE_MANAGER: STORE,
    R.AGENT: ALL,
    R.SUPPORT_LEAD: ALL,
    R.SALES: ALL,
}

CAPABILITIES: dict[str, dict[str, Scope]] = {
    "home.open": EVERY_ROLE,
    "customer.search": {**FACE_TO_FACE, R.DATA_STEWARD: ALL},
    "customer.read": {
        **FACE_TO_FACE,
        R.DATA_STEWARD: ALL,
        SYSTEM_IMPORT: ALL,
        SYSTEM_REACTIONS: ALL,
        SYSTEM_DEMO: ALL,
        SYSTEM_IDENTITY: ALL,
    },
    "customer.write": {R.DATA_STEWARD: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "customer.correct": {**FACE_TO_FACE, R.DATA_STEWARD: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "customer.reveal": {R.STORE_MANAGER: STORE, R.AGENT: ALL, R.DATA_STEWARD: ALL},
    "customer.export": {R.DATA_STEWARD: ALL, R.SUPPORT_LEAD: ALL},
    "presentation.end": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "merge.propose": FACE_TO_FACE,
    "merge.review": {R.DATA_STEWARD: ALL, R.SUPPORT_LEAD: ALL},
    "merge.do": {R.DATA_STEWARD: ALL, SYSTEM_IDENTITY: ALL},
    "merge.undo": {R.DATA_STEWARD: ALL},
    "card.attach": {**FACE_TO_FACE, R.DATA_STEWARD: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "consent.read": {**FACE_TO_FACE, R.DATA_STEWARD: ALL},
    "consent.write": {**FACE_TO_FACE, R.DATA_STEWARD: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "consent.import": {R.DATA_STEWARD: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "contact_hold.write": {**FACE_TO_FACE, R.DATA_STEWARD: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "task.read": {**FACE_TO_FACE, R.DATA_STEWARD: ALL},
    "task.write": {**FACE_TO_FACE, R.DATA_STEWARD: ALL, SYSTEM_DEMO: ALL},
    "screen.lock": EVERY_ROLE,
    "pin.set": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "device.manage": {R.STORE_MANAGER: STORE},
    "timeline.read": FACE_TO_FACE,
    "timeline.read_identity": {R.DATA_STEWARD: ALL},
    "note.read": FACE_TO_FACE,
    "note.write": FACE_TO_FACE,
    "contact.write": FACE_TO_FACE,
    "wish.read": FACE_TO_FACE,
    "wish.write": FACE_TO_FACE,
    "tryon.write": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "promise.read": FACE_TO_FACE,
    "promise.keep": FACE_TO_FACE,
    "complaint.read": FACE_TO_FACE,
    "complaint.open": FACE_TO_FACE,
    "complaint.close": {R.STORE_MANAGER: STORE, R.AGENT: ALL, R.SUPPORT_LEAD: ALL},
    "brief.read": FACE_TO_FACE,
    "prompt.read": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "prompt.answer": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "catalog.read": {R.MARKETER: ALL, R.MARKETING_MANAGER: ALL, R.DATA_STEWARD: ALL, R.STORE_MANAGER: ALL},
    "source_code.read": {R.MARKETER: ALL, R.MARKETING_MANAGER: ALL, R.DATA_STEWARD: ALL, R.STORE_MANAGER: ALL},
    "source_code.write": {R.MARKETER: ALL, R.MARKETING_MANAGER: ALL, R.DATA_STEWARD: ALL, SYSTEM_DEMO: ALL},
    "catalog.cost": {R.MARKETING_MANAGER: ALL, R.STORE_MANAGER: ALL},
    "catalog.write": {SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "stock.feed": {SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "reservation.read": FACE_TO_FACE,
    "reservation.write": {**FACE_TO_FACE, SYSTEM_DEMO: ALL},
    "reservation.prepare": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "import.run": {R.DATA_STEWARD: ALL},
    "order.record": {SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "order.read": FACE_TO_FACE,
    "order.list": {R.AGENT: ALL, R.SUPPORT_LEAD: ALL, R.SALES: ALL},
    "cart.record": {SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "cart.read": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "cart.close": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "suggestion.read": {R.CLERK: STORE, R.STORE_MANAGER: STORE},
    "attention.read": {R.STORE_MANAGER: STORE, R.SUPPORT_LEAD: ALL, R.DATA_STEWARD: ALL, R.ADMIN: ALL},
    "attention.settle": {R.STORE_MANAGER: STORE, R.SUPPORT_LEAD: ALL, R.DATA_STEWARD: ALL, R.ADMIN: ALL},
    "store.read": {R.DATA_STEWARD: ALL, R.ADMIN: ALL, R.STORE_MANAGER: ALL},
    "store.write": {R.DATA_STEWARD: ALL, R.ADMIN: ALL, SYSTEM_IMPORT: ALL, SYSTEM_DEMO: ALL},
    "staff.manage": {R.ADMIN: ALL, SYSTEM_DEMO: ALL, SYSTEM_SETUP: ALL},
    "readlog.read": {R.AUDITOR: ALL, R.STORE_MANAGER: STORE},
    "reaction.read": {R.ADMIN: ALL},
    "reaction.retry": {R.ADMIN: ALL},
}

PUBLIC = ""  # a route with this capability is open to everyone


@dataclass(frozen=True)
class Rule:
    """What a route and method needs. `hidden` answers "no" as 404, so that existence is not told."""

    capability: str
    hidden: bool = False


def _only(capability: str, *methods: str, hidden: bool = False) -> dict[str, Rule]:
    return {method: Rule(capability, hidden) for method in methods}


def _model(
    label: str, read: str, *, act: str = NOBODY, change: str = NOBODY, add: str = NOBODY
) -> dict[str, dict[str, Rule]]:
    """Return the rows of one registered admin model: seen by `read`, the list's actions by `act`, then the forms."""
    return {
        f"admin:{label}_changelist": {"GET": Rule(read), "POST": Rule(act)},
        f"admin:{label}_change": {"GET": Rule(read), "POST": Rule(change)},
        f"admin:{label}_history": _only(read, "GET"),
        f"admin:{label}_add": _only(add, "GET", "POST"),
        f"admin:{label}_delete": _only(NOBODY, "GET", "POST"),
    }


ROUTES: dict[str, dict[str, Rule]] = {
    "livez": _only(PUBLIC, "GET"),
    "readyz": _only(PUBLIC, "GET"),
    "set_language": _only(PUBLIC, "POST"),
    "home": _only("home.open", "GET"),
    "customer-search": _only("customer.search", "POST"),
    "customer-page": _only("customer.read", "GET", hidden=True),
    "customer-panel": _only("customer.read", "GET", hidden=True),
    "customer-note-add": _only("note.write", "POST", hidden=True),
    "customer-contact-add": _only("contact.write", "POST", hidden=True),
    "customer-wish-add": _only("wish.write", "POST", hidden=True),
    "customer-wish-remove": _only("wish.write", "POST", hidden=True),
    "customer-interest-add": _only("wish.write", "POST", hidden=True),
    "customer-interest-end": _only("wish.write", "POST", hidden=True),
    "customer-tryon-add": _only("tryon.write", "POST", hidden=True),
    "customer-tryon": _only("tryon.write", "GET", hidden=True),
    "customer-tryon-outcome": _only("tryon.write", "POST", hidden=True),
    "customer-complaint-open": _only("complaint.open", "POST", hidden=True),
    "customer-complaint-close": _only("complaint.close", "POST", hidden=True),
    "customer-prompt-answer": _only("prompt.answer", "POST", hidden=True),
    "customer-cart-close": _only("cart.close", "POST", hidden=True),
    "lock": _only("screen.lock", "POST"),
    "locked": _only("screen.lock", "GET", "POST"),
    "pin": _only("pin.set", "GET", "POST"),
    "store-devices": _only("device.manage", "GET", "POST"),
    "store-device-end": _only("device.manage", "POST", hidden=True),
    "demo-cards": _only("customer.search", "GET", hidden=True),
    "demo-card": _only("customer.read", "GET", hidden=True),
    "customer-task-give": _only("task.write", "POST", hidden=True),
    "tasks": {"GET": Rule("task.read"), "POST": Rule("task.write")},
    "task": {"GET": Rule("task.read", hidden=True), "POST": Rule("task.write", hidden=True)},
    "promises": _only("promise.read", "GET"),
    "promise-keep": _only("promise.keep", "POST", hidden=True),
    "store-reservations": _only("reservation.prepare", "GET"),
    "customer-reserve": _only("reservation.write", "POST", hidden=True),
    "reservation-ready": _only("reservation.prepare", "POST", hidden=True),
    "reservation-collect": _only("reservation.prepare", "POST", hidden=True),
    "reservation-extend": _only("reservation.write", "POST", hidden=True),
    "reservation-cancel": _only("reservation.write", "POST", hidden=True),
    "customer-reveal": _only("customer.reveal", "POST", hidden=True),
    "customer-export": _only("customer.export", "POST", hidden=True),
    "customer-mistaken": _only("presentation.end", "POST", hidden=True),
    "customer-merge-propose": _only("merge.propose", "POST", hidden=True),
    "merges": _only("merge.review", "GET"),
    "merge-review": _only("merge.review", "GET", hidden=True),
    "merge-do": _only("merge.do", "POST", hidden=True),
    "merge-apart": _only("merge.do", "POST", hidden=True),
    "merge-undo": _only("merge.undo", "POST", hidden=True),
    "api:customer-search": _only("customer.search", "POST"),
    "api:customer": _only("customer.read", "GET", hidden=True),
    "api:customer-brief": _only("brief.read", "GET", hidden=True),
    "api:customer-timeline": _only("timeline.read", "GET", hidden=True),
    "api:customer-notes": {
        "GET": Rule("note.read", hidden=True),
        "POST": Rule("note.write", hidden=True),
    },
    "api:not-found": _only(PUBLIC, "GET", "POST", "PUT", "PATCH", "DELETE"),
    "admin:index": _only("home.open", "GET"),
    "admin:login": _only(PUBLIC, "GET", "POST"),
    "admin:logout": _only(PUBLIC, "POST"),
    "admin:password_change": _only("home.open", "GET", "POST"),
    "admin:password_change_done": _only("home.open", "GET"),
    "admin:autocomplete": _only(NOBODY, "GET"),
    "admin:jsi18n": _only("home.open", "GET"),
    "admin:view_on_site": _only(NOBODY, "GET"),
    "admin:search": _only(NOBODY, "GET"),
    "admin:app_list": _only(NOBODY, "GET"),
    **_model("customers_store", "store.read", change="store.write", add="store.write"),
    **_model("customers_user", "staff.manage", change="staff.manage", add="staff.manage"),
    "admin:auth_user_password_change": _only("staff.manage", "GET", "POST"),
    **_model("customers_contextreceipt", "readlog.read"),
    **_model("customers_attentionitem", "attention.read", act="attention.settle"),
    **_model("journeys_style", "catalog.read"),
    **_model("journeys_variant", "catalog.read"),
    **_model("journeys_order", "order.list"),
    **_model("journeys_sourcecode", "source_code.read", change="source_code.write", add="source_code.write"),
    "admin:journeys_sourcecode_qr": _only("source_code.read", "GET"),
    "admin:journeys_sourcecode_sheet": _only("source_code.read", "GET"),
    **_model("journeys_reaction", "reaction.read", act="reaction.retry"),
    **_model("journeys_importrun", "import.run", add="import.run"),
    "admin:journeys_importrun_progress": _only("import.run", "GET"),
    "admin:journeys_importrun_start": _only("import.run", "POST"),
    "admin:journeys_importrun_discard": _only("import.run", "POST"),
    "admin:journeys_importrun_match": _only("import.run", "POST"),
    "admin:journeys_importrun_problems": _only("import.run", "GET"),
    "admin:journeys_importrun_sample": _only("import.run", "GET"),
}

V, M, H = Sight.VISIBLE, Sight.MASKED, Sight.HIDDEN
_COUNTER = {
    "name": V,
    "reading": V,
    "phone": M,
    "email": H,
    "address": H,
    "birthday": M,
    "member_number": V,
    "anniversaries": V,
    "gender": H,
    "occupation": H,
    "attributes": M,  # those marked as shown to clerks
}
_DESK = {**_COUNTER, "email": M, "address": M, "gender": V, "occupation": V, "attributes": V}
FIELDS: dict[str, dict[str, Sight]] = {
    R.CLERK: _COUNTER,
    R.STORE_MANAGER: {**_COUNTER, "email": M, "address": M, "gender": V, "occupation": V},
    R.AGENT: _DESK,
    R.SALES: _COUNTER,
    R.SUPPORT_LEAD: dict.fromkeys(_DESK, V),
    R.DATA_STEWARD: {**_DESK, "birthday": V},
}


def scope_of(actor: Actor, capability: str) -> Scope | None:
    """Return how far the actor's capability reaches; None when she does not have it."""
    return CAPABILITIES.get(capability, {}).get(actor.role)


def may(actor: Actor, capability: str) -> bool:
    """Return whether the actor has the capability at all; PUBLIC is everyone's."""
    return capability == PUBLIC or scope_of(actor, capability) is not None


def may_open(user: Any, route: str, method: str) -> bool:
    """Return whether a request's user may call this route by this method; unknown routes are refused."""
    rule = ROUTES.get(route, {}).get(method)
    return rule is not None and may(actor_of(user), rule.capability)


def sight(actor: Actor, field: str) -> Sight:
    """Return what the actor sees of a customer's field; hidden for roles and fields without a row."""
    return FIELDS.get(actor.role, {}).get(field, Sight.HIDDEN)


def require(actor: Actor, capability: str, *, hidden: bool = False) -> Scope:
    """Return the scope of a capability. Raises Refused (403), or NotFound (404) when `hidden`."""
    scope = scope_of(actor, capability)
    if scope is None:
        if hidden:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        raise Refused("not_allowed", _("Your role does not include this. Ask an administrator for access."))
    return scope
