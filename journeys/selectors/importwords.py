"""The words for what can be wrong with a file or a row. Codes are stored; the sentence is made for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journeys.services.importcolumns import BY_NAME

Words = str | Promise

REASONS: dict[str, Words] = {
    "missing": _("This cell is empty, but every row needs it."),
    "member_number": _("A member number has 4 to 20 letters and digits."),
    "scientific": _("A spreadsheet shortened this number. Format the column as text there and export again."),
    "phone": _("This is not a phone number."),
    "email": _("This is not an e-mail address."),
    "date": _("This is not a date we can read. Write it like 1990-04-01, 1990/4/1 or 平成2年4月1日."),
    "date_impossible": _("There is no such day in the calendar."),
    "date_future": _("This day has not come yet."),
    "birthday_too_early": _("This birthday is more than 130 years ago."),
    "name_not_split": _("There is no space between family and given name. Add one, or use two columns."),
    "kana_not_split": _("There is no space between the two parts of the reading. Add one, or use two columns."),
    "kana": _("A reading is written in kana only."),
    "too_long": _("This is longer than %(detail)s characters."),
    "line_break": _("This cell holds a line break or a tab. Write it in one line."),
    "private_character": _("This holds a character that only the computer it was made on can show (gaiji). "
                           "Use a standard character."),
    "damaged_character": _("This text was damaged before it was exported (it holds �). Write it again."),
    "unwritable": _("This holds a control character that cannot be stored. Remove it."),
    "store_unknown": _("There is no store with this code."),
    "language_unknown": _("We do not know this language. Write ja, en, zh, ko or other."),
    "approach_unknown": _("Write alone or advice, or leave the cell empty."),
    "torn": _("A quotation mark is out of place, so the row cannot be split into cells."),
    "cells_too_many": _("This row has more cells than there are columns (%(detail)s)."),
    "cells_too_few": _("This row has fewer cells than there are columns (%(detail)s)."),
    "repeated": _("Line %(detail)s has the same member number already. Only the first row counts."),
    "conflict": _("This row could not be saved beside another change. Import it again."),
}  # fmt: skip

# Why a file as a whole was refused, and what to do about it.
FAILURES: dict[str, tuple[Words, Words]] = {
    "workbook": (
        _("This is a spreadsheet or a packed file, not a CSV file."),
        _("Open it in your spreadsheet program, save it as CSV (UTF-8) and upload that file."),
    ),
    "utf16": (
        _("The characters of this file are UTF-16 (“Unicode text”)."),
        _("Save it as CSV (UTF-8) and upload it again."),
    ),
    "nul": (
        _("Line %(detail)s holds a NUL byte: this is not a text file, or it was damaged."),
        _("Export it again from the system it comes from."),
    ),
    "encoding": (
        _("Line %(detail)s holds characters that are neither UTF-8 nor Shift_JIS."),
        _("Save the whole file in one of the two, UTF-8 if you can choose, and upload it again."),
    ),
    "no_header": (
        _("The first line does not name the columns."),
        _("Put the names of the columns into the first line, as in the sample file."),
    ),
    "columns_missing": (
        _("A column that every file needs is missing: %(detail)s."),
        _("Add the column, or rename yours as in the sample file, and upload it again."),
    ),
    "columns_repeated": (
        _("More than one column tells the same (%(detail)s): %(columns)s."),
        _("Keep one of them. Delete the others, or give them another name."),
    ),
    "columns_too_many": (
        _("This file has %(detail)s columns; 200 can be read."),
        _("Leave out the columns that are not about the customer and upload it again."),
    ),
    "no_rows": (
        _("There are no rows below the names of the columns."),
        _("Check the export and upload it again."),
    ),
    "rows_too_many": (
        _("This file has more than 1,000,000 rows."),
        _("Split it into several files and upload them one after the other."),
    ),
    "row_too_long": (
        _("The row that begins in line %(detail)s is longer than 100,000 characters: probably a quotation mark was "
          "never closed."),
        _("Correct the quotation marks in that line and upload it again."),
    ),
    "quote_open": (
        _("A quotation mark opens in the row that begins in line %(detail)s and never closes."),
        _("Correct the quotation marks in that line and upload it again."),
    ),
    "file_lost": (
        _("The uploaded file is not on the server any more."),
        _("Upload it again. Rows that are in already are left as they are."),
    ),
    "unexpected": (
        _("An error of ours stopped this import."),
        _("Tell an administrator the number of this import. After that upload the file again: rows that are in already "
          "are left as they are."),
    ),
}  # fmt: skip


def reason(code: str) -> str:
    """Return why a row was refused, in the language in force. `code` may carry a `:detail`."""
    name, _colon, detail = code.partition(":")
    words = REASONS.get(name)
    return (
        str(words) % {"detail": detail} if words else gettext("This row cannot be taken (%(code)s).") % {"code": name}
    )


def failure(stored: str, *, columns: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Return why a file cannot be read and what to do, in the language in force. `columns` as kept on the run."""
    code, _colon, detail = stored.partition(":")
    fields = [name for name in detail.split(",") if name in BY_NAME]
    named = {
        "detail": " / ".join(str(BY_NAME[name].label) for name in fields) or detail,
        "columns": " / ".join(column["name"] for column in columns if column["field"] in fields),
    }
    why, act = FAILURES.get(code, FAILURES["unexpected"])
    return str(why) % named, str(act)
