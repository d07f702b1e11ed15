"""Identifiers are compared in one form, whatever was typed."""

import pytest

from config.lib.errors import Invalid
from customers.services import contact


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０ー１２３４ー５６７８", "+819012345678"),
        ("+81 90 1234 5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("03-1234-5678", "+81312345678"),
        ("0120-123-456", "+81120123456"),
        ("+1 650 253 0000", "+16502530000"),
    ],
)
def test_phone_becomes_e164(raw: str, stored: str) -> None:
    assert contact.phone(raw) == stored


@pytest.mark.parametrize("raw", ["", "abc", "12", "090-1234-56789012345"])
def test_what_is_no_phone_is_refused_with_its_field(raw: str) -> None:
    with pytest.raises(Invalid) as refused:
        contact.phone(raw)
    assert (refused.value.code, refused.value.fields[0].pointer) == ("phone", "/phone")


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("Hanako@Example.JP", "Hanako@example.jp"),
        ("ha..na.@docomo.example.jp", "ha..na.@docomo.example.jp"),
        ("ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ", "hana@example.jp"),
    ],
)
def test_email_keeps_its_local_part(raw: str, stored: str) -> None:
    assert contact.email(raw) == stored


@pytest.mark.parametrize(
    "raw", ["", "hanako", "a@b", "a b@example.jp", "a@example.jp\nBcc: x@example.jp", "@example.jp"]
)
def test_what_is_no_address_is_refused(raw: str) -> None:
    with pytest.raises(Invalid):
        contact.email(raw)


@pytest.mark.parametrize(("raw", "stored"), [("９０００－０００１", "90000001"), (" yrn 0001 ", "YRN0001")])
def test_member_number_is_half_width(raw: str, stored: str) -> None:
    assert contact.member_number(raw) == stored


@pytest.mark.parametrize("raw", ["", "123", "山田花子", "1234567890123456789012", "12;34"])
def test_what_is_no_member_number_is_refused(raw: str) -> None:
    with pytest.raises(Invalid):
        contact.member_number(raw)
