"""Comparing rule sets and moving a campaign: previewed, audited, never backwards, and done once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import sqlalchemy as sa

from casework.calendar.calendars import calendar_add
from casework.inspection.checklists import export_checklists, import_checklists
from casework.paperwork.documents import content_hash, sign_documents
from casework.rulesets.library import store_frozen
from casework.rulesets.migrating import apply_migration, preview_migration
from casework.rulesets.rulecomparison import compare_rules, compare_sides
from casework.rulesets.rulesides import read_local
from casework.upkeep.doctor import examine
from core.calendar.workdays import Unit as PeriodUnit
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.rulebook.differences import tree_of
from core.rulebook.freezing import canonical
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.rehearsal import SimulatedClock
from models.campaign import RuleSet
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.conftest import open_desks_on
from tests.casework.scene import CODE, NOTIFIED, OPENED, Scene
from tests.casework.test_rehearsing import every_row

LATER = date(2026, 4, 20)
REASON = "依法治县办主任办公会批准"
Edit = Callable[[Any], None]


def other_set(scene: Scene, edit: Edit) -> str:
    """Keep a changed copy of the rules that the campaign froze; return its hash."""
    digest = scene.campaign().rules_sha256
    with scene.open_desk(today=OPENED) as desk:
        tree = tree_of(desk.session.get_one(RuleSet, digest).content)
        edit(tree)
        return store_frozen(desk.session, canonical({"format": 1, "rules": tree}), desk.now)


def item_of(tree: Any, code: str) -> Any:
    return next(one for one in tree["catalogs"][make.CATALOG]["items"] if one["id"] == code)


def rung_of(tree: Any, severity: str, code: str) -> Any:
    return next(
        one for one in tree["ladders"]["problem"]["profiles"][severity]["rungs"] if one["code"] == code
    )


def days_of(code: str, days: int) -> Edit:
    """Return an edit of the days within which an item is rectified."""
    return lambda tree: item_of(tree, code).update(rectify_days=days)


def without(code: str) -> Edit:
    """Return an edit that takes an item out of the catalogue."""

    def edit(tree: Any) -> None:
        catalog = tree["catalogs"][make.CATALOG]
        catalog["items"] = [one for one in catalog["items"] if one["id"] != code]

    return edit


def migrate(
    scene: Scene, to: str, *, by: str = "L-DIRECTOR", note: str = REASON, on: date = LATER
) -> dict[str, Any]:
    with scene.open_desk(by=by, today=on) as desk:
        return apply_migration(desk, CODE, to, note)


def preview(scene: Scene, to: str, on: date = LATER) -> dict[str, Any]:
    with scene.open_desk(readonly=True, today=on) as desk:
        return preview_migration(desk, CODE, to).as_dict()


def broken(scene: Scene, on: date = LATER) -> list[str]:
    """Return what the doctor finds, but for unsent mails, and the campaign and papers that builders wrote."""
    with scene.open_desk(readonly=True, today=on) as desk:
        found = [
            (one.id, text) for one in examine(desk).invariants if one.id != "INV-1" for text in one.examples
        ]
    return [f"{code} {text}" for code, text in found if not text.startswith(("finding", "campaign 1 状态"))]


def sweep(engine: sa.Engine, settings: Settings, day: date) -> dict[str, Any]:
    return run_sweep(Edge(engine, settings, SimulatedClock(day)))


def natural_days(scene: Scene) -> int:
    """Return the days within which E24 is rectified under the shipped rules."""
    with scene.open_desk(readonly=True) as desk:
        return desk.rules.catalogs[make.CATALOG].item("E24").rectify_days


# ---- preview --------------------------------------------------------------------------------------------------


def test_a_preview_tells_what_would_move_and_writes_nothing(scene: Scene, engine: sa.Engine) -> None:
    code, other = scene.notify(("D001", "E24", "minor"), ("T001", "F27", "minor"))
    with scene.open_desk(readonly=True) as desk:
        severity = desk.rules.catalogs[make.CATALOG].item("E24").severity
    digest = other_set(scene, lambda tree: _longer(tree, severity.value))
    before, due = every_row(engine), scene.case(code).due_on

    said = preview(scene, digest)

    assert (said["applied"], said["from"], said["to"]) == (False, scene.campaign().rules_sha256, digest)
    rows = {row["case"]: row for row in said["cases"]}
    assert set(rows) == {code, other}
    assert rows[code]["due_on"] == due.isoformat() if due else None
    assert rows[code]["due_then"] > rows[code]["due_on"]
    assert rows[code]["next_then"]["day"] > rows[code]["next"]["day"]
    assert "缺省整改期限" in "".join(said["text"])
    assert every_row(engine) == before


def _longer(tree: Any, severity: str) -> None:
    """Give ten working days more to every problem, whether its own item's limit counts or that of its severity."""
    for item in tree["catalogs"][make.CATALOG]["items"]:
        item["rectify_days"] += 10
    for profile in tree["ladders"]["problem"]["profiles"].values():
        profile["rectify_workdays"] += 10


def test_to_the_current_rules_there_is_nothing_to_do_while_they_are_the_same(scene: Scene) -> None:
    scene.start()
    said = preview(scene, "current")
    assert (said["from"], said["changes"], said["problems"]) == (said["to"], [], [])
    assert migrate(scene, "current")["applied"] is False
    assert "migrate_rules" not in scene.told("campaign", scene.campaign().id)


@pytest.mark.parametrize("to", ["beta", "0" * 12, "abc"])
def test_rules_that_nobody_froze_are_refused(scene: Scene, to: str) -> None:
    scene.start()
    with pytest.raises(NotFound, match="没有这套规则"):
        preview(scene, to)


def test_a_campaign_that_is_not_open_is_refused(scene: Scene) -> None:
    scene.settle()
    scene.plan()
    with pytest.raises(Refused, match="进行中"):
        preview(scene, "current")


# ---- apply ----------------------------------------------------------------------------------------------------


def test_a_longer_limit_moves_the_due_date_and_the_next_look(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    digest = other_set(scene, lambda tree: _longer(tree, "minor"))
    before = scene.case(code)
    (told,) = preview(scene, digest)["cases"]

    said = migrate(scene, digest)

    after = scene.case(code)
    assert (said["applied"], scene.campaign().rules_sha256) == (True, digest)
    assert before.due_on is not None
    assert after.due_on is not None
    with scene.open_desk(readonly=True) as desk:
        assert desk.calendar.between(before.due_on, after.due_on) == 10
    assert (after.first_due_on, told["due_then"]) == (before.first_due_on, after.due_on.isoformat())
    assert (after.next_due_on or date.min) > (before.next_due_on or date.max)
    assert [row["cases"] for row in said["corrections"]] == [[code]]
    assert broken(scene) == []


def test_a_shorter_limit_moves_nothing(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    due = scene.case(code).due_on

    def shorter(tree: Any) -> None:
        item_of(tree, "E24")["rectify_days"] = 5
        tree["ladders"]["problem"]["profiles"]["minor"]["rectify_workdays"] = 5

    said = migrate(scene, other_set(scene, shorter))
    assert (scene.case(code).due_on, said["corrections"]) == (due, [])
    assert scene.told("case", scene.case(code).id).count("set_due") == 1
    assert broken(scene) == []


def test_a_granted_extension_is_not_undone(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    scene.act(code, "submit_plan", "D001:liaison", NOTIFIED, note="措施")
    scene.act(code, "approve_plan", "P90", NOTIFIED)
    due = scene.case(code).due_on
    assert due is not None
    with scene.open_desk(readonly=True, today=NOTIFIED) as desk:
        until = calendar_add(desk, due, 5, PeriodUnit.WORKDAY)["due_on"]
    scene.act(code, "request_extension", "D001:liaison", NOTIFIED, note="采购", until=str(until))
    scene.act(code, "decide_extension", "L-DIRECTOR", NOTIFIED, note="同意", verdict="granted")
    migrate(scene, other_set(scene, lambda tree: _longer(tree, "minor")))
    assert str(scene.case(code).due_on) == until
    assert broken(scene) == []


def test_what_went_out_keeps_its_hash_and_a_draft_takes_the_new_one(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    due = scene.case(code).due_on
    assert due is not None
    with scene.open_desk(readonly=True) as desk:
        yellow_on = desk.calendar.after(due, 1)
    sweep(engine, settings, due)
    sweep(engine, settings, desk.calendar.after(yellow_on, 3))
    notice, prompt, urging = scene.documents()
    assert (notice.state, prompt.state, urging.state) == ("served", "issued", "draft")
    light, day = scene.case(code).light, desk.calendar.after(yellow_on, 4)

    digest = other_set(scene, lambda tree: tree["documents"]["urging"].update(name="催办通知"))
    migrate(scene, digest, on=day)

    kept_notice, kept_prompt, changed = scene.documents()
    assert (kept_notice.rules_sha256, kept_prompt.rules_sha256) == (notice.rules_sha256, prompt.rules_sha256)
    assert kept_notice.content_sha256 == content_hash(kept_notice) == notice.content_sha256
    assert (kept_notice.number, changed.rules_sha256, scene.case(code).light) == (
        notice.number,
        digest,
        light,
    )
    with scene.open_desk(by="L-COUNTY", today=day) as desk:
        (signed,) = sign_documents(desk, [changed.id or 0])
        assert digest[:12] in (signed.content or "")
    assert broken(scene, day) == []


def test_after_the_move_the_sweep_follows_the_new_ladder(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    due = scene.case(code).due_on
    assert due is not None
    digest = other_set(scene, lambda tree: rung_of(tree, "minor", "blue").update(offset=-1))
    migrate(scene, digest)
    with scene.open_desk(readonly=True) as desk:
        old, new = desk.calendar.after(due, -3), desk.calendar.after(due, -1)
    assert sweep(engine, settings, old)["issued"] == {}
    assert sweep(engine, settings, new)["issued"] == {"prompt": 1}


def test_the_move_is_on_record_and_a_second_one_does_nothing(scene: Scene, engine: sa.Engine) -> None:
    scene.notify(("D001", "E24", "minor"))
    digest = other_set(scene, days_of("E24", 60))
    migrate(scene, digest)
    assert scene.told("campaign", scene.campaign().id)[-1] == "migrate_rules"
    before = every_row(engine)
    assert migrate(scene, digest[:8])["applied"] is False
    assert every_row(engine) == before


def test_a_workbook_made_before_the_move_is_still_taken(scene: Scene, tmp_path: Path) -> None:
    scene.start()
    with scene.open_desk(by="P90", today=OPENED) as desk:
        paths = export_checklists(desk, CODE, tmp_path / "out")
    migrate(scene, other_set(scene, days_of("E24", 60)), on=OPENED)
    with scene.open_desk(by="P90", today=LATER) as desk:
        assert import_checklists(desk, paths[:1])["visits"] == 1


# ---- what stands in the way -----------------------------------------------------------------------------------


def test_a_finding_whose_item_is_gone_is_named_and_nothing_moves(scene: Scene, engine: sa.Engine) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    digest = other_set(scene, without("E24"))
    assert f"问题{code}的事项E24已不存在" in preview(scene, digest)["problems"]
    before = every_row(engine)
    with pytest.raises(Refused, match=code):
        migrate(scene, digest)
    assert every_row(engine) == before


def test_a_retired_item_keeps_its_findings(scene: Scene, engine: sa.Engine, settings: Settings) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))

    def retire(tree: Any) -> None:
        item = item_of(tree, "E24")
        without("E24")(tree)
        item["retired"] = {"on": "2026-04-01", "reason": "并入他项", "replaced_by": ["E25"]}
        tree["catalogs"][make.CATALOG]["retired"].append(item)

    migrate(scene, other_set(scene, retire))
    due = scene.case(code).due_on
    assert due is not None
    assert sweep(engine, settings, due)["issued"] == {"prompt": 1}
    assert broken(scene, due) == []


def test_a_severity_without_rungs_is_named(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "grave"))
    digest = other_set(scene, lambda tree: tree["ladders"]["problem"]["profiles"].pop("grave"))
    assert preview(scene, digest)["problems"] == [f"问题{code}的程度grave没有级次"]


def test_a_checklist_that_is_still_out_needs_its_items(scene: Scene) -> None:
    scene.start()
    problems = preview(scene, other_set(scene, without("E24")), on=OPENED)["problems"]
    assert [text for text in problems if "检查表尚未交回" in text and "E24" in text]


def test_a_rung_that_was_climbed_may_not_change_its_colour(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    due = scene.case(code).due_on
    assert due is not None
    sweep(engine, settings, due)
    digest = other_set(scene, lambda tree: rung_of(tree, "minor", "blue").update(light="yellow"))
    assert preview(scene, digest, due)["problems"] == [f"问题{code}已发出的级次blue在新规则中改了灯色"]


def test_only_a_director_moves_a_campaign_and_says_why(scene: Scene) -> None:
    scene.notify(("D001", "E24", "minor"))
    digest = other_set(scene, days_of("E24", 60))
    with pytest.raises(NotAllowed):
        migrate(scene, digest, by="P90")
    with pytest.raises(InvalidInput, match="理由"):
        migrate(scene, digest, note=" ")


# ---- diff -----------------------------------------------------------------------------------------------------


def test_a_diff_of_a_campaign_and_the_current_rules_tells_its_cases(
    scene: Scene, engine: sa.Engine, settings: Settings, tmp_path: Path
) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    folder = copytree(RULES_DIR, tmp_path / "rules")
    path = folder / "documents" / "prompt.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("name: 提示单", "name: 提醒单", 1), encoding="utf-8"
    )
    changed = settings.model_copy(update={"rules": folder})
    with open_desks_on(engine, changed)(readonly=True, today=LATER) as desk:
        said = compare_rules(desk, CODE, "current")
        same = compare_rules(desk, CODE, scene.campaign().rules_sha256 or "")
    told = {change["address"]: text for change, text in zip(said["changes"], said["text"], strict=True)}
    assert told["documents/prompt/name"] == "文书种类prompt“提醒单”名称由“提示单”改为“提醒单”"
    (campaign,) = said["impact"]["campaigns"]
    assert (campaign["campaign"], campaign["open_cases"], campaign["differ"]) == (CODE, 1, 1)
    (case,) = said["impact"]["cases"]
    assert (case["case"], case["text_changes"], case["due_then"]) == (code, True, case["due_on"])
    assert (same["changes"], same["impact"]["cases"]) == ([], [])


def test_a_campaign_is_compared_only_in_what_it_inspects(scene: Scene) -> None:
    scene.start()
    with scene.open_desk(readonly=True, today=LATER) as desk:
        said = compare_rules(desk, CODE, "current")
    assert said["changes"] == []


def test_two_folders_need_no_database(tmp_path: Path) -> None:
    folder = copytree(RULES_DIR, tmp_path / "rules")
    path = folder / "ladders" / "problem.yaml"
    text = path.read_text(encoding="utf-8").replace("min_gap_workdays: 5", "min_gap_workdays: 4", 1)
    path.write_text(text, encoding="utf-8")
    sides = [read_local(text, RULES_DIR, None, None) for text in ("current", str(folder))]
    said = compare_sides(None, *sides)
    ((address, kind),) = [(change["address"], change["kind"]) for change in said["changes"]]
    assert (address.rsplit("/", 1)[1], kind) == ("min_gap_workdays", "changed")
    assert said["a"]["sha256"] != said["b"]["sha256"]
    assert json.dumps(said)


def test_sides_that_do_not_exist_are_refused_in_words(scene: Scene) -> None:
    scene.settle()
    scene.plan()
    with scene.open_desk(readonly=True) as desk:
        with pytest.raises(NotFound, match="没有这套规则"):
            compare_rules(desk, "nothing", "current")
        with pytest.raises(InvalidInput, match="尚未启动"):
            compare_rules(desk, CODE, "current")
