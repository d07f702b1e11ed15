"""A file of orders nobody can tell the columns of: matched by a person, checked, run with a bad row, remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.product import PHONE, TABLET, Product, Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FILE = """zakup,kiedy,kto,co,ile,cena
Z-1,2026-10-01 10:00,77009999,COAT,1,39800
Z-1,2026-10-01 10:00,77009999,SCARF,2,3000
Z-2,2026-10-02,77009999,HAT,jeden,5000
"""
FIELDS = ["number", "placed_at", "member", "product", "quantity", "list_price"]


@pytest.mark.parametrize(
    ("locale", "letter", "size", "waits", "guessed"),
    [
        ("ja-JP", "J", TABLET, "列の対応待ち", "前回と同じ"),
        ("en-GB", "E", PHONE, "Columns to be matched", "as last time"),
    ],
)
def test_unknown_columns_are_matched_once(
    product: Product, tmp_path: Path, locale: str, letter: str, size: dict[str, int], waits: str, guessed: str
) -> None:
    file = tmp_path / "orders.csv"
    # headings of this run only, so that nobody has matched them yet
    file.write_text(FILE.replace("zakup", f"zakup{letter}").replace("Z-", f"{letter}-"), encoding="utf-8")

    def upload(visit: Visit) -> None:
        visit.open("/admin/journeys/importrun/add/?what=orders")
        visit.page.set_input_files("input[type=file]", str(file))
        visit.page.screenshot(path=tmp_path / f"{letter}-1-upload.png", full_page=True)
        visit.page.click(".yi-card button.yi-go")

    def steward(visit: Visit) -> None:
        # given a data steward with a file of foreign headings; when she uploads it
        visit.sign_in("fujii")
        upload(visit)
        # then it waits for her, and once she has said what each column is, it is checked
        visit.page.wait_for_selector("#import-match")
        assert visit.page.inner_text("#state-head") == waits
        picks = visit.page.locator("select[name=column]")
        for number, field in enumerate(FIELDS):
            picks.nth(number).select_option(field)
        visit.page.screenshot(path=tmp_path / f"{letter}-2-match.png", full_page=True)
        visit.page.click("#import-match")
        visit.page.wait_for_selector("#import-start")
        # and the bad row is told with its line before anything is written
        refused = visit.page.locator("section[aria-labelledby=refused-head] tbody tr")
        assert refused.locator("td").all_inner_texts()[:3] == ["4", "ile", "jeden"]
        visit.page.screenshot(path=tmp_path / f"{letter}-3-check.png", full_page=True)
        visit.page.click("#import-start")
        visit.page.wait_for_selector("section[aria-labelledby=state-head] a.yi-btn")
        visit.page.screenshot(path=tmp_path / f"{letter}-4-done.png", full_page=True)
        # and when the same file comes again, nobody is asked
        upload(visit)
        visit.page.wait_for_selector("#import-match")
        assert visit.page.locator(".yi-mark").all_inner_texts() == [guessed] * len(FIELDS)
        wide = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0

    product.visit(steward, locale=locale, size=size)
