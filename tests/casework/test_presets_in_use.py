"""An office that chose a province's preset: notices print its limits and cite by the day on which a matter opened."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.paperwork.notices import draft_notices
from casework.rulesets.library import current_rules
from delivery.paper import Paper
from models.campaign import Campaign
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import CODE, Scene
from tests.casework.test_kinds import MAJOR, on_enforcement_line, said, signed

SIGNED = date(2026, 4, 3)
PROVINCE = "《四川省行政执法监督条例》"
NATION = "《行政执法监督条例》"


@pytest.fixture
def county(engine: sa.Engine, tmp_path: Path) -> Scene:
    """Give a county of 四川 whose office file names the preset."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES_DIR, rules)
    office = rules / "offices" / "shilixian.yaml"
    text = office.read_text(encoding="utf-8").replace("region: 示例省", "region: 四川省")
    office.write_text(text.replace("\nchoices:\n", "\nchoices:\n  overlay: sichuan\n"), encoding="utf-8")
    return Scene(open_desks_on(engine, Settings(rules=rules, files=tmp_path / "files")), tmp_path)


def first_notice(county: Scene, opened: date) -> Paper:
    """Return the supervision notice of a campaign that opened on a day."""
    county.confirm(MAJOR)
    on_enforcement_line(county)
    with county.open_desk(today=opened) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        campaign.plan = campaign.plan.replace('"document":null', '"document":"supervision_notice"')
        campaign.opened_on = opened
    with county.open_desk(by="P90", today=SIGNED) as desk:
        (number,) = [one.id or 0 for one in draft_notices(desk, CODE)]
    return signed(county, number, on=SIGNED)[1]


def test_the_notice_prints_the_limits_of_the_province(county: Scene) -> None:
    words = said(first_notice(county, date(2026, 3, 2)))
    assert "30日内，即2026年5月6日前" in words  # 3 May is a holiday: 民法典 203
    assert "15日内" in words


@pytest.mark.parametrize(
    ("opened", "cited"), [(date(2026, 1, 20), [PROVINCE]), (date(2026, 2, 1), [NATION, PROVINCE])]
)
def test_the_basis_follows_the_day_the_matter_opened(county: Scene, opened: date, cited: list[str]) -> None:
    opening = said(first_notice(county, opened)).split("\n")[0]
    assert re.findall(r"《[^》]*条例》", opening) == cited


def test_the_changes_are_on_record_in_the_frozen_rules(county: Scene) -> None:
    with county.open_desk(readonly=True) as desk:
        changes = desk.rules.changes
        shipped = current_rules(RULES_DIR, "shilixian")
    assert {one.overlay for one in changes} == {"sichuan"}
    assert all(one.reason and one.authority for one in changes)
    assert shipped.changes == ()
