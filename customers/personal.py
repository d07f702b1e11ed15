"""Every column of this room: whether it tells about a person, what it is kept for, and for how long.

`personal` columns tell about a customer or a member of staff, `other` ones do not by themselves. Identifiers of rows
(id, uuid) are left out. A test holds that no column is missing and none too many; docs/personal-data.md shows it all.
"""

from __future__ import annotations

from customers.hooks import Held
from customers.models import (
    Address,
    Anniversary,
    AttentionItem,
    AttributeDefinition,
    AttributeValue,
    CandidateList,
    CardCode,
    ConsentEntry,
    ContactHold,
    ContextReceipt,
    Customer,
    CustomerTag,
    Household,
    IdempotencyKey,
    Identity,
    MergeCandidate,
    MergeEvent,
    OpeningHours,
    Presentation,
    Reveal,
    ScheduleSlot,
    SpecialDay,
    StaffPin,
    StaffProfile,
    StaffTask,
    Store,
    StoreDevice,
    StoreTie,
    Tag,
    User,
)

WITH_CUSTOMER = "as long as the customer"
WITH_STAFF = "as long as the account"
WHILE_USED = "while it is used"
THREE_YEARS = "3 years"
FORTY_FIVE_DAYS = "45 days"

HELD = (
    Held(
        Household,
        "who shops for one another",
        WITH_CUSTOMER,
        personal="note",
        other="created_at",
    ),
    Held(
        Store,
        "where we meet customers",
        WHILE_USED,
        personal="",
        other=(
            "code name_ja name_en brand zone time_zone postcode address phone latitude longitude is_open created_at"
        ),
    ),
    Held(
        Customer,
        "who she is and how to speak to her",
        WITH_CUSTOMER,
        personal=(
            "member_number family_name given_name family_kana given_kana romaji romaji_key grams birthday "
            "gender occupation household language approach home_store member_since name_key kana_key "
            "merged_into"
        ),
        other="completeness context_seq version created_at updated_at",
    ),
    Held(
        Address,
        "delivery, and telling two people apart",
        WITH_CUSTOMER,
        personal="customer postcode prefecture city block building country valid_from valid_to",
        other="source",
    ),
    Held(
        User.groups.through,
        "Django's groups, which open nothing here",
        WHILE_USED,
        personal="",
        other="user group",
    ),
    Held(
        User.user_permissions.through,
        "Django's permissions, which open nothing here",
        WHILE_USED,
        personal="",
        other="user permission",
    ),
    Held(
        User,
        "signing in: staff, and shoppers to their own data",
        WITH_STAFF,
        personal="password last_login username first_name last_name email is_active date_joined customer",
        other="is_superuser is_staff kind",
    ),
    Held(
        StaffProfile,
        "what a member of staff may do, and where",
        WITH_STAFF,
        personal="user role store",
        other="",
    ),
    Held(
        AttentionItem,
        "what somebody must look at",
        THREE_YEARS,
        personal="customer settled_by",
        other="kind key owner_role store data raised_at settled_at",
    ),
    Held(
        Anniversary,
        "days that matter to her, to congratulate",
        WITH_CUSTOMER,
        personal="customer label month day year",
        other="source created_at",
    ),
    Held(
        Tag,
        "words for customers",
        WHILE_USED,
        personal="",
        other="kind code label_ja label_en",
    ),
    Held(
        CustomerTag,
        "interests she told us, and our labels",
        WITH_CUSTOMER,
        personal="customer tag added_by",
        other="source added_at",
    ),
    Held(
        AttributeDefinition,
        "fields the retailer adds, each with its own purpose",
        WHILE_USED,
        personal="",
        other="code label_ja label_en type choices purpose retention_days is_active is_clerk_visible",
    ),
    Held(
        AttributeValue,
        "her answer to a field of the retailer",
        WITH_CUSTOMER,
        personal="customer definition value",
        other="source updated_at",
    ),
    Held(
        CardCode,
        "a card code works once",
        THREE_YEARS,
        personal="customer store staff redeemed_at",
        other="nonce",
    ),
    Held(
        StoreDevice,
        "tablets on which staff come back by PIN",
        WITH_STAFF,
        personal="enrolled_by",
        other="store label token_hash enrolled_at ended_at",
    ),
    Held(
        StaffPin,
        "coming back to an enrolled device",
        WITH_STAFF,
        personal="user pin_hash set_at",
        other="",
    ),
    Held(
        ConsentEntry,
        "proof of what she allowed and refused",
        WITH_CUSTOMER,
        personal="customer channel purpose is_given actor stated_at",
        other="text_version source source_id recorded_at",
    ),
    Held(
        ContactHold,
        "when nobody may sell to her",
        WITH_CUSTOMER,
        personal="customer reason subject placed_at placed_by until lifted_at",
        other="",
    ),
    Held(
        OpeningHours,
        "when a store is open",
        WHILE_USED,
        personal="",
        other="store weekday opens closes",
    ),
    Held(
        SpecialDay,
        "when a store is open on a special day",
        WHILE_USED,
        personal="",
        other="store day opens closes note",
    ),
    Held(
        IdempotencyKey,
        "answering a repeated request once",
        FORTY_FIVE_DAYS,
        personal="caller body",
        other="key fingerprint status created_at",
    ),
    Held(
        Identity,
        "recognising and reaching her",
        WITH_CUSTOMER,
        personal="customer kind normalised raw last_four assurance is_shared verified_at last_seen_at valid_to",
        other="source created_at",
    ),
    Held(
        MergeCandidate,
        "deciding whether two records are one person",
        WITH_CUSTOMER,
        personal="left right evidence proposed_by decided_by",
        other="score state found_at decided_at",
    ),
    Held(
        MergeEvent,
        "taking a merge back",
        WITH_CUSTOMER,
        personal="survivor absorbed evidence choices moved actor undone_by",
        other="rule score merged_at undone_at",
    ),
    Held(
        Reveal,
        "who saw what was masked, and why",
        THREE_YEARS,
        personal="staff customer field reason revealed_at until",
        other="",
    ),
    Held(
        ContextReceipt,
        "who looked at whom, having seen what",
        THREE_YEARS,
        personal="staff role store customer surface opened_at",
        other="context_seq items_hash expires_at",
    ),
    Held(
        Presentation,
        "her card opens her page where she stands",
        THREE_YEARS,
        personal="customer store staff presented_at until",
        other="",
    ),
    Held(
        CandidateList,
        "who was listed masked to whom",
        THREE_YEARS,
        personal="staff searched_at customer_ids",
        other="method",
    ),
    Held(
        ScheduleSlot,
        "a job runs once a slot",
        WHILE_USED,
        personal="",
        other="job slot claimed_at",
    ),
    Held(
        StaffTask,
        "what a store or colleague does for her",
        WITH_CUSTOMER,
        personal="store assignee customer title reason due_at created_by result result_note done_at done_by",
        other="created_at",
    ),
    Held(
        StoreTie,
        "which stores know her",
        WITH_CUSTOMER,
        personal="customer store last_at",
        other="",
    ),
)
