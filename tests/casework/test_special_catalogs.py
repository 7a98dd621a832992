"""A campaign on each special catalogue is planned, opened and exported; every unit gets the items that concern it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from casework.inspection.checklists import export_checklists, import_checklists
from casework.inspection.choosing import chosen_items
from casework.rulesets.library import frozen_rules
from casework.staff.people import split
from core.campaign.campaignplan import read_plan
from core.errors import InvalidInput
from core.rulebook.items import Retirement
from models.campaign import Campaign, Finding
from models.organisation import Unit
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, OPENED, PLAN, PLANNED, Scene
from tests.casework.test_checklists import LATER, fill

DISPUTES = PLAN.replace("{key: fazhi-ducha-46, items: [E, F]}", "{key: shuangxiajiang-22}")
ENFORCEMENT = (
    PLAN.replace("{key: fazhi-ducha-46, items: [E, F]}", "{key: zhifa-zhuanxiang-12}")
    .replace("line: party", "line: enforcement")
    .replace("kind: comprehensive", "kind: enforcement_special")
)


def items_of_units(scene: Scene) -> dict[str, tuple[str, ...]]:
    names = {unit.id: unit.code for unit in scene.rows(select(Unit))}
    return {names[visit.unit_id]: split(visit.items) for visit in scene.visits()}


def test_a_campaign_on_disputes_gives_each_unit_what_its_kind_answers_for(scene: Scene) -> None:
    scene.start(DISPUTES)
    items = items_of_units(scene)
    everything = {f"S{number:02}" for number in range(1, 23)}
    # 乡镇工作室由司法局牵头、乡镇负责；分类导入、会商、府院府检联席由县级部门牵头负责，乡镇不负责。
    assert everything - set(items["D001"]) == {"S08"}
    assert everything - set(items["T001"]) == {"S07", "S12", "S20"}


def test_its_frozen_rules_stand_alone(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start(DISPUTES)
    with open_desk(readonly=True) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        frozen = frozen_rules(desk.session, campaign.rules_sha256 or "")
        shipped = desk.rules.catalogs["shuangxiajiang-22"]
    assert set(frozen.catalogs) == {"shuangxiajiang-22"}
    catalog = frozen.catalogs["shuangxiajiang-22"]
    assert catalog.vocabularies == shipped.vocabularies
    assert catalog.sources == shipped.sources
    assert catalog.items == tuple(item.model_copy(update={"examples": ()}) for item in shipped.items)
    assert catalog.guardrails == shipped.guardrails


@pytest.mark.parametrize(("plan", "item"), [(DISPUTES, "S14"), (ENFORCEMENT, "Z08")])
def test_its_checklist_goes_out_and_comes_back(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path, plan: str, item: str
) -> None:
    scene.start(plan)
    with open_desk(by="P90", today=OPENED) as desk:
        paths = export_checklists(desk, CODE, tmp_path / "out")
    assert [path.name for path in paths] == [f"督察检查表-{CODE}-D001.xlsx", f"督察检查表-{CODE}-T001.xlsx"]
    filled = fill(scene, "回收.xlsx", (item, {"程度": "严重"}))
    with open_desk(by="P90", today=LATER) as desk:
        counts = import_checklists(desk, [filled])
    assert counts == {"visits": 1, "checked": len(items_of_units(scene)["D001"]), "papers": 1}
    (paper,) = scene.rows(select(Finding))
    assert (paper.item, paper.severity, paper.state) == (item, "grave", "paper")


def test_a_catalogue_of_one_line_is_refused_on_the_other(scene: Scene) -> None:
    scene.settle()
    with pytest.raises(InvalidInput, match="不用于督察线") as refused:
        scene.plan(
            ENFORCEMENT.replace("line: enforcement", "line: party").replace("enforcement_special", "special")
        )
    assert refused.value.expected == "line: enforcement"
    with pytest.raises(InvalidInput, match="不用于执法监督线"):
        scene.plan(DISPUTES.replace("line: party", "line: enforcement").replace("comprehensive", "key"))
    assert scene.rows(select(Campaign)) == []


def test_a_campaign_may_join_the_main_catalogue_with_a_special_one(scene: Scene) -> None:
    scene.settle()
    both = "{key: fazhi-ducha-46, items: [G]}, {key: shuangxiajiang-22, items: [P4, S17]}"
    scene.plan(PLAN.replace("{key: fazhi-ducha-46, items: [E, F]}", both))
    assert {item[0] for items in items_of_units(scene).values() for item in items} == {"G", "S"}


def test_a_retired_item_is_not_planned_any_more(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(readonly=True, today=PLANNED) as desk:
        rules = desk.rules
    catalog = rules.catalogs["zhifa-zhuanxiang-12"]
    gone = catalog.item("Z01").model_copy(update={"retired": Retirement(on=PLANNED, reason="并入Z05")})
    kept = catalog.model_copy(update={"items": catalog.items[1:], "retired": (gone,)})
    changed = rules.model_copy(update={"catalogs": {**rules.catalogs, catalog.key: kept}})
    every = read_plan(ENFORCEMENT, "campaign.yaml")
    assert [item.id for item in chosen_items(changed, every)] == [f"Z{number:02}" for number in range(2, 13)]
    named = read_plan(ENFORCEMENT.replace("-12}", "-12, items: [Z01, Z02]}"), "campaign.yaml")
    with pytest.raises(InvalidInput, match="并入Z05"):
        chosen_items(changed, named)
    assert [item.id for item in chosen_items(rules, named)] == ["Z01", "Z02"]


def test_two_catalogues_with_the_same_ids_are_not_mixed_in_one_campaign(open_desk: OpenDesk) -> None:
    with open_desk(readonly=True, today=PLANNED) as desk:
        rules = desk.rules
    twin = rules.catalogs["zhifa-zhuanxiang-12"].model_copy(update={"key": "twin"})
    changed = rules.model_copy(update={"catalogs": {**rules.catalogs, "twin": twin}})
    both = "-12}, {key: twin, items: [Z03, Z04]}"
    plan = read_plan(ENFORCEMENT.replace("-12}", both), "campaign.yaml")
    with pytest.raises(InvalidInput, match="相同的事项编号") as refused:
        chosen_items(changed, plan)
    assert refused.value.found == "Z03、Z04"
