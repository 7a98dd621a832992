"""Pictures of every page at three widths, for whoever wants to see them without starting anything.

Run `python -m tests.browser.screens [LOGIN...]`: they are written to docs/screens/, small, with few colours. No test
run writes them.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from system.paths import ROOT
from tests.browser.tour import ALWAYS, inner_pages, name_of, places_of
from tests.browser.town import Town, fill, town_in
from tests.browser.watching import CHROMIUM, FLAGS, LARGE, NARROW, WIDE, Watched, watched

FOLDER = ROOT / "docs" / "screens"
WHO = ("director", "liaison", "sysadmin", "secadmin", "auditor")
COLOURS, MOST_BYTES, MOST_HEIGHT = (48, 24, 12), 60_000, 2_400
SIZES = (WIDE, NARROW, LARGE)


def main() -> None:
    """Write the pictures of the pages of some people, or of everybody."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, town_in(Path(name)) as town, sync_playwright() as playwright:
        fill(town)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with watched(browser, town, None) as one:
            take(one, "guest", "/sign-in")
        for login in sys.argv[1:] or WHO:
            with watched(browser, town, login) as one:
                for address in pages_of(one, town, login):
                    take(one, login, address)
        browser.close()


def pages_of(one: Watched, town: Town, login: str) -> list[str]:
    """Return the pages of somebody: those of the navigation and, of each shape, those they lead to."""
    found = [*places_of(town, login), *(ALWAYS if login == "director" else ())]
    for address in list(found):
        if one.go(address) < 400:
            found.extend(page for page in inner_pages(one) if page not in found)
    return found


def take(one: Watched, login: str, address: str) -> None:
    """Write one page at every width; a page that is not there is left out."""
    for width, height in SIZES:
        one.page.set_viewport_size({"width": width, "height": height})
        if one.go(address) >= 400:
            return
        whole = min(one.page.evaluate("() => document.documentElement.scrollHeight"), MOST_HEIGHT)
        picture = one.page.screenshot(
            clip={"x": 0, "y": 0, "width": width, "height": max(whole, height)}, full_page=True
        )
        (FOLDER / f"{login}-{name_of(address)}-{width}.png").write_bytes(small(picture))


def small(picture: bytes) -> bytes:
    """Return a picture with as many colours as fit into the bound, at least the fewest."""
    plain = Image.open(io.BytesIO(picture)).convert("RGB")
    packed = b""
    for colours in COLOURS:
        made = io.BytesIO()
        plain.quantize(colours, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        packed = made.getvalue()
        if len(packed) <= MOST_BYTES:
            break
    return packed


if __name__ == "__main__":
    main()
