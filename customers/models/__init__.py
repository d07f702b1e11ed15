"""All models of the room, importable as `customers.models.X`."""

from customers.models.address import Address
from customers.models.attention import AttentionItem
from customers.models.attribute import Anniversary, AttributeDefinition, AttributeValue, CustomerTag, Tag
from customers.models.card import CardCode, StaffPin, StoreDevice
from customers.models.consent import ConsentChannel, ConsentEntry, ConsentPurpose, ContactHold
from customers.models.customer import Customer
from customers.models.hours import OpeningHours, SpecialDay
from customers.models.household import Household
from customers.models.idempotency import IdempotencyKey
from customers.models.identity import Identity
from customers.models.merge import MergeCandidate, MergeEvent, Reveal
from customers.models.receipt import CandidateList, ContextReceipt, Presentation
from customers.models.slot import ScheduleSlot
from customers.models.staff import Role, StaffProfile, User
from customers.models.store import Store
from customers.models.task import StaffTask
from customers.models.tie import StoreTie

__all__ = [
    "Address",
    "Anniversary",
    "AttentionItem",
    "AttributeDefinition",
    "AttributeValue",
    "CandidateList",
    "CardCode",
    "ConsentChannel",
    "ConsentEntry",
    "ConsentPurpose",
    "ContactHold",
    "ContextReceipt",
    "Customer",
    "CustomerTag",
    "Household",
    "IdempotencyKey",
    "Identity",
    "MergeCandidate",
    "MergeEvent",
    "OpeningHours",
    "Presentation",
    "Reveal",
    "Role",
    "ScheduleSlot",
    "SpecialDay",
    "StaffPin",
    "StaffProfile",
    "StaffTask",
    "Store",
    "StoreDevice",
    "StoreTie",
    "Tag",
    "User",
]
