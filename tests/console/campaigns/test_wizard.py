"""Planning a campaign step by step: what was typed stays, what would come is shown before it is stored."""

from __future__ import annotations

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import select

from models.account import Account
from models.campaign import Campaign, Visit
from models.checking import PlanDraft
from tests.casework.scene import PLAN
from tests.console.campaigns.conftest import Browser, Town

ANSWERS: dict[str, dict[str, Any]] = {
    "kind": {"kind": "special"},
    "name": {"title": "2026年秋季专项法治督察", "code": "2026-ZX-07"},
    "items": {"items": ["fazhi-ducha-46:E", "fazhi-ducha-46:F27"]},
    "units": {"units_by": "code", "units": ["D001", "T001"]},
    "team": {"from": "2026-09-01", "to": "2026-09-18", "size": "2", "leader": "yes", "seed": "7", "visit_workdays": "1",
             "self_report_workdays": "5", "sign_by": "director", "specialty": ["-"], "specialty_count": ["1"]},
}  # fmt: skip


@pytest.fixture
def officer(town: Town) -> Browser:
    town.scene.settle()
    return town.browser("P90")


def begin(browser: Browser) -> str:
    """Begin a plan and return its address."""
    return browser.post("/campaigns/new", "/campaigns/new").headers["location"].rpartition("/")[0]


def answer(browser: Browser, base: str, step: str, **changed: Any) -> Any:
    return browser.send(f"{base}/{step}", f"{base}/{step}", {**ANSWERS[step], **changed})


def plan(browser: Browser) -> str:
    """Answer every step and return the address of the plan."""
    base = begin(browser)
    for step in ANSWERS:
        assert answer(browser, base, step).status_code == 303
    return base


def test_a_plan_goes_from_its_first_step_to_a_stored_campaign(town: Town, officer: Browser) -> None:
    base = begin(officer)
    addresses = [answer(officer, base, step).headers["location"] for step in ANSWERS]
    assert addresses == [f"{base}/{step}" for step in ("name", "items", "units", "team", "proposal")]
    proposal = officer.get(addresses[-1]).text
    assert "尚未存入" in proposal
    assert "选用" in proposal  # why these people
    assert "随机种子7" in proposal
    assert town.scene.rows(select(Campaign)) == []

    stored = officer.post(addresses[-1], f"{base}/store")
    assert stored.headers["location"] == "/campaigns/2026-ZX-07"
    campaign = town.scene.rows(select(Campaign))[0]
    assert (campaign.state, campaign.kind, campaign.planned_by) == ("planned", "special", "P90")
    assert len(town.scene.rows(select(Visit))) == 2
    assert town.scene.rows(select(PlanDraft)) == []
    assert "2026-ZX-07" in officer.get("/campaigns").text


def test_what_the_proposal_shows_is_what_is_stored(town: Town, officer: Browser) -> None:
    base = plan(officer)
    shown = officer.get(f"{base}/proposal").text
    officer.post(f"{base}/proposal", f"{base}/store")

    for visit in town.scene.visits():
        for reason in visit.reasons.splitlines():
            assert reason in shown


def test_a_refused_step_shows_again_what_was_typed(officer: Browser) -> None:
    base = plan(officer)
    refused = answer(officer, base, "team", to="2026-08-01", size="4")

    assert refused.status_code == 400
    assert "督察期间颠倒" in refused.text
    assert 'value="2026-08-01"' in refused.text
    assert 'name="size" type="text" value="4"' in refused.text


def test_going_back_keeps_even_what_would_not_do(officer: Browser) -> None:
    base = plan(officer)
    back = answer(officer, base, "team", to="2026-08-01", go="back")

    assert back.headers["location"] == f"{base}/units"
    assert 'value="2026-08-01"' in officer.get(f"{base}/team").text
    assert 'value="T001" checked' in officer.get(f"{base}/units").text


@pytest.mark.parametrize(
    ("step", "changed"),
    [("kind", {"kind": "nothing"}), ("name", {"title": ""}), ("items", {"items": []}), ("units", {"units": []}),
     ("team", {"from": "明天"}), ("team", {"size": "三"})],
)  # fmt: skip
def test_an_incomplete_step_is_not_passed(officer: Browser, step: str, changed: dict[str, Any]) -> None:
    base = plan(officer)

    assert answer(officer, base, step, **changed).status_code == 400


def test_what_is_missing_is_told_before_anything_is_stored(town: Town, officer: Browser) -> None:
    base = plan(officer)
    answer(officer, base, "team", size="9")
    page = officer.get(f"{base}/proposal")

    assert page.status_code == 200
    assert "安排还排不出来" in page.text
    assert officer.post(f"{base}/proposal", f"{base}/store").status_code == 400
    assert town.scene.rows(select(Campaign)) == []


def test_a_plan_that_does_not_fit_its_kind_is_told_in_plain_words(officer: Browser) -> None:
    base = plan(officer)
    answer(officer, base, "team", size="99")
    page = officer.get(f"{base}/proposal").text

    assert "team.size" in page
    assert "安排还排不出来" in page


def test_the_file_of_the_wizard_brings_the_same_proposal(town: Town, officer: Browser) -> None:
    base = plan(officer)
    text = officer.get(f"{base}/campaign.yaml").content
    files = {"plan": ("campaign.yaml", BytesIO(text))}
    brought = officer.post("/campaigns/new", "/campaigns/new/file", files=files)

    assert brought.status_code == 303
    again = officer.get(brought.headers["location"]).text
    assert "2026年秋季专项法治督察" in again
    assert again.count("为什么是这些人") == officer.get(f"{base}/proposal").text.count("为什么是这些人") == 2


@pytest.mark.parametrize(
    "text", [b"code: [", PLAN.replace("special", "x").replace("comprehensive", "x").encode(), b"\xff\xfe"]
)
def test_a_wrong_file_is_refused_with_its_mistakes(town: Town, officer: Browser, text: bytes) -> None:
    answer = officer.post("/campaigns/new", "/campaigns/new/file", files={"plan": ("c.yaml", BytesIO(text))})

    assert answer.status_code in (400, 500)
    assert 'class="refused"' in answer.text
    assert town.scene.rows(select(PlanDraft)) == []


def test_a_plan_of_somebody_else_is_not_found(town: Town, officer: Browser) -> None:
    base = plan(officer)
    other = town.browser("L-DIRECTOR")

    for page in ("kind", "proposal", "campaign.yaml"):
        assert other.get(f"{base}/{page}").status_code == 404
    assert other.send("/campaigns", f"{base}/store", {}).status_code == 404


def test_who_only_inspects_plans_nothing(town: Town, officer: Browser) -> None:
    assert town.browser("P02").get("/campaigns/new").status_code == 403
    assert town.browser("P02").get("/campaigns/plans").status_code == 403


def test_an_unfinished_plan_is_found_again_and_may_be_dropped(town: Town, officer: Browser) -> None:
    base = plan(officer)
    assert "2026年秋季专项法治督察" in officer.get("/campaigns/new").text
    officer.post("/campaigns/new", f"{base}/drop")

    assert town.scene.rows(select(PlanDraft)) == []


def store(browser: Browser, base: str) -> Any:
    return browser.post(f"{base}/proposal", f"{base}/store")


def take_back(browser: Browser, code: str = "2026-ZX-07") -> str:
    """Take a stored plan back and return the address of its draft."""
    answer = browser.post(f"/campaigns/{code}", f"/campaigns/{code}/revise")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[0])


def test_a_stored_plan_is_taken_back_changed_and_stored_again(town: Town, officer: Browser) -> None:
    store(officer, plan(officer))
    assert "取回修改方案" in officer.get("/campaigns/2026-ZX-07").text
    base = take_back(officer)

    assert 'value="2026年秋季专项法治督察"' in officer.get(f"{base}/name").text
    assert 'name="code"' not in officer.get(f"{base}/name").text  # a code does not change
    assert 'value="T001" checked' in officer.get(f"{base}/units").text
    assert 'value="2026-09-01"' in officer.get(f"{base}/team").text
    answer(officer, base, "name", title="2026年秋季专项法治督察（调整）", code="2026-XX-99")
    answer(officer, base, "units", units=["D001"])
    before = town.scene.rows(select(Campaign))[0]
    assert before.title == "2026年秋季专项法治督察"  # nothing changes until it is stored

    assert store(officer, base).headers["location"] == "/campaigns/2026-ZX-07"
    stored = town.scene.rows(select(Campaign))
    assert [(one.code, one.title) for one in stored] == [("2026-ZX-07", "2026年秋季专项法治督察（调整）")]
    assert len(town.scene.rows(select(Visit))) == 1
    assert town.scene.rows(select(PlanDraft)) == []


def test_a_plan_that_is_stored_as_it_was_taken_back_stays_the_same(town: Town, officer: Browser) -> None:
    team = "team: {size: 2, seed: 7, travel: ignore, leader: null}"
    joint = "joint: {with: 巡察机构, milestones: [arrival]}"
    more = PLAN.replace(
        "team: {size: 2, seed: 7}", f"{team}\ninterviews: [{{asked: 局长, count: 2}}]\n{joint}"
    )
    town.scene.plan(more)
    before = town.scene.rows(select(Campaign))[0].plan
    base = take_back(officer, "2026-ZH-01")
    for step in ("kind", "name", "items", "units", "team"):
        page = officer.get(f"{base}/{step}").text
        assert officer.send(f"{base}/{step}", f"{base}/{step}", fields_shown(page)).status_code == 303
    assert store(officer, base).status_code == 303

    after = town.scene.rows(select(Campaign))[0].plan
    wanted, found = json.loads(before), json.loads(after)
    assert found.pop("team") | {"recuse": 0} == wanted.pop("team") | {"recuse": 0}
    assert found == wanted


def fields_shown(page: str) -> dict[str, list[str]]:
    """Return what a browser would send for a page that nobody touched."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page.partition('id="plan-step"')[2]):
        values = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if values.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        found.setdefault(values["name"], []).append(unescape(values.get("value", "")))
    for name, body in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        chosen = [value for value, mark in options if mark] or [options[0][0]]
        found.setdefault(name, []).append(chosen[0])
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = [unescape(text)]
    return found


def test_taking_back_twice_goes_on_with_the_same_draft(town: Town, officer: Browser) -> None:
    store(officer, plan(officer))

    assert take_back(officer) == take_back(officer)
    assert "修改已存方案" in officer.get("/campaigns/new").text


def test_a_plan_that_somebody_else_stored_meanwhile_is_not_undone_unasked(
    town: Town, officer: Browser
) -> None:
    store(officer, plan(officer))
    base, director = take_back(officer), town.browser("L-DIRECTOR")
    theirs = take_back(director)
    answer(director, theirs, "name", title="主任改过的名称")
    assert store(director, theirs).status_code == 303
    answer(officer, base, "name", title="经办人改过的名称")

    refused = store(officer, base)
    assert refused.status_code == 409
    assert "取回以后，方案已有变动" in refused.text
    assert "仍以本稿代替" in refused.text
    assert re.search(r"已由.+于2026年6月30日10:00办理“编制方案”", refused.text)
    assert 'value="经办人改过的名称"' in officer.get(f"{base}/name").text
    over = officer.send(f"{base}/proposal", f"{base}/store", {"over": "1"})
    assert over.status_code == 303
    assert town.scene.rows(select(Campaign))[0].title == "经办人改过的名称"


def test_an_approved_plan_is_not_taken_back_and_a_draft_of_it_is_kept(town: Town, officer: Browser) -> None:
    store(officer, plan(officer))
    base, director = take_back(officer), town.browser("L-DIRECTOR")
    scan = {"scan": ("方案.pdf", BytesIO(b"%PDF-1.7 x"), "application/pdf")}
    approved = director.post("/campaigns/2026-ZX-07", "/campaigns/2026-ZX-07/approve", files=scan)
    assert approved.status_code == 303

    refused = store(officer, base)
    assert refused.status_code == 409
    assert "办理“批准督察方案”" in refused.text
    assert "仍以本稿代替" not in refused.text  # there is nothing left to replace
    assert len(town.scene.rows(select(PlanDraft))) == 1
    assert "取回修改方案" not in officer.get("/campaigns/2026-ZX-07").text
    again = officer.post("/campaigns/new", "/campaigns/2026-ZX-07/revise")
    assert again.status_code == 409


def test_a_leader_of_the_pool_opens_and_takes_back_what_they_planned(town: Town, officer: Browser) -> None:
    leader = town.browser("P03")
    base = plan(leader)
    stored = store(leader, base)

    assert stored.headers["location"] == "/campaigns/2026-ZX-07"
    page = leader.get("/campaigns/2026-ZX-07")
    assert page.status_code == 200
    assert "由主任批准" in page.text
    assert "2026-ZX-07" in leader.get("/campaigns").text
    assert leader.get("/campaigns/2026-ZX-07/visits").text.count("T001") + 1
    for visit in town.scene.rows(select(Visit.id)):
        assert leader.get(f"/visits/{visit}").status_code == 200  # the arrangement they made
    assert take_back(leader)
    store(officer, plan_as(officer, "2026-ZX-08"))
    assert leader.send("/campaigns/new", "/campaigns/2026-ZX-08/revise", {}).status_code in (404, 409)


def plan_as(browser: Browser, code: str) -> str:
    base = begin(browser)
    for step in ANSWERS:
        assert answer(browser, base, step, **({"code": code} if step == "name" else {})).status_code == 303
    return base


def test_a_code_that_another_planner_uses_is_refused(town: Town, officer: Browser) -> None:
    store(officer, plan(officer))
    refused = store(town.browser("P03"), plan(town.browser("P03")))

    assert refused.status_code == 409
    assert "批次编码已被使用" in refused.text
    assert town.scene.rows(select(Campaign))[0].planned_by == "P90"


def test_another_step_is_opened_without_losing_what_was_typed(officer: Browser) -> None:
    base = plan(officer)
    gone = answer(officer, base, "name", title="只改了一半", go="team")

    assert gone.headers["location"] == f"{base}/team"
    assert 'value="只改了一半"' in officer.get(f"{base}/name").text
    assert f'href="{base}/name"' in officer.get("/campaigns/new").text  # where somebody left off


def test_what_is_being_typed_is_kept_for_a_script(officer: Browser) -> None:
    base = plan(officer)
    kept = officer.send(f"{base}/name", f"{base}/name/keep", {"title": "还没有点继续"})

    assert kept.status_code == 200
    assert kept.json()["said"].startswith("已保存")
    assert 'value="还没有点继续"' in officer.get(f"{base}/name").text
    secret = officer.send(f"{base}/name", f"{base}/name/keep", {"title": "机密★1年"})
    assert secret.status_code == 400
    assert secret.json()["error"]["what"]


def test_a_brought_file_is_changed_step_by_step(town: Town, officer: Browser) -> None:
    files = {"plan": ("campaign.yaml", BytesIO(PLAN.encode()))}
    base = (
        officer.post("/campaigns/new", "/campaigns/new/file", files=files)
        .headers["location"]
        .rpartition("/")[0]
    )

    assert 'value="fazhi-ducha-46:E" checked' in officer.get(f"{base}/items").text
    answer(officer, base, "name", title="改了名称的批次", code="2026-ZH-01")
    assert store(officer, base).headers["location"] == "/campaigns/2026-ZH-01"
    assert town.scene.rows(select(Campaign))[0].title == "改了名称的批次"


def test_a_specialty_keeps_its_number_whatever_stands_above_it(town: Town, officer: Browser) -> None:
    base = plan(officer)
    answer(officer, base, "team", specialty=["-", "法治宣传", "-"], specialty_count=["", "2", "1"])
    shown = officer.get(f"{base}/team").text
    assert re.search(r'value="法治宣传" selected>.*?name="specialty_count"[^>]* value="2"', shown)
    for _ in range(3):  # lines that ask for nothing do not gather
        officer.send(f"{base}/team", f"{base}/team", fields_shown(officer.get(f"{base}/team").text))

    assert officer.get(f"{base}/team").text.count('name="specialty_count"') == 3
    assert "at_least:\n    法治宣传: 2\n" in officer.get(f"{base}/campaign.yaml").text


def test_what_was_held_up_on_its_way_does_not_replace_what_came_after_it(officer: Browser) -> None:
    base = plan(officer)
    keep = f"{base}/name/keep"
    officer.send(f"{base}/name", keep, {"title": "后写的", "turn": "a:3"})
    officer.send(f"{base}/name", keep, {"title": "先写的", "turn": "a:2"})
    assert 'value="后写的"' in officer.get(f"{base}/name").text

    officer.send(f"{base}/name", keep, {"title": "另一个窗口写的", "turn": "b:1"})
    assert 'value="另一个窗口写的"' in officer.get(f"{base}/name").text


def test_a_refusal_calls_people_and_roles_by_their_names(town: Town) -> None:
    town.scene.settle()
    leader = town.browser("P03")
    store(leader, plan(leader))
    with town.scene.open_desk() as desk:
        account = desk.session.exec(select(Account).where(Account.holder == "P03")).one()
        account.name = r"李\g<9>伟"  # whatever a name is made of, it is text
        desk.session.add(account)
    refused = leader.post("/campaigns/2026-ZX-07", "/campaigns/2026-ZX-07/open")

    assert refused.status_code == 403
    said = unescape(refused.text.partition('class="refused"')[2].partition("</div>")[0])
    assert r"李\g<9>伟（" in said
    assert "科室负责人、督察组长" in said
    assert not re.search("P03|leader|inspector", said)
