"""Pictures of every page at three widths, for whoever wants to see them without starting anything.

Run `python -m tests.browser.screens [--to FOLDER] [LOGIN... acts]`: a county lives through its year up to a busy
morning, and each kind of page is taken once, by the first who sees it. They are written to docs/screens/, small, with
few colours. No test run writes them.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from system.paths import ROOT
from tests.browser.countyyear import live_until
from tests.browser.doings import do_all
from tests.browser.tour import ALWAYS, linked, name_of, places_of, shape_of
from tests.browser.town import Town, town_in
from tests.browser.watching import CHROMIUM, FLAGS, LARGE, NARROW, WIDE, Watched, watched

FOLDER = ROOT / "docs" / "screens"
WHO = (
    "director",
    "officer",
    "linkage",
    "inspector",
    "verifier",
    "liaison",
    "sysadmin",
    "secadmin",
    "auditor",
)
ACTS = "acts"  # in place of a login: the pages that only an act shows
HOME = ("/", "/portal")  # which is another page for everybody
# The colours of the stylesheet and what lies between them and the paper: a palette drawn anew for each picture would
# spend itself on the greys of letters, and lights would lose their colour.
COLOURS = (
    "ffffff f5f5f2 eceeef dcdfe2 f0f1ef e9eae8 1d2329 4a545e 646e78 8b949c b9bfc4 174a84 6d8cb0 b3c4d8 a61b1f c62127 "
    "dd8f91 fdecec 1d63c4 bcd4f3 eaf2fc b47a00 6f4a00 ecd596 fdf4da d4580a fdeedf 1c5a36 b9d8c4 edf6f0 9a151a 000000"
)
SCALES = {LARGE[0]: 0.35}  # width -> how much smaller a picture is kept, where it is
SIZES = (WIDE, NARROW, LARGE)


@dataclass
class Camera:
    """Takes pages into a folder, each kind of page once."""

    folder: Path
    taken: set[str] = field(default_factory=set)

    def take(self, one: Watched, login: str, name: str) -> None:
        """Write what the window shows of its page, at every width."""
        one.page.wait_for_load_state()
        for width, height in SIZES:
            one.page.set_viewport_size({"width": width, "height": height})
            picture = small(one.page.screenshot(), SCALES.get(width, 1.0))
            (self.folder / f"{login}-{name}-{width}.png").write_bytes(picture)
        one.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    def walk(self, one: Watched, town: Town, login: str) -> None:
        """Take every page that somebody can reach from the navigation and nobody reached before."""
        waiting = [*HOME, *places_of(town, login), *ALWAYS]
        for address in waiting:
            kind = f"{login} {address}" if address in HOME else shape_of(address)
            if kind in self.taken or one.go(address) >= 400:
                continue
            self.taken.add(kind)
            self.take(one, login, name_of(address))
            waiting.extend(page for page in linked(one) if shape_of(page) not in self.taken)


def main() -> None:
    """Write the pictures of the pages of some people, or of everybody."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER)
    parser.add_argument("logins", nargs="*", default=(*WHO, ACTS))
    wish = parser.parse_args()
    wish.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, town_in(Path(name)) as town:
        live_until(town)
        take_all(town, Camera(wish.to), wish.logins)


def take_all(town: Town, camera: Camera, logins: list[str]) -> None:
    """Walk with everybody, and then do what only an act shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with watched(browser, town, None) as one:
            for address, name in (("/sign-in", "sign-in"), ("/n/nothing", "link-dead")):
                one.go(address)
                camera.take(one, "guest", name)
        for login in logins:
            if login == ACTS:
                do_all(browser, town, camera.take)
                continue
            with watched(browser, town, login) as one:
                camera.walk(one, town, login)
        browser.close()


@cache
def palette() -> Image.Image:
    """Return the picture whose colours all pictures have."""
    made = Image.new("P", (1, 1))
    made.putpalette(list(bytes.fromhex(COLOURS.replace(" ", ""))))
    return made


def small(picture: bytes, scale: float) -> bytes:
    """Return a picture in few colours, smaller by a factor."""
    plain = Image.open(io.BytesIO(picture)).convert("RGB")
    if scale != 1:
        plain = plain.resize(
            (round(plain.width * scale), round(plain.height * scale)), Image.Resampling.LANCZOS
        )
    made = io.BytesIO()
    plain.quantize(palette=palette(), dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    main()
