"""What the clerk sees and does on the shop floor, in a real browser."""

import pytest

from tests.browser.product import PHONE, Product, Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NARROW_TARGETS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select")]
  .filter((e) => e.offsetParent && !e.closest(".y-skip"))
  .map((e) => e.closest("label") ?? e)
  .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
  .filter(([, height]) => height < 44)"""


def test_a_clerk_finds_reads_and_writes(product: Product) -> None:
    def script(visit: Visit) -> None:
        # given a clerk at the start page, the cursor in the one field
        visit.sign_in("sato")
        assert visit.page.evaluate("document.activeElement.id") == "find"
        # when she types two facts, the reading and the end of the phone number, and presses Enter
        visit.page.keyboard.type("たかはし 1000")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector(".y-row")
        names = visit.page.locator(".y-row b").all_inner_texts()
        assert "髙橋 花•••" in names
        # then the page of the one she opens shows who she is
        visit.page.click(".y-row:has-text('髙橋 花')")
        assert visit.page.inner_text("h1") == "髙橋 花子 様"
        # and a note she writes stands on the timeline at once
        visit.page.click("#action-note summary")
        visit.page.locator("#note-text:focus").wait_for()
        visit.page.keyboard.type("紺のコートが入ったら知らせる")
        visit.page.click("#action-note button")
        visit.page.wait_for_selector(".y-say--ok")
        assert visit.page.inner_text("#panel-timeline .y-event >> nth=0").count("紺のコートが入ったら知らせる") == 1
        assert visit.page.inner_text("#panel-notes .y-quote >> nth=0") == "紺のコートが入ったら知らせる"

    product.visit(script)


def test_a_double_click_writes_one_note(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        visit.page.fill("#find", "90000001")
        visit.page.press("#find", "Enter")
        visit.page.click("#action-note summary")
        visit.page.fill("#note-text", "二度押しの試し")
        visit.page.dblclick("#action-note button")
        visit.page.wait_for_selector(".y-say--ok")
        assert visit.page.locator("#panel-notes .y-quote", has_text="二度押しの試し").count() == 1

    product.visit(script)


def test_a_refused_note_keeps_what_was_typed(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        visit.page.fill("#find", "90000001")
        visit.page.press("#find", "Enter")
        visit.page.click("#action-note summary")
        # given a browser that lets a longer text through
        visit.page.evaluate("document.getElementById('note-text').removeAttribute('maxlength')")
        visit.page.fill("#note-text", "あ" * 201)
        visit.page.click("#action-note button")
        # then the reason is told and nothing typed is lost
        assert "201" in visit.page.inner_text("[role=alert]")
        assert visit.page.input_value("#note-text") == "あ" * 201

    product.visit(script)


def test_the_timeline_is_filtered_in_place_and_keeps_its_address(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        visit.page.fill("#find", "90000001")
        visit.page.press("#find", "Enter")
        before = visit.page.url
        web = visit.page.locator("#panel-timeline .y-event .y-meta", has_text="ウェブ")
        assert web.count() > 0
        # when
        visit.page.select_option("#channel", "phone")
        # then only that channel is left, on the same page
        web.first.wait_for(state="detached")
        assert visit.page.input_value("#channel") == "phone"
        assert visit.page.url == before

    product.visit(script)


@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
def test_on_a_phone_nothing_overflows_and_every_target_is_large(product: Product, locale: str) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        for term in ("90000001", "たかはし 1000"):
            visit.page.fill("#find", term)
            visit.page.press("#find", "Enter")
            visit.page.wait_for_load_state()
            assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
            assert visit.page.evaluate(NARROW_TARGETS) == []

    product.visit(script, locale=locale, size=PHONE)


def test_the_language_is_chosen_once_and_stays(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        assert visit.page.get_attribute("html", "lang") == "ja"
        visit.page.click("button[lang=en]")
        assert visit.page.inner_text("h1") == "Who is in front of you?"
        visit.open("/")
        assert visit.page.get_attribute("html", "lang") == "en"
        visit.page.click("button[lang=ja]")
        assert visit.page.get_attribute("html", "lang") == "ja"

    product.visit(script)


def test_the_demo_is_marked_on_every_page(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.open("/")
        assert visit.page.locator(".y-demo").is_visible()
        visit.sign_in("fujii")
        for path in ("/", "/admin/journeys/importrun/", "/nowhere/"):
            visit.open(path)
            assert visit.page.locator(".y-demo").is_visible(), path

    product.visit(script)
