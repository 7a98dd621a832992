"""Pictures among the evidence of a case: seen on its page, by nobody who does not see the case, and never a program."""

from __future__ import annotations

import re
from datetime import date

from tests.casework.scene import Scene
from tests.console.cases.conftest import Open

SEEN = date(2026, 4, 13)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def hand_in(scene: Scene, name: str, content: bytes) -> str:
    """Let the unit hand in a plan with a file; return the number of its case."""
    code = scene.notify(("D001", "E24", "major"))[0]
    file = scene.file(name, content)
    scene.act(code, "submit_plan", "D001:liaison", date(2026, 4, 10), note="补齐", files=(file,))
    return code


def test_a_photo_is_shown_small_and_opened_from_the_page_of_its_case(scene: Scene, open_pages: Open) -> None:
    code = hand_in(scene, "公示栏.png", PNG)
    with open_pages("P90", SEEN) as pages:
        place = re.findall(
            rf'<img class="ck-picture" src="(/cases/{code}/evidence/\d+/picture)"',
            pages.get(f"/cases/{code}"),
        )
        answer = pages.browser.get(place[0])

    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert "content-disposition" not in answer.headers


def test_what_is_only_named_like_a_picture_is_downloaded_and_never_shown(
    scene: Scene, open_pages: Open
) -> None:
    code = hand_in(scene, "公示栏.png", b"<svg onload=alert(1)>")
    with open_pages("P90", SEEN) as pages:
        place = re.findall(rf'src="(/cases/{code}/evidence/\d+/picture)"', pages.get(f"/cases/{code}"))[0]
        answer = pages.browser.get(place)

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_photo_is_hidden_from_who_does_not_see_the_case(scene: Scene, open_pages: Open) -> None:
    code = hand_in(scene, "公示栏.png", PNG)
    with open_pages("P90", SEEN) as pages:
        place = re.findall(rf'src="(/cases/{code}/evidence/\d+/picture)"', pages.get(f"/cases/{code}"))[0]
    with open_pages("P03", SEEN) as pages:
        assert pages.status(place) == 404
