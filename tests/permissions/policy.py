"""Who is answered what, written down by hand: a change of the policy must be a change of this page.

Read a row as: these members may do this on things of Hanako's store (`near`), these on things of another store
(`far`, None where the address names no thing). `ok` is the answer of success, `no` what a member of staff is told
who may not, `missing` what one is told who has the page but not this thing. Strangers are sent to sign in (302), or
get 401 from the API. A method outside a route's rows is 405 for everyone.
"""

from __future__ import annotations

from dataclasses import dataclass

STORE = frozenset({"clerk", "store_manager"})  # of Hanako's store
OTHER = frozenset({"other_clerk"})
DESK = frozenset({"agent", "support_lead", "sales"})
STEWARD = frozenset({"data_steward"})
ADMIN = frozenset({"admin"})
AUDITOR = frozenset({"auditor"})
MANAGER = frozenset({"store_manager"})
AGENT = frozenset({"agent"})
LEAD = frozenset({"support_lead"})
CLOSERS = frozenset({"agent", "support_lead"})
NOBODY: frozenset[str] = frozenset()
STAFF = (
    STORE | OTHER | DESK | STEWARD | ADMIN | AUDITOR
    | {"marketer", "marketing_manager", "product_developer", "executive"}
)  # fmt: skip
BARE = frozenset({"bare"})  # Django's flags, no role
STRANGERS = frozenset({"shopper", "outsider"})
EVERYONE = STAFF | BARE | STRANGERS

NEAR_READERS, FAR_READERS = STORE | DESK | STEWARD, OTHER | DESK | STEWARD
NEAR_TALKERS, FAR_TALKERS = STORE | DESK, OTHER | DESK
SEARCHERS = STORE | OTHER | DESK | STEWARD
STOREKEEPERS = STEWARD | ADMIN
MERCHANTS = frozenset({"marketer", "marketing_manager"}) | STEWARD | MANAGER
PRINTERS = MERCHANTS - MANAGER
ATTENTIVE = MANAGER | LEAD | STEWARD | ADMIN


@dataclass(frozen=True)
class Row:
    """One route and method. `opens` is the surface of the read-log row an allowed call writes (`pair`: one on
    the page for each of the two compared); `writes` says that an
    allowed call changes rows."""

    route: str
    method: str
    near: frozenset[str]
    far: frozenset[str] | None = None
    ok: int = 200
    no: int = 403
    missing: int = 404
    opens: str = ""
    writes: bool = False


def _customer(route: str, opens: str) -> Row:
    return Row(route, "GET", NEAR_READERS, FAR_READERS, no=404, opens=opens)


def _model(
    label: str,
    read: frozenset[str],
    *,
    far: frozenset[str] | None = None,
    act: frozenset[str] = NOBODY,
    change: frozenset[str] = NOBODY,
    add: frozenset[str] = NOBODY,
) -> list[Row]:
    """The pages of one kind of thing. `far` names who may read things of another store, when not all readers."""
    reach = read if far is None else far
    return [
        Row(f"admin:{label}_changelist", "GET", read),
        Row(f"admin:{label}_changelist", "POST", act, act & reach, ok=302, missing=302, writes=True),
        Row(f"admin:{label}_change", "GET", read, reach, missing=302),
        Row(f"admin:{label}_change", "POST", change, change & reach, ok=302, missing=302, writes=True),
        Row(f"admin:{label}_history", "GET", read, reach, missing=302),
        Row(f"admin:{label}_add", "GET", add),
        Row(f"admin:{label}_add", "POST", add, ok=302, writes=True),
        Row(f"admin:{label}_delete", "GET", NOBODY, NOBODY),
        Row(f"admin:{label}_delete", "POST", NOBODY, NOBODY),
    ]


def _not_ours(route: str) -> Row:
    return Row(route, "GET", NOBODY)


ROWS = [
    Row("livez", "GET", EVERYONE),
    Row("readyz", "GET", EVERYONE),
    Row("set_language", "POST", EVERYONE, ok=302),
    Row("home", "GET", STAFF),
    Row("customer-search", "POST", SEARCHERS, writes=True),
    _customer("customer-page", opens="page"),
    _customer("customer-panel", opens="page"),
    Row("customer-note-add", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True),
    *(
        Row(f"customer-{route}", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True)
        for route in ("contact-add", "wish-add", "wish-remove", "interest-add", "interest-end", "complaint-open")
    ),
    *(
        Row(f"customer-{route}", "POST", STORE, OTHER, ok=302, no=404, writes=True)
        for route in ("tryon-add", "tryon-outcome", "prompt-answer")
    ),
    Row("customer-cart-close", "POST", STORE, OTHER, ok=302, no=404, writes=True),
    Row("customer-tryon", "GET", STORE, OTHER, no=404, opens="page"),
    Row("customer-complaint-close", "POST", MANAGER | CLOSERS, CLOSERS, ok=302, no=404, writes=True),
    Row("lock", "POST", STAFF, ok=302),
    Row("locked", "GET", STAFF, ok=302),
    Row("locked", "POST", STAFF, ok=302),
    Row("pin", "GET", STORE | OTHER),
    Row("pin", "POST", STORE | OTHER, ok=302, writes=True),
    Row("store-devices", "GET", MANAGER),
    Row("store-devices", "POST", MANAGER, ok=302, writes=True),
    Row("store-device-end", "POST", MANAGER, NOBODY, ok=302, no=404, writes=True),
    Row("demo-cards", "GET", SEARCHERS, no=404),
    _customer("demo-card", opens="page"),
    Row("customer-task-give", "POST", NEAR_READERS, FAR_READERS, ok=302, no=404, writes=True),
    Row("tasks", "GET", SEARCHERS),
    Row("tasks", "POST", SEARCHERS, ok=302, writes=True),
    Row("task", "GET", NEAR_READERS, FAR_READERS, no=404),
    Row("task", "POST", NEAR_READERS, FAR_READERS, ok=302, no=404, writes=True),
    Row("promises", "GET", STORE | OTHER | DESK),
    Row("promise-keep", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True),
    Row("store-reservations", "GET", STORE | OTHER),
    Row("customer-reserve", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True),
    Row("reservation-ready", "POST", STORE, OTHER, ok=302, no=404, writes=True),
    Row("reservation-collect", "POST", STORE, OTHER, ok=302, no=404, writes=True),
    Row("reservation-extend", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True),
    Row("reservation-cancel", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True),
    Row("customer-reveal", "POST", MANAGER | AGENT | STEWARD, AGENT | STEWARD, ok=302, no=404, writes=True),
    Row("customer-export", "POST", STEWARD | LEAD, STEWARD | LEAD, no=404, opens="page", writes=True),
    Row("customer-mistaken", "POST", STORE, OTHER, ok=302, no=404, writes=True),
    Row("customer-merge-propose", "POST", NEAR_TALKERS, FAR_TALKERS, ok=302, no=404, writes=True),
    Row("merges", "GET", STEWARD | LEAD, writes=True),
    Row("merge-review", "GET", STEWARD | LEAD, no=404, opens="pair"),
    Row("merge-do", "POST", STEWARD, ok=302, no=404, writes=True),
    Row("merge-apart", "POST", STEWARD, ok=302, no=404, writes=True),
    Row("merge-undo", "POST", STEWARD, ok=302, no=404, writes=True),
    Row("api:customer-search", "POST", SEARCHERS, writes=True),
    _customer("api:customer", opens="api"),
    Row("api:customer-brief", "GET", NEAR_TALKERS, FAR_TALKERS, no=404, opens="api"),
    Row("api:customer-timeline", "GET", NEAR_TALKERS, FAR_TALKERS, no=404, opens="api"),
    Row("api:customer-notes", "GET", NEAR_TALKERS, FAR_TALKERS, no=404, opens="api"),
    Row("api:customer-notes", "POST", NEAR_TALKERS, FAR_TALKERS, ok=201, no=404, writes=True),
    *(Row("api:not-found", method, EVERYONE, ok=404) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    Row("admin:index", "GET", STAFF, ok=302),
    Row("admin:login", "GET", STRANGERS, no=302),
    Row("admin:login", "POST", EVERYONE),
    Row("admin:logout", "POST", STAFF | BARE),
    Row("admin:password_change", "GET", STAFF),
    Row("admin:password_change", "POST", STAFF, ok=302, writes=True),
    Row("admin:password_change_done", "GET", STAFF),
    Row("admin:jsi18n", "GET", STAFF),
    _not_ours("admin:autocomplete"),
    _not_ours("admin:view_on_site"),
    _not_ours("admin:search"),
    _not_ours("admin:app_list"),
    *_model("customers_store", STOREKEEPERS | MANAGER, change=STOREKEEPERS, add=STOREKEEPERS),
    *_model("customers_user", ADMIN, change=ADMIN, add=ADMIN),
    Row("admin:auth_user_password_change", "GET", ADMIN, ADMIN),
    Row("admin:auth_user_password_change", "POST", ADMIN, ADMIN, ok=302, writes=True),
    *_model("customers_contextreceipt", AUDITOR | MANAGER, far=AUDITOR),
    *_model("customers_attentionitem", ATTENTIVE, far=NOBODY, act=ATTENTIVE),
    *_model("journeys_style", MERCHANTS),
    *_model("journeys_variant", MERCHANTS),
    *_model("journeys_order", DESK),
    *_model("journeys_sourcecode", MERCHANTS, change=PRINTERS, add=PRINTERS),
    Row("admin:journeys_sourcecode_qr", "GET", MERCHANTS),
    Row("admin:journeys_sourcecode_sheet", "GET", MERCHANTS),
    *_model("journeys_reaction", ADMIN, act=ADMIN),
    *_model("journeys_importrun", STEWARD, add=STEWARD),
    Row("admin:journeys_importrun_progress", "GET", STEWARD),
    Row("admin:journeys_importrun_start", "POST", STEWARD, ok=302, writes=True),
    Row("admin:journeys_importrun_discard", "POST", STEWARD, ok=302, writes=True),
    Row("admin:journeys_importrun_match", "POST", STEWARD, ok=302, writes=True),
    Row("admin:journeys_importrun_problems", "GET", STEWARD),
    Row("admin:journeys_importrun_sample", "GET", STEWARD),
]
TABLE = {(row.route, row.method): row for row in ROWS}
