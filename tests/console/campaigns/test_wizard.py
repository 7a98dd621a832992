"""Planning a campaign step by step: what was typed stays, what would come is shown before it is stored."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlmodel import select

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
