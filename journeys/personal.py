"""Every column of this room: whether it tells about a person, what it is kept for, and for how long.

As customers/personal.py; what the timeline keeps for how long stands with each kind (docs/kinds.md).
"""

from __future__ import annotations

from customers.hooks import Held
from customers.personal import WHILE_USED, WITH_CUSTOMER
from journeys.models import (
    Cart,
    CartLine,
    Category,
    Complaint,
    ImportMapping,
    ImportProblem,
    ImportRun,
    Interaction,
    Note,
    Order,
    OrderLine,
    OrderReturn,
    PriceChange,
    PromptAnswer,
    Reaction,
    Reservation,
    ReservationLine,
    ReturnLine,
    SavedInterest,
    SourceCode,
    Stock,
    Style,
    StyleAffinity,
    StylePair,
    Tender,
    TryOn,
    Variant,
    WishItem,
)

BY_KIND = "as each kind says"
THIRTY_DAYS = "30 days"

HELD = (
    Held(
        Category,
        "the catalogue",
        WHILE_USED,
        personal="",
        other="code parent name_ja name_en is_discreet",
    ),
    Held(
        Style,
        "the catalogue",
        WHILE_USED,
        personal="",
        other=(
            "source external_id name_ja name_en brand category attributes image_url search_key is_active updated_at"
        ),
    ),
    Held(
        Variant,
        "the catalogue",
        WHILE_USED,
        personal="",
        other="style source external_id sku barcode colour size currency price cost is_active updated_at",
    ),
    Held(
        PriceChange,
        "what a price was when",
        WHILE_USED,
        personal="",
        other="variant price cost valid_from source",
    ),
    Held(
        StyleAffinity,
        "what is bought together, counted over many",
        WHILE_USED,
        personal="",
        other="style goes_with buyers lift counted_at",
    ),
    Held(
        StylePair,
        "what goes together",
        WHILE_USED,
        personal="",
        other="style goes_with rank",
    ),
    Held(
        Interaction,
        "her story, over all channels",
        BY_KIND,
        personal=("customer kind occurred_at channel device store actor subject_kind subject_id product_ids text data"),
        other="recorded_at source source_id fingerprint visibility corrects erased_at",
    ),
    Held(
        Cart,
        "what she is about to buy",
        WITH_CUSTOMER,
        personal="customer channel state recovered_in updated_at closed_at",
        other="source external_id version",
    ),
    Held(
        CartLine,
        "what she is about to buy",
        WITH_CUSTOMER,
        personal="cart variant quantity",
        other="",
    ),
    Held(
        ImportRun,
        "files on their way in",
        WHILE_USED,
        personal="file_name path requested_by",
        other=(
            "what profile mode zone currency sha256 size encoding columns state failure total "
            "would_create would_update would_leave would_refuse created updated unchanged refused "
            "next_line lease leased_until created_at started_at finished_at"
        ),
    ),
    Held(
        ImportMapping,
        "which column of a file means what",
        WHILE_USED,
        personal="updated_by",
        other="what headings profile fields updated_at",
    ),
    Held(
        ImportProblem,
        "rows of a file that were refused",
        THIRTY_DAYS,
        personal="value",
        other="run phase line column code",
    ),
    Held(
        Note,
        "what the next colleague should know",
        WITH_CUSTOMER,
        personal="customer author store scope type text due_on owner kept_at is_shared written_at",
        other="",
    ),
    Held(
        TryOn,
        "what fitted and what did not",
        WITH_CUSTOMER,
        personal="customer variant store staff outcome reason better_size tried_at updated_at",
        other="",
    ),
    Held(
        Complaint,
        "what went wrong, and what to say until it is settled",
        WITH_CUSTOMER,
        personal=(
            "customer category about say do_not_say handler store due_at opened_by opened_at closed_by "
            "closed_at outcome"
        ),
        other="",
    ),
    Held(
        PromptAnswer,
        "which opening lines help",
        WITH_CUSTOMER,
        personal="customer prompt answer staff store answered_at",
        other="",
    ),
    Held(
        Order,
        "what she bought",
        WITH_CUSTOMER,
        personal=(
            "customer identity_hint channel store staff total state is_private tracking placed_at paid_at "
            "shipped_at delivered_at cancelled_at"
        ),
        other="source external_id fingerprint currency is_tax_included is_time_known recorded_at",
    ),
    Held(
        OrderLine,
        "what she bought",
        WITH_CUSTOMER,
        personal="variant raw_code name quantity list_price discount tax paid customer placed_at",
        other="order number tax_rate cost",
    ),
    Held(
        Tender,
        "how she paid",
        WITH_CUSTOMER,
        personal="kind amount",
        other="order",
    ),
    Held(
        OrderReturn,
        "what came back",
        WITH_CUSTOMER,
        personal="kind refunded reason store returned_at",
        other="order source external_id fingerprint recorded_at",
    ),
    Held(
        ReturnLine,
        "what came back",
        WITH_CUSTOMER,
        personal="quantity amount tax",
        other="order_return line",
    ),
    Held(
        Reaction,
        "what must still happen because something happened",
        WITH_CUSTOMER,
        personal="interaction",
        other="plug state attempts due_at leased_until lease problem done_at",
    ),
    Held(
        SourceCode,
        "which pamphlet or notice somebody came by",
        WHILE_USED,
        personal="",
        other="code channel label address valid_from valid_to created_at",
    ),
    Held(
        Stock,
        "what is there and what is promised",
        WHILE_USED,
        personal="",
        other="store variant on_hand reserved shelf incoming incoming_on as_of",
    ),
    Held(
        Reservation,
        "pieces put aside for her",
        WITH_CUSTOMER,
        personal="customer store from_store state until channel created_by created_at ready_at ended_at",
        other="",
    ),
    Held(
        ReservationLine,
        "pieces put aside for her",
        WITH_CUSTOMER,
        personal="variant quantity",
        other="reservation",
    ),
    Held(
        WishItem,
        "what she wishes for",
        WITH_CUSTOMER,
        personal="customer style variant channel price_then added_at removed_at",
        other="",
    ),
    Held(
        SavedInterest,
        "what she is looking for",
        WITH_CUSTOMER,
        personal="customer category attributes channel saved_at ended_at",
        other="",
    ),
)
