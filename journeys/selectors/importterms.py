"""The words for what is said about a file: what it holds, which system wrote it, in which zone and currency."""

from __future__ import annotations

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from journeys.models import ImportRun
from journeys.services import importcells, importcolumns, importprofiles, importsubjects

Choices = list[tuple[str, str]]
ORIGINS: dict[str, str | Promise] = {
    importcolumns.GUESSED: pgettext_lazy("column", "guessed"),
    importcolumns.PROFILE: pgettext_lazy("column", "by the profile"),
    importcolumns.REMEMBERED: pgettext_lazy("column", "as last time"),
    importcolumns.CHOSEN: pgettext_lazy("column", "chosen"),
}
# The zones a shop's exports are written in; the command takes any other.
ZONES: dict[str, str | Promise] = {
    "Asia/Tokyo": gettext_lazy("Tokyo time"),
    "Asia/Seoul": gettext_lazy("Seoul time"),
    "Asia/Shanghai": gettext_lazy("Shanghai time"),
    "Asia/Taipei": gettext_lazy("Taipei time"),
    "Asia/Hong_Kong": gettext_lazy("Hong Kong time"),
    "Asia/Singapore": gettext_lazy("Singapore time"),
    "Asia/Bangkok": gettext_lazy("Bangkok time"),
    "Australia/Sydney": gettext_lazy("Sydney time"),
    "Europe/London": gettext_lazy("London time"),
    "Europe/Paris": gettext_lazy("Paris time"),
    "America/New_York": gettext_lazy("New York time"),
    "America/Los_Angeles": gettext_lazy("Los Angeles time"),
    "Pacific/Honolulu": gettext_lazy("Honolulu time"),
    "UTC": gettext_lazy("World time (UTC)"),
}
MONEY: dict[str, str | Promise] = {
    "JPY": gettext_lazy("Japanese yen"),
    "USD": gettext_lazy("US dollar"),
    "EUR": gettext_lazy("Euro"),
    "GBP": gettext_lazy("Pound sterling"),
    "CNY": gettext_lazy("Chinese yuan"),
    "KRW": gettext_lazy("South Korean won"),
    "TWD": gettext_lazy("Taiwan dollar"),
    "HKD": gettext_lazy("Hong Kong dollar"),
    "SGD": gettext_lazy("Singapore dollar"),
    "THB": gettext_lazy("Thai baht"),
    "AUD": gettext_lazy("Australian dollar"),
}
LIST = " / "
# What each kind of file rests on or brings about, said where it is chosen.
HINTS: dict[str, str | Promise] = {
    "stores": gettext_lazy("One store a row, known by its code."),
    "products": gettext_lazy(
        "One colour and size a row, known by its SKU. Rows of one style code that follow one another are one product. "
        "Categories we do not know are made."
    ),
    "stock": gettext_lazy(
        "One product in one store a row, counted when the file says or else now. Products come first."
    ),
    "customers": gettext_lazy("One customer a row, known by her member number."),
    "orders": gettext_lazy(
        "One line of an order a row. Rows of one order number that follow one another are one order. Customers come "
        "first: an order of nobody we know stays a guest order until she is known."
    ),
}


def what_choices() -> Choices:
    """Return the kinds of file in the order an empty installation wants them."""
    return [(subject.what, str(ImportRun.What(subject.what).label)) for subject in importsubjects.ALL]


def hint_of(what: str) -> str:
    """Return what a file of this kind must look like, in a sentence."""
    return str(HINTS.get(what, ""))


def needed_of(what: str) -> str:
    """Return the fields such a file cannot be without, in words."""
    labels = labels_of(what)
    return LIST.join(_either([labels[name] for name in either]) for either in importsubjects.of(what).needs)


def _either(labels: list[str]) -> str:
    words = labels[0]
    for label in labels[1:]:
        words = _("%(one)s or %(other)s") % {"one": words, "other": label}
    return words


def possible_of(what: str) -> str:
    """Return the other fields such a file may have, in words."""
    needed = {name for either in importsubjects.of(what).needs for name in either}
    return LIST.join(label for name, label in labels_of(what).items() if name not in needed)


def profile_choices(what: str) -> Choices:
    """Return the systems whose files of this kind we know, marked where nobody has tried a file of theirs yet."""
    known = [profile for profile in importprofiles.ALL if what in profile.layouts]
    return [("", _("None: recognise the columns by their names")), *((p.code, _profile_word(p)) for p in known)]


def mode_choices() -> Choices:
    """Return how a file may be taken in."""
    return [(mode.value, str(mode.label)) for mode in ImportRun.Mode]


def zone_choices() -> Choices:
    """Return the time zones a file may be written in."""
    return [(zone, str(words)) for zone, words in ZONES.items()]


def currency_choices() -> Choices:
    """Return the currencies a file may be written in."""
    return [(currency, _currency_word(currency)) for currency in importcells.CURRENCIES]


def labels_of(what: str) -> dict[str, str]:
    """Return the words for the fields of a kind of file, by name, in their order."""
    return {field.name: str(field.label) for field in importsubjects.of(what).fields}


def origin_words(origin: str) -> str:
    """Return who said what a column is."""
    return str(ORIGINS.get(origin, ""))


def is_untested(profile: str) -> bool:
    """Return whether a profile rests on documentation alone."""
    found = importprofiles.BY_CODE.get(profile)
    return found is not None and not found.is_tested


def terms_of(run: ImportRun) -> Choices:
    """Return (label, words) of what was said about a file when it was uploaded."""
    profile = importprofiles.BY_CODE.get(run.profile)
    told = [(_("What it holds"), str(ImportRun.What(run.what).label))]
    if profile is not None:
        told.append((_("Comes from"), _profile_word(profile)))
    if run.what in {"orders", "stock"}:
        told.append((_("Time zone of the file"), str(ZONES.get(run.zone, run.zone))))
    if run.what in {"orders", "products"}:
        told.append((_("Currency"), _currency_word(run.currency)))
    if run.what == "orders":
        told.append((_("Taken as"), str(ImportRun.Mode(run.mode).label)))
    return told


def write_words(run: ImportRun) -> str:
    """Return what the button says that has a checked file written."""
    number = run.would_create + run.would_update
    shown = {"shown": formats.number_format(number, force_grouping=True)}
    if run.what == ImportRun.What.CUSTOMERS:
        return ngettext("Write %(shown)s customer", "Write %(shown)s customers", number) % shown
    return ngettext("Write %(shown)s row", "Write %(shown)s rows", number) % shown


def _currency_word(currency: str) -> str:
    return _("%(name)s (%(code)s)") % {"name": MONEY[currency], "code": currency}


def _profile_word(profile: importprofiles.Profile) -> str:
    label = str(profile.label)
    return label if profile.is_tested else pgettext("profile", "%(name)s (untested)") % {"name": label}
