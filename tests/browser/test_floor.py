"""The shop floor in a real browser: the card, the page, the lock, the race, and a note typed without network."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from customers.services.signin import DEMO_PASSWORD
from tests.browser.product import PHONE, Product, Visit
from tests.browser.test_clerk import NARROW_TARGETS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LANGUAGES = ["ja-JP", "en-GB"]


def picture(visit: Visit, name: str) -> None:
    """Keep a picture of the page where SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        visit.page.screenshot(path=str(Path(folder) / f"{name}.png"))


def open_customer(page: Page, number: str = "90000001") -> None:
    """Type a member number and press Enter, as a scanner does."""
    page.fill("#find", number)
    page.press("#find", "Enter")
    page.wait_for_selector("h1.y-name")


def card_code(product: Product, number: str) -> str:
    """What the member's phone shows: read from the demo's card page by a colleague of the office."""
    found: list[str] = []

    def script(visit: Visit) -> None:
        visit.sign_in("suzuki")
        visit.open("/demo/cards/")
        visit.page.click(f".y-names a:has-text('{number}')")
        visit.page.wait_for_selector(".y-qr")
        found.append(visit.page.eval_on_selector("#card-code", "(field) => field.value"))

    product.visit(script)
    return found[0]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_card_is_scanned_and_a_try_on_recorded_in_two_taps(product: Product, locale: str) -> None:
    code = card_code(product, "90000001")

    def script(visit: Visit) -> None:
        # given the start page: the field has the focus, the scanner types and ends with Enter
        visit.sign_in("sato")
        picture(visit, f"home-{locale}")
        assert visit.page.evaluate("document.activeElement.id") == "find"
        visit.page.keyboard.type(code)
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector("h1.y-name")
        picture(visit, f"customer-{locale}")
        # when: one tap opens, one tap records
        visit.page.click("#action-tryon summary")
        visit.page.click("#action-tryon .y-things button[value=bought] >> nth=0")
        # then what goes with it is answered at once
        expect(visit.page.locator("#goes-head")).to_be_visible()
        picture(visit, f"tryon-{locale}")

    product.visit(script, locale=locale)


def test_a_scanner_under_an_input_method_needs_no_second_enter(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        # given full-width digits that arrive as one composition, confirmed by the scanner's Enter
        session = visit.context.new_cdp_session(visit.page)
        session.send("Input.imeSetComposition", {"text": "９００００００１", "selectionStart": 8, "selectionEnd": 8})
        session.send("Input.insertText", {"text": "９００００００１"})
        # then the page is there
        visit.page.wait_for_selector("h1.y-name")

    product.visit(script)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_two_facts_find_a_masked_candidate(product: Product, locale: str) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        open_customer(visit.page)
        phone = re.search(r"•••(\d{4})", visit.page.inner_text("#panel-profile"))
        assert phone is not None
        visit.open("/")
        # a name alone is not enough, and says so
        visit.page.fill("#find", "たかはし")
        visit.page.press("#find", "Enter")
        expect(visit.page.locator("[role=alert]")).to_be_visible()
        # with the last four digits she is found
        visit.page.fill("#find", f"たかはし {phone[1]}")
        visit.page.press("#find", "Enter")
        visit.page.wait_for_selector(".y-row")
        assert "髙橋 花•••" in visit.page.locator(".y-row b").all_inner_texts()
        picture(visit, f"candidates-{locale}")

    product.visit(script, locale=locale)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_another_stores_clerk_is_shown_nothing(product: Product, locale: str) -> None:
    address: list[str] = []

    def own(visit: Visit) -> None:
        visit.sign_in("sato")
        open_customer(visit.page)
        address.append(visit.page.url.removeprefix(visit.address))

    def other(visit: Visit) -> None:
        visit.sign_in("kondo")
        for path in (address[0], f"{address[0]}panels/notes/", f"/api/v1{address[0].rstrip('/')}/brief"):
            assert visit.open(path) == 404
            assert "髙橋" not in visit.page.content()
        visit.open(address[0])
        picture(visit, f"refused-{locale}")

    product.visit(own, locale=locale)
    product.visit(other, locale=locale)


def test_two_windows_race_for_the_last_pieces(product: Product) -> None:
    def script(visit: Visit) -> None:
        # given the same customer in two windows, both about to put aside all there is
        visit.sign_in("sato")
        open_customer(visit.page)
        rival = visit.context.new_page()
        rival.goto(visit.page.url)
        sku = visit.page.inner_text("#panel-reservations .y-slip .y-meta.y-n >> nth=0")
        for page in (visit.page, rival):
            page.click("#action-reserve summary")
            page.fill("#reserve-code", sku)
        left = 1
        while True:  # the demo's shelf: put aside one after another until the other window is refused
            visit.page.fill("#reserve-quantity", str(left))
            visit.page.click("#action-reserve form button")
            visit.page.wait_for_load_state()
            if visit.page.locator("[role=alert]").count():
                break
            visit.page.click("#action-reserve summary")
            visit.page.fill("#reserve-code", sku)
        # when the rival sends what she had typed before
        rival.click("#action-reserve form button")
        # then she is told why, and nothing is put aside twice
        expect(rival.locator("[role=alert]")).to_be_visible()
        assert rival.input_value("#reserve-code") == sku
        picture(visit, "race")

    product.visit(script)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_screen_is_blank_after_ninety_seconds_and_the_pin_brings_her_back(product: Product, locale: str) -> None:
    def script(visit: Visit) -> None:
        page = visit.page
        # given a device its manager enrolled, and a clerk with a PIN
        visit.sign_in("takagi")
        visit.open("/devices/")
        page.fill("#device-label", "レジ横の端末")
        page.click("main form button")
        page.wait_for_selector(".y-chip--brand")
        picture(visit, f"devices-{locale}")
        page.click("form[action*=logout] button")
        visit.sign_in("sato")
        visit.open("/pin/")
        page.fill("#pin-password", DEMO_PASSWORD)
        page.fill("#pin-new", "4937")
        page.click("main form button")
        page.wait_for_url(visit.address + "/")
        page.clock.install()
        open_customer(page)
        there = page.url
        page.click("#action-note summary")
        page.fill("#note-text", "書きかけのメモ")
        # when nobody touches it for 90 seconds
        page.clock.run_for(91_000)
        page.wait_for_url("**/locked/")
        # then nothing personal is left, not by the back button, not by address, not in another window
        other = visit.context.new_page()
        other.goto(there)
        for each in (page, other):
            assert each.url.endswith("/locked/")
            assert "髙橋" not in each.content()
        page.go_back()
        assert "髙橋" not in page.content()
        picture(visit, f"locked-{locale}")
        # and her PIN brings her back to where she was
        visit.open("/locked/")
        page.fill("#pin", "4937")
        page.press("#pin", "Enter")
        page.wait_for_selector("h1.y-name")
        assert page.url == there
        # with what she had begun to write
        expect(page.locator("#note-text")).to_have_value("書きかけのメモ")

    product.visit(script, locale=locale)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_note_without_network_is_kept_and_sent_once(product: Product, locale: str) -> None:
    words = f"電波なし {locale}"

    def script(visit: Visit) -> None:
        page = visit.page
        visit.sign_in("sato")
        open_customer(page)
        # given no network
        visit.context.set_offline(True)
        for number in (1, 2):
            page.click("#action-note summary")
            page.fill("#note-text", f"{words} {number}")
            page.click("#action-note form button")
            expect(page.locator("#held")).to_contain_text(str(number))
        picture(visit, f"offline-{locale}")
        # then what was typed is nowhere to be read, and what needs the network says so
        assert words not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
        page.click("#action-complaint summary")
        page.check("#action-complaint input[value=late]")
        page.fill("#complaint-about", "遅れ")
        page.click("#action-complaint form button")
        expect(page.locator("#held .y-held__problem")).to_be_visible()
        page.click("#action-complaint summary")
        # when the network is back
        visit.context.set_offline(False)
        # then each is written once, in order, and the page shows it by itself
        expect(page.locator("#panel-notes .y-quote", has_text=words)).to_have_count(2)
        notes = [text for text in page.locator("#panel-notes .y-quote").all_inner_texts() if words in text]
        assert notes == [f"{words} 2", f"{words} 1"]
        assert page.locator(".y-strip", has_text="遅れ").count() == 0

    product.visit(script, locale=locale)


def test_what_waits_survives_the_lock_and_signing_out_asks(product: Product) -> None:
    def script(visit: Visit) -> None:
        page = visit.page
        visit.sign_in("sato")
        open_customer(page)
        visit.context.set_offline(True)
        page.click("#action-note summary")
        page.fill("#note-text", "施錠をまたぐメモ")
        page.click("#action-note form button")
        expect(page.locator("#held")).to_be_visible()
        # given that it cannot be sent yet, for the screen is locked first
        page.route("**/notes/", lambda route: route.fulfill(status=429, body=""))
        visit.context.set_offline(False)
        page.click("form[action$='/lock/'] button")
        page.wait_for_url("**/locked/")
        expect(page.locator("#held")).to_be_visible()
        assert "施錠をまたぐメモ" not in page.content()
        # when she wants to leave, she is asked, and stays
        asked: list[str] = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.click("form[action*=logout] button")
        assert len(asked) == 1
        # then it is sent once she is back
        page.unroute("**/notes/")
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector("h1.y-name")
        expect(page.locator("#panel-notes .y-quote", has_text="施錠をまたぐメモ")).to_have_count(1)
        assert page.evaluate("localStorage.getItem('y-held')") is None

    product.visit(script)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_on_a_phone_the_new_pages_fit_and_every_target_is_large(product: Product, locale: str) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        for path in ("/", "/tasks/", "/pin/", "/demo/cards/", "/reservations/"):
            visit.open(path)
            assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True, path
            assert visit.page.evaluate(NARROW_TARGETS) == [], path
        open_customer(visit.page)
        picture(visit, f"phone-{locale}")
        visit.page.click(".y-acts__more")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
        assert visit.page.evaluate(NARROW_TARGETS) == []

    product.visit(script, locale=locale, size=PHONE)
