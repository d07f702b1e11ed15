"""All models of the room, importable as `customers.models.X`."""

from customers.models.attention import AttentionItem
from customers.models.customer import Customer
from customers.models.idempotency import IdempotencyKey
from customers.models.identity import Identity
from customers.models.receipt import CandidateList, ContextReceipt, Presentation
from customers.models.slot import ScheduleSlot
from customers.models.staff import Role, StaffProfile, User
from customers.models.store import Store

__all__ = [
    "AttentionItem",
    "CandidateList",
    "ContextReceipt",
    "Customer",
    "IdempotencyKey",
    "Identity",
    "Presentation",
    "Role",
    "ScheduleSlot",
    "StaffProfile",
    "Store",
    "User",
]
