"""Every kind of file there is, by name."""

from __future__ import annotations

from journeys.services.importcustomers import Customers
from journeys.services.importorders import Orders
from journeys.services.importproducts import Products
from journeys.services.importstock import StockCounts
from journeys.services.importstores import Stores
from journeys.services.importsubject import Subject

# In the order in which an empty installation wants them: each rests on the ones before.
ALL: tuple[Subject, ...] = (Stores(), Products(), StockCounts(), Customers(), Orders())
BY_WHAT = {subject.what: subject for subject in ALL}


def of(what: str) -> Subject:
    """Return the subject of a kind of file. Raises LookupError for one there is not."""
    return BY_WHAT[what]
