"""A second record noticed in the store, compared, merged and taken back; a mask lifted for a minute."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.product import PHONE, Product, Visit
from tests.browser.test_clerk import NARROW_TARGETS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NUMBERS = {"ja-JP": ("90000002", "90000003"), "en-GB": ("90000004", "90000005")}


def picture(visit: Visit, name: str) -> None:
    """Keep a screenshot where SHOTS says, for whoever looks at the pages with her own eyes."""
    if os.environ.get("SHOTS"):
        visit.page.screenshot(path=str(Path(os.environ["SHOTS"]) / f"{name}.png"), full_page=True)


def found(visit: Visit, number: str) -> str:
    """Open a customer by her number; return her address."""
    visit.page.fill("#find", number)
    visit.page.press("#find", "Enter")
    visit.page.wait_for_selector("h1.y-name")
    return visit.page.url


@pytest.mark.parametrize("locale", sorted(NUMBERS))
def test_reported_compared_merged_and_taken_back(product: Product, locale: str) -> None:
    mine, other = NUMBERS[locale]

    def report(visit: Visit) -> None:
        visit.sign_in("sato")
        found(visit, mine)
        visit.page.click("#action-duplicate summary")
        visit.page.fill("#duplicate-other", other)
        visit.page.fill("#duplicate-reason", "カードを2枚お持ちでした")
        visit.page.click("#action-duplicate form button")
        visit.page.wait_for_selector(".y-say--ok")

    def decide(visit: Visit) -> None:
        visit.sign_in("fujii")
        address = found(visit, other)
        visit.open("/merges/")
        picture(visit, f"merges-{locale}")
        visit.page.click(f".y-pair:has-text('{other[-4:]}') a.y-btn")
        visit.page.wait_for_selector(".y-compare")
        picture(visit, f"merge-{locale}")
        assert visit.page.evaluate(NARROW_TARGETS) == []
        name = visit.page.locator("input[name=side-name][value=absorbed]")
        if name.count():
            name.check()
        visit.page.click("form:has(.y-compare) button.y-btn--go")
        visit.page.wait_for_selector(".y-say--ok")
        picture(visit, f"merged-{locale}")
        # her old address leads to the record that stayed
        visit.page.goto(address)
        visit.page.wait_for_selector("h1.y-name")
        assert visit.page.url != address
        visit.open("/merges/")
        visit.page.click(".y-slip form button >> nth=0")
        visit.page.wait_for_selector(".y-say--ok")
        visit.page.goto(address)
        visit.page.wait_for_selector("h1.y-name")
        assert visit.page.url == address

    product.visit(report, locale=locale)
    product.visit(decide, locale=locale)


def test_on_a_phone_the_comparison_scrolls_in_itself(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("fujii")
        visit.open("/merges/")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
        assert visit.page.evaluate(NARROW_TARGETS) == []

    product.visit(script, size=PHONE)


def test_a_mask_is_lifted_for_a_reason(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("suzuki")
        found(visit, "90000001")
        phone = visit.page.locator("#panel-profile dd >> nth=0")
        assert "•••" in phone.inner_text()
        picture(visit, "masked")
        visit.page.click("#panel-profile .y-mask summary >> nth=0")
        visit.page.locator("#reveal-phone:focus").wait_for()
        visit.page.keyboard.type("折り返しのお電話のため")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_selector(".y-say--ok")
        assert "•••" not in phone.inner_text()
        assert "記録済み" in phone.inner_text()
        picture(visit, "revealed")
        # the value is on the page alone
        assert "reason" not in visit.page.url

    product.visit(script)


def test_the_wrong_person_closes(product: Product) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("kondo")
        found(visit, "90000001")
        visit.page.click("#action-mistaken summary")
        visit.page.click("#action-mistaken form button")
        visit.page.wait_for_selector(".y-say--ok")
        assert visit.page.url == f"{visit.address}/"

    product.visit(script)
