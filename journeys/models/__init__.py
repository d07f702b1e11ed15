"""All models of the room, importable as `journeys.models.X`."""

from journeys.models.cart import Cart, CartLine
from journeys.models.catalog import Category, PriceChange, Style, StyleAffinity, StylePair, Variant
from journeys.models.importing import ImportMapping, ImportProblem, ImportRun
from journeys.models.instore import Complaint, Note, PromptAnswer, TryOn
from journeys.models.interaction import Channel, Interaction
from journeys.models.order import Order, OrderLine, OrderReturn, ReturnLine, Tender
from journeys.models.reaction import Reaction
from journeys.models.sourcecode import SourceCode
from journeys.models.stock import Reservation, ReservationLine, Stock
from journeys.models.wishlist import SavedInterest, WishItem

__all__ = [
    "Cart",
    "CartLine",
    "Category",
    "Channel",
    "Complaint",
    "ImportMapping",
    "ImportProblem",
    "ImportRun",
    "Interaction",
    "Note",
    "Order",
    "OrderLine",
    "OrderReturn",
    "PriceChange",
    "PromptAnswer",
    "Reaction",
    "Reservation",
    "ReservationLine",
    "ReturnLine",
    "SavedInterest",
    "SourceCode",
    "Stock",
    "Style",
    "StyleAffinity",
    "StylePair",
    "Tender",
    "TryOn",
    "Variant",
    "WishItem",
]
