"""The tablet's camera reads a card, under our strict policy, and says why where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from playwright.sync_api import expect

from tests.browser.product import Product, Visit
from tests.browser.test_floor import card_code, picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDTH, HEIGHT, DOT = 640, 480, 7


def film_of(text: str, path: Path) -> Path:
    """Write what a camera in front of this code would see: a film of gray frames (YUV4MPEG2)."""
    rows = [bytearray(b"\xff" * WIDTH) for _row in range(HEIGHT)]
    matrix = [list(line) for line in segno.make(text, error="m", micro=False).matrix_iter(scale=DOT, border=4)]
    left, top = (WIDTH - len(matrix[0])) // 2, (HEIGHT - len(matrix)) // 2
    for number, line in enumerate(matrix):
        rows[top + number][left : left + len(line)] = bytes(16 if dot else 235 for dot in line)
    frame = b"FRAME\n" + b"".join(rows) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)
    return path


def test_the_camera_reads_a_rotating_card(product: Product, tmp_path: Path) -> None:
    # given a camera in front of a member's phone
    film = film_of(card_code(product, "90000001"), tmp_path / "card.y4m")
    flags = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]

    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        # when
        visit.page.click("[data-camera]")
        # then
        visit.page.wait_for_selector("h1.y-name")
        assert visit.page.inner_text("h1") == "髙橋 花子 様"

    product.visit(script, flags=flags)


@pytest.mark.parametrize("locale", ["ja-JP", "en-GB"])
def test_without_a_camera_it_says_so_and_esc_closes_it(product: Product, locale: str) -> None:
    def script(visit: Visit) -> None:
        visit.sign_in("sato")
        visit.page.click("[data-camera]")
        expect(visit.page.locator(".y-camera .y-say--bad:visible")).to_have_count(1)
        picture(visit, f"camera-{locale}")
        visit.page.keyboard.press("Escape")
        expect(visit.page.locator(".y-camera")).to_be_hidden()
        expect(visit.page.locator("#find")).to_be_focused()

    product.visit(script, locale=locale)
