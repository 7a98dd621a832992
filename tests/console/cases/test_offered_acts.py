"""Acts are offered exactly as they are legal: every situation of a case, looked at by everybody, every act tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework.desk import Desk
from casework.portal.casepage import case_page
from casework.portal.doing import do_act
from casework.portal.reader import reader_at
from casework.rectification.casefile import case_view
from casework.rectification.doing import Wish, act_in_sight
from casework.rectification.requestlist import PENDING, requests_view
from core.errors import DuchaError, NotAllowed, NotFound
from core.life.rectification import CASE_ACT_LABELS, CaseAct, CaseState, possible_acts
from models.handling import Freeze
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene
from tests.console.conftest import settings_in
from tests.databases import open_database
from tests.make import store

DAY = date(2026, 4, 20)
OFFICE = ("P90", "L-SECTION", "L-DEPUTY", "L-DIRECTOR", "L-COUNTY", "P07", "P91", "P01", "P05")
UNIT = ("D001:liaison", "D001:head")
ELSEWHERE = {CaseAct.REFER}  # has a page of its own
POINTLESS = {CaseAct.ADMIT_OBJECTION}  # while the unit may still object without it; see "late"
# How each situation is reached, step by step; "" is a served case.
RECTIFYING, APPLIED = "plan agree", "plan agree apply"
VERIFIED = f"{APPLIED} verify"
ROADS = {
    "open": "", "objected": "object", "planned": "plan", "planned by officer": "plan_in_place", "frozen": "",
    "frozen high": "", "withdrawn": "withdraw", "rectifying": RECTIFYING, "late": RECTIFYING,
    "extension": f"{RECTIFYING} extend", "grave extension": f"{RECTIFYING} extend",
    "endorsed extension": f"{RECTIFYING} extend_by_head", "long term": f"{RECTIFYING} lengthen",
    "stage": f"{RECTIFYING} lengthen grant", "suspended": f"{RECTIFYING} suspend", "applied": APPLIED,
    "applied by officer": f"{RECTIFYING} apply_in_place", "verified": VERIFIED, "verified red": VERIFIED,
    "verified black": VERIFIED, "complained": f"{VERIFIED} complain", "closed": f"{VERIFIED} close",
    "looking back": f"{VERIFIED} close appoint", "archived": f"{VERIFIED} close appoint hold",
}  # fmt: skip
SITUATIONS = tuple(ROADS)
GRAVE = {"grave extension", "endorsed extension", "long term", "stage"}
EARLY = date(2026, 4, 9)


@dataclass(frozen=True)
class County:
    """Cases in every situation, by its name."""

    scene: Scene
    codes: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Give one database in which every trial is undone."""
    folder = tmp_path_factory.mktemp("offers")
    with open_database("sqlite", folder) as engine:
        yield settle(engine, settings_in(folder), folder)


def settle(engine: sa.Engine, settings: Settings, folder: Path) -> County:
    scene = Scene(open_desks_on(engine, settings), folder)
    found = [("D001", "E24", "grave" if name in GRAVE else "minor") for name in SITUATIONS]
    county = County(scene, dict(zip(SITUATIONS, scene.notify(*found), strict=True)))
    for name, code in county.codes.items():
        lead_to(scene, code, ROADS[name])
    change = {"verified red": {"highest_light": "red"}, "verified black": {"highest_light": "black"}}
    with scene.open_desk(today=DAY) as desk:
        for name, values in change.items():
            query = sa.text("UPDATE rectification SET highest_light = :light WHERE id = :id")
            number = scene.case(county.codes[name]).id
            desk.session.connection().execute(query, {"light": values["highest_light"], "id": number})
        for name, level in (("frozen", "director"), ("frozen high", "committee")):
            store(desk, Freeze(
                office_id=desk.office_id, case_id=scene.case(county.codes[name]).id, code="F1", node="plan", cause=name,
                state="frozen", missed_on=DAY, frozen_on=DAY, releases=level,
            ))  # fmt: skip
    return county


def lead_to(scene: Scene, code: str, road: str) -> None:
    """Bring a served case into a situation by acts of people."""
    unit, head, proof = "D001:liaison", "D001:head", (scene.file(),)
    until, end, goals = days_of(scene, code)
    steps: dict[str, tuple[str, str, dict[str, Any]]] = {
        "object": ("object", unit, {"note": "认定有误"}),
        "withdraw": ("withdraw", "L-DIRECTOR", {"note": "重复立项"}),
        "plan": ("submit_plan", unit, {"measures": "补齐公示"}),
        "plan_in_place": ("submit_plan", "P90", {"measures": "补齐公示"}),
        "agree": ("approve_plan", "P07", {}),
        "extend": ("request_extension", unit, {"note": "等待上级文件", "until": until}),
        "extend_by_head": ("request_extension", head, {"note": "等待上级文件", "until": until}),
        "lengthen": ("request_long_term", head, {"note": "须立法", "until": end, "stages": goals}),
        "grant": ("decide_long_term", "L-DIRECTOR", {"verdict": "granted"}),
        "suspend": ("suspend", "L-DIRECTOR", {"note": "不可抗力"}),
        "apply": ("apply_closure", unit, {"note": "已整改", "files": proof}),
        "apply_in_place": ("apply_closure", "P90", {"note": "已整改", "files": proof}),
        "verify": ("verify", "P05", {"verdict": "passed", "manner": "on_site"}),
        "complain": ("record_complaint", "P90", {"note": "尚未整改到位"}),
        "close": ("close", "L-DIRECTOR", {}),
        "appoint": ("schedule_look_back", "P90", {"on": "2026-04-15"}),
        "hold": ("look_back", "P01", {"verdict": "held"}),
    }
    for step in road.split():
        act, by, given = steps[step]
        scene.act(code, act, by, DAY if step == "hold" else EARLY, **given)


def days_of(scene: Scene, code: str) -> tuple[str, str, str]:
    """Return to when a case may be extended, when a long rectification would end, and its stages."""
    due = scene.case(code).due_on
    assert due is not None
    months = [date(due.year, due.month + 1, 1), date(due.year, due.month + 5, 1), date(due.year + 1, 3, 1)]
    stages = zip(months, ("完成一半", "多数", "全部"), strict=True)
    until = date.fromordinal(due.toordinal() + 5)
    return until.isoformat(), months[-1].isoformat(), "\n".join(f"{day} {goal}" for day, goal in stages)


def wishes(scene: Scene, code: str, act: CaseAct) -> Iterator[dict[str, str]]:
    """Yield what would be filled in for an act, once for each conclusion."""
    due = scene.case(code).due_on or DAY
    soon = date.fromordinal(due.toordinal() + 2).isoformat()
    last = date(due.year, due.month + 2, 3).isoformat()
    values: dict[CaseAct, list[dict[str, str]]] = {
        CaseAct.SUBMIT_PLAN: [{"measures": "补齐公示"}],
        CaseAct.SUSPEND: [{"basis": "litigation"}],
        CaseAct.REPORT_PROGRESS: [{"percent": "40"}],
        CaseAct.REQUEST_EXTENSION: [{"until": soon}],
        CaseAct.DECIDE_EXTENSION: [{"verdict": one} for one in ("granted", "refused")],
        CaseAct.DECIDE_LONG_TERM: [{"verdict": one} for one in ("granted", "refused")],
        CaseAct.DECIDE_OBJECTION: [{"verdict": one} for one in ("upheld", "rejected")],
        CaseAct.VERIFY: [{"verdict": one, "manner": "on_site"} for one in ("passed", "failed")],
        CaseAct.SCHEDULE_LOOK_BACK: [{"on": "2026-05-20"}],
        CaseAct.LOOK_BACK: [{"verdict": one} for one in ("held", "rebounded")],
        CaseAct.FLAG: [{"event": "E1"}],
        CaseAct.ENDORSE: [{"verdict": one} for one in ("agreed", "declined")],
        CaseAct.WITHDRAW_REQUEST: [{"kind": one} for one in ("extension", "objection", "long_term")],
        CaseAct.REQUEST_LONG_TERM: [{"until": last, "stages": f"{last} 全部完成"}],
        CaseAct.REVIEW_STAGE: [{"verdict": one} for one in ("met", "missed")],
        CaseAct.ADMIT_OBJECTION: [{"until": "2026-05-08"}],
        CaseAct.SETTLE_COMPLAINT: [{"number": "1", "verdict": one} for one in ("founded", "unfounded")],
    }
    yield from values.get(act, [{}])


class Undone(Exception):
    """Ends a trial; nothing of it stays."""


def day_of(name: str) -> date:
    return date(2026, 5, 20) if name == "late" else DAY


def tried(county: County, holder: str, name: str, act: CaseAct, values: dict[str, str]) -> DuchaError | None:
    """Carry an act out as its page does, undo it, and return why it was refused."""
    files, code = (county.scene.file(),), county.codes[name]
    with suppress(Undone), county.scene.open_desk(by=holder, today=day_of(name)) as desk:
        try:
            if ":" in holder:
                do_act(
                    reader_at(desk, by_link=False), code, act.value, note="说明", files=files, values=values
                )
            else:
                act_in_sight(desk, code, Wish(act.value, None, "说明", files, values))
        except DuchaError as error:
            refused: DuchaError | None = error
        else:
            refused = None
        raise Undone
    return refused


def offered_to(desk: Desk, code: str) -> dict[CaseAct, frozenset[str]]:
    """Return the acts that somebody's page offers, each with the conclusions that its form has."""
    if desk.actor.speaks_for_unit:
        return {act: frozenset() for act in case_page(reader_at(desk, by_link=False), code).offers.acts}
    found = {}
    for one in case_view(desk, code).offered:
        verdicts = [key for q in one.questions if q.name == "verdict" for key, _words in q.options]
        found[one.act] = frozenset(verdicts)
    return found


def possible(county: County, name: str) -> list[CaseAct]:
    case = county.scene.case(county.codes[name])
    acts = possible_acts(CaseState(case.state), suspended=case.suspended_on is not None)
    return [CaseAct(act) for act in acts if act not in ELSEWHERE]


def wrongs(county: County, name: str, holder: str) -> Iterator[str]:
    """Yield where what somebody is offered differs from what they may do."""
    code = county.codes[name]
    try:
        with county.scene.open_desk(by=holder, today=day_of(name), readonly=True) as desk:
            offered = offered_to(desk, code)
    except NotFound:  # out of sight: nothing is offered, nothing is done
        offered = {}
    for act in possible(county, name):
        for values in wishes(county.scene, code, act):
            verdict = values.get("verdict", "")
            shown = act in offered and (not verdict or not offered[act] or verdict in offered[act])
            refused = tried(county, holder, name, act, values)
            if shown and isinstance(refused, NotAllowed | NotFound):
                yield f"{holder} is offered what is forbidden: {act} {verdict}: {refused}"
            if refused is None and not shown and (act not in POINTLESS or name == "late"):
                yield f"{holder} is not offered what is legal: {act} {verdict}"


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_is_offered_is_never_forbidden_and_what_is_legal_is_offered(county: County, name: str) -> None:
    assert [one for holder in OFFICE + UNIT for one in wrongs(county, name, holder)] == []


def test_every_act_is_legal_for_somebody_in_some_situation(county: County) -> None:
    """Without this the walk above could pass because it fills in forms that are always refused."""
    done = set()
    for name, holder in product(
        SITUATIONS, ("P90", "L-DIRECTOR", "P07", "P05", "P06", "D001:liaison", "D001:head")
    ):
        for act in possible(county, name):
            values = wishes(county.scene, county.codes[name], act) if act not in done else ()
            if any(tried(county, holder, name, act, one) is None for one in values):
                done.add(act)
    left = {CASE_ACT_LABELS[act] for act in set(CaseAct) - done - ELSEWHERE}
    assert left == {"签收"}  # which needs a paper on its way: tests/console/portal/test_acts.py


def test_the_level_that_may_grant_is_named_where_a_lower_one_looks(county: County) -> None:
    code = county.codes["grave extension"]
    with county.scene.open_desk(by="L-DEPUTY", today=DAY, readonly=True) as desk:
        question = next(q for one in case_view(desk, code).offered if one.act is CaseAct.DECIDE_EXTENSION
                        for q in one.questions if q.name == "verdict")  # fmt: skip
        assert [key for key, _words in question.options] == ["refused"]
        assert "主任及以上负责人批准" in question.hint
        lines = {line.case.code: line for line in requests_view(desk, PENDING, "", None).rows.rows}
        assert "主任及以上负责人批准" in lines[code].withheld
        assert lines[county.codes["extension"]].withheld == ""
        waiting = case_view(desk, county.codes["verified black"]).waiting
        assert "批准销号" in waiting.why_not
