"""What staff write down on the shop floor and at the desk: the one address of notes and try-ons for other rooms."""

from journeys.services.notes import TALKED_BY, Written, keep_promise, write_note
from journeys.services.tryons import TriedOn, bought_later, record_tryon, tell_outcome

__all__ = [
    "TALKED_BY",
    "TriedOn",
    "Written",
    "bought_later",
    "keep_promise",
    "record_tryon",
    "tell_outcome",
    "write_note",
]
