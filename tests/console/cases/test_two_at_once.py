"""Two people at one case: the second one hears who was there before, and loses nothing of what was typed."""

from __future__ import annotations

import re
from datetime import date

from sqlmodel import col, select

from models.rectification import SideRequest
from tests.casework.scene import Scene
from tests.console.cases.conftest import Open

DAY = date(2026, 4, 20)
WORDS = "现场看了台账和公示栏，缺两个月的公示记录。"


def marks(text: str) -> set[str]:
    """Return the marks that the forms of a page carry."""
    return set(re.findall(r'name="seen" value="(\d+)"', text))


def applied(scene: Scene) -> str:
    code = scene.notify(("D001", "E24", "minor"))[0]
    early = date(2026, 4, 10)
    scene.act(code, "submit_plan", "D001:liaison", early, measures="补齐")
    scene.act(code, "approve_plan", "P07", early)
    scene.act(code, "apply_closure", "D001:liaison", early, note="完成", files=(scene.file(),))
    return code


def test_a_verdict_on_what_was_sent_back_meanwhile_changes_nothing(scene: Scene, open_pages: Open) -> None:
    code = applied(scene)
    address = f"/cases/{code}"
    with open_pages("P05", DAY) as slow, open_pages("P06", DAY) as quick:
        (seen,) = marks(slow.get(address))
        given = {"manner": "on_site", "seen": seen}
        assert quick.post(f"{address}/acts/verify", verdict="failed", note="材料不全", **given)[0] == 303
        status, _text = slow.post(f"{address}/acts/verify", verdict="passed", note=WORDS, **given)

    assert status == 404  # sent back, the case is out of the sight of whoever only verifies
    assert scene.case(code).state == "rectifying"


def test_a_decision_on_what_changed_since_is_asked_for_once_more(scene: Scene, open_pages: Open) -> None:
    code = scene.notify(("D001", "E24", "minor"))[0]
    scene.act(code, "submit_plan", "D001:liaison", date(2026, 4, 10), measures="补齐公示")
    address = f"/cases/{code}"
    with open_pages("P90", DAY) as pages:
        (seen,) = marks(pages.get(address))
        scene.act(code, "submit_plan", "D001:liaison", DAY, measures="改为另一套措施")
        status, text = pages.post(f"{address}/acts/approve_plan", note=WORDS, seen=seen)
        assert status == 409
        assert "您打开页面以后，情况有了变化" in text
        assert re.search("已由.*联络员于.*办理“报送整改方案”", text)
        assert WORDS in text
        assert scene.case(code).state == "planned"
        (fresh,) = marks(text)
        assert pages.post(f"{address}/acts/approve_plan", note=WORDS, seen=fresh)[0] == 303
    assert scene.case(code).state == "rectifying"


def test_an_act_that_is_over_shows_what_was_typed_for_it(scene: Scene, open_pages: Open) -> None:
    code = applied(scene)
    scene.act(code, "verify", "P05", DAY, verdict="passed", manner="on_site")
    address = f"/cases/{code}"
    with open_pages("L-DIRECTOR", DAY) as one, open_pages("L-DEPUTY", DAY) as other:
        (seen,) = marks(other.get(address))
        assert one.post(f"{address}/acts/close", seen=seen)[0] == 303
        status, text = other.post(f"{address}/acts/close", note=WORDS, seen=seen)
    assert status == 409
    assert "办理“批准销号”" in text
    assert "您填写的内容" in text
    assert WORDS in text
    assert "act-close" not in text


def test_a_short_word_is_kept_too_and_what_was_chosen_is_not_told_as_a_code(
    scene: Scene, open_pages: Open
) -> None:
    code = applied(scene)
    scene.act(code, "verify", "P05", DAY, verdict="passed", manner="on_site")
    address = f"/cases/{code}"
    with open_pages("L-DIRECTOR", DAY) as one, open_pages("L-DEPUTY", DAY) as other:
        (seen,) = marks(other.get(address))
        assert one.post(f"{address}/acts/close", seen=seen)[0] == 303
        status, text = other.post(
            f"{address}/acts/close", note="同意", until="2026-06-30", verdict="passed", seen=seen
        )
    assert status == 409
    assert "readonly>同意</textarea>" in text


def test_a_note_of_a_call_and_the_clock_make_no_page_stale(scene: Scene, open_pages: Open) -> None:
    code = scene.notify(("D001", "E24", "minor"))[0]
    scene.act(code, "submit_plan", "D001:liaison", date(2026, 4, 10), measures="补齐")
    address = f"/cases/{code}"
    with open_pages("P90", DAY) as pages:
        (seen,) = marks(pages.get(address))
        assert pages.post(f"{address}/notes", kind="telephone", text="催问进度")[0] == 303
        assert pages.post(f"{address}/acts/approve_plan", seen=seen)[0] == 303


def test_a_request_is_decided_once_and_the_second_one_hears_it(scene: Scene, open_pages: Open) -> None:
    code = scene.notify(("D001", "E24", "minor"))[0]
    early = date(2026, 4, 10)
    scene.act(code, "submit_plan", "D001:liaison", early, measures="补齐")
    scene.act(code, "approve_plan", "P07", early)
    due = scene.case(code).due_on
    assert due is not None
    until = date.fromordinal(due.toordinal() + 3).isoformat()
    scene.act(code, "request_extension", "D001:liaison", early, note="等待上级文件", until=until)
    number = scene.rows(select(col(SideRequest.id)))[0]
    given = {"verdict": "refused", "note": "按原期限整改，不再延长。"}
    with open_pages("L-DIRECTOR", DAY) as one, open_pages("L-DEPUTY", DAY) as other:
        assert one.post(f"/requests/{number}/decide", **given)[0] == 303
        status, text = other.post(f"/requests/{number}/decide", verdict="granted", note=WORDS)
    assert status == 409
    assert "这件申请已经办理" in text
    assert re.search("已由.+于.+办理", text)
    assert WORDS in text
