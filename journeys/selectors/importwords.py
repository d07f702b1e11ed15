"""The words for what can be wrong with a file or a row. Codes are stored; the sentence is made for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journeys.models import ImportRun
from journeys.services import importsubjects

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
    "repeated_store": _("Line %(detail)s has the same store code already. Only the first row counts."),
    "repeated_sku": _("Line %(detail)s has the same SKU already. Only the first row counts."),
    "repeated_count": _("Line %(detail)s counts the same product in the same store at the same moment already. "
                        "Only the first row counts."),
    "repeated_order": _("Line %(detail)s belongs to an order of the same number. The rows of an order must follow one "
                        "another."),
    "group_too_long": _("More than %(detail)s rows have the same order number. Check the column of order numbers."),
    "with_line": _("This row belongs to what was refused in line %(detail)s."),
    "amount": _("This is not an amount of money. Write it like 12800 or 12,800."),
    "amount_fraction": _("This has more decimals than %(detail)s has. Check the currency of the file."),
    "amount_negative": _("An amount cannot be negative here."),
    "amount_too_high": _("This amount is too high to be true."),
    "count": _("Write a whole number of pieces, 0 to 1,000,000."),
    "position": _("Write degrees, like 35.6595."),
    "half_position": _("Give both latitude and longitude, or none."),
    "postcode": _("A postcode has seven digits."),
    "time_zone": _("This is not a time zone. Write it like Asia/Tokyo."),
    "yes_or_no": _("Write 1 for yes or 0 for no."),
    "name_missing": _("No row of this product tells its name."),
    "text": _("A text of this product is missing, too long or cannot be stored."),
    "price": _("A price of this product is negative or too high."),
    "category_unknown": _("There is no such category."),
    "twice": _("The same product or SKU stands twice here."),
    "sku_taken": _("This SKU belongs to another product already, or to one from another system."),
    "product_unknown": _("There is no product with this SKU or barcode. Import the products first."),
    "as_of": _("This moment has not come yet."),
    "shelf": _("The name of a shelf has at most 20 characters."),
    "order_conflict": _("An order of this number was recorded before with other content (%(detail)s). What was "
                        "recorded stays."),
    "order_total": _("The lines come to %(detail)s, but the total says something else. A column of shipping, fee or "
                     "discount may be missing."),
    "order_discount": _("The discount is more than the goods cost (%(detail)s)."),
    "order_points": _("More was paid in points than the order costs (%(detail)s)."),
    "order_amount": _("An amount of this order cannot be: check prices, tax and tax rate (0, 8 or 10)."),
    "order_lines": _("An order has 1 to 200 lines of 1 to 100,000 pieces each."),
    "order_time": _("A time of this order lies in the future or before 1970. A day without time is noon."),
    "order_tenders": _("The payments do not come to the total."),
    "order_source": _("The order number has at most 120 characters."),
    "placed_at_missing": _("No row of this order tells when it was placed."),
    "line_amount": _("Price, pieces and discount come to %(detail)s, but something else is said to be paid."),
    "line_discount": _("The discount is more than the line costs."),
    "line_price": _("This line tells neither a price nor what was paid."),
    "line_quantity": _("A line has at least one piece. What came back is not an order."),
    "channel_unknown": _("There is no such channel. Write store, web, app, mall or phone."),
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
    "no_known_column": (
        _("We do not know any of these columns."),
        _("Choose below what each of them tells. We remember it for files with the same columns."),
    ),
    "columns_unknown": (
        _("The page was not up to date."),
        _("Choose a field for each column again."),
    ),
    "columns_missing": (
        _("We do not see which column tells this: %(detail)s."),
        _("Choose it below. If the file does not have it, discard the file, add the column and upload it again."),
    ),
    "columns_repeated": (
        _("More than one column tells the same (%(detail)s): %(columns)s."),
        _("Keep one of them below and set the others to “not used”."),
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


def failure(
    stored: str, *, columns: Sequence[Mapping[str, str]], what: str = ImportRun.What.CUSTOMERS.value
) -> tuple[str, str]:
    """Return why a file cannot be read (yet) and what to do, in the language in force. `columns` as kept on the run."""
    code, _colon, detail = stored.partition(":")
    labels = {field.name: field.label for field in importsubjects.of(what).fields}
    fields = [name for name in detail.split(",") if name in labels]
    named = {
        "detail": " / ".join(str(labels[name]) for name in fields) or detail,
        "columns": " / ".join(column["name"] for column in columns if column["field"] in fields),
    }
    why, act = FAILURES.get(code, FAILURES["unexpected"])
    return str(why) % named, str(act)
