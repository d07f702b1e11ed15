"""One thin path, whole: a file comes in, a clerk finds the person, writes a note, and outsiders stay outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.product import Product, Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FILE = """会員番号,姓,名,セイ,メイ,電話番号,生年月日,店舗コード
77000001,髙﨑,海斗,タカサキ,カイト,090-0000-7001,平成2年4月1日,SHIBUYA
77000002,渡邉,二美,ワタナベ,フミ,090-0000-7002,1988-02-30,SHIBUYA
77000003,①番,一,イチバン,ハジメ,090-0000-7003,1975/12/24,SHIBUYA
"""
NOTE = "革靴は24.5、幅は広め"


@pytest.mark.parametrize(
    ("locale", "first", "heading"), [("ja-JP", "77", "髙﨑 海斗 様"), ("en-GB", "78", "髙﨑 海斗")]
)
def test_from_a_file_to_the_clerks_page(
    product: Product, tmp_path: Path, locale: str, first: str, heading: str
) -> None:
    number = f"{first}000001"
    sjis = tmp_path / "会員.csv"  # as Japanese Excel writes it
    sjis.write_bytes(FILE.replace("77", first).encode("cp932"))
    addresses: list[str] = []

    def steward(visit: Visit) -> None:
        # given a data steward with a file; when she uploads it
        visit.sign_in("fujii")
        visit.open("/admin/journeys/importrun/add/")
        visit.page.set_input_files("input[type=file]", str(sjis))
        visit.page.click(".yi-card button.yi-go")
        # then a worker checks it, nothing is written, and the refused row is told with its line
        visit.page.wait_for_selector("#import-start")
        refused = visit.page.locator("section[aria-labelledby=refused-head] tbody tr")
        assert refused.count() == 1
        assert refused.locator("td").all_inner_texts()[:3] == ["3", "生年月日", "1988-02-30"]
        # and when she runs it, the good rows are there
        visit.page.click("#import-start")
        visit.page.wait_for_selector("section[aria-labelledby=state-head] a.yi-btn")

    def clerk(visit: Visit) -> None:
        # when a clerk searches the number, the page of that one person opens
        visit.sign_in("sato")
        visit.page.fill("#find", number)
        visit.page.press("#find", "Enter")
        assert visit.page.inner_text("h1") == heading
        # and her note is the newest sentence of the timeline
        visit.page.click("#action-note summary")
        visit.page.fill("#note-text", NOTE)
        visit.page.click("#action-note button")
        visit.page.wait_for_selector(".y-say--ok")
        assert visit.page.locator("#panel-timeline .y-event").first.inner_text().count(NOTE) == 1
        addresses.append(visit.page.url.removeprefix(visit.address))

    def outsider(visit: Visit) -> None:
        # given nobody signed in: the sign-in page, and nothing of the customer
        visit.open(addresses[0])
        assert "/admin/login/" in visit.page.url
        assert heading not in visit.page.content()

    def marketer(visit: Visit) -> None:
        # given a colleague without the right: not found, with a way out
        visit.sign_in("okada")
        assert visit.open(addresses[0]) == 404
        assert heading not in visit.page.content()
        assert NOTE not in visit.page.content()
        assert visit.page.locator("a.y-btn[href='/']").is_visible()

    def other_store(visit: Visit) -> None:
        visit.sign_in("kondo")
        assert visit.open(addresses[0]) == 404
        assert NOTE not in visit.page.content()

    product.visit(steward, locale=locale)
    product.visit(clerk, locale=locale)
    for stranger in (outsider, marketer, other_store):
        product.visit(stranger, locale=locale)
