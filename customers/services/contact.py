"""How identifiers are normalised. Pure functions; nothing here touches the database."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from django.utils.translation import gettext_lazy as _

from config.lib.errors import FieldError, Invalid

MEMBER_NUMBER = re.compile(r"^[0-9A-Z]{4,20}$")
POSTCODE = re.compile(r"^([0-9]{3})-?([0-9]{4})$")
# Deliberately loose: carriers issued addresses with runs of dots that strict validators refuse.
EMAIL = re.compile(r"^[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@.,;<>\"]+$")


def member_number(raw: str) -> str:
    """Return the stored form of a member number: half width, upper case, without hyphens and spaces.

    Raises Invalid (`member_number`) unless 4 to 20 letters and digits remain.
    """
    value = re.sub(r"[\s\-‐−ー]", "", unicodedata.normalize("NFKC", raw)).upper()
    if not MEMBER_NUMBER.match(value):
        message = _("A member number has 4 to 20 letters and digits.")
        raise Invalid("member_number", message, fields=(FieldError("/member_number", "member_number", message),))
    return value


def phone(raw: str) -> str:
    """Return E.164 for a Japanese number in any usual form, or for a foreign one with its + prefix.

    Raises Invalid (`phone`) when it cannot be a number of its country.
    """
    message = _("This is not a phone number.")
    try:
        parsed = phonenumbers.parse(re.sub(r"[‐−ー–—―]", "-", unicodedata.normalize("NFKC", raw)), "JP")
    except phonenumbers.NumberParseException as error:
        raise Invalid("phone", message, fields=(FieldError("/phone", "phone", message),)) from error
    # The library allows Japan 17 digits for a few carrier prefixes; no customer's number has more than 10 after the 0.
    is_too_long = parsed.country_code == 81 and len(str(parsed.national_number)) > 10
    if is_too_long or not phonenumbers.is_possible_number(parsed):
        raise Invalid("phone", message, fields=(FieldError("/phone", "phone", message),))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email(raw: str) -> str:
    """Return the address with its domain in lower case; the part before @ is left alone.

    Raises Invalid (`email`) when it cannot be an address.
    """
    value = unicodedata.normalize("NFKC", raw).strip()
    if len(value) > 254 or not EMAIL.match(value):
        message = _("This is not an e-mail address.")
        raise Invalid("email", message, fields=(FieldError("/email", "email", message),))
    local, _at, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def postcode(raw: str) -> str:
    """Return a Japanese postcode as NNN-NNNN, from any width, with or without 〒 and hyphen.

    Raises Invalid (`postcode`) unless seven digits remain.
    """
    value = re.sub(r"[\s〒]", "", re.sub(r"[‐−ー–—―]", "-", unicodedata.normalize("NFKC", raw)))
    match = POSTCODE.match(value)
    if match is None:
        message = _("A postcode has seven digits.")
        raise Invalid("postcode", message, fields=(FieldError("/postcode", "postcode", message),))
    return f"{match[1]}-{match[2]}"
