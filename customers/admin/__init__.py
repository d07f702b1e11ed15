"""Back-office screens of this room."""

from config.lib.admin import rights
from customers import access
from customers.admin import attention, receipts, staff, stores

rights.decide = access.may_open
__all__ = ["attention", "receipts", "staff", "stores"]
