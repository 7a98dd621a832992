"""The lists that programs read of tasks and lawsuits: in order, page after page, and of what is in sight only."""

from __future__ import annotations

from datetime import date

import pytest

from casework.desk import Desk
from casework.listings.offices import matters_page, tasks_page
from casework.tasks import open_task
from models.campaign import Campaign
from models.matter import LitigationMatter
from models.organisation import Unit
from tests.make import make_campaign, make_unit, store

INSPECTOR = ("P05", "督察员", frozenset({"inspector"}))


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    return make_campaign(desk)


@pytest.fixture
def unit(desk: Desk) -> Unit:
    return make_unit(desk)


def make_matter(
    desk: Desk, campaign: Campaign, unit: Unit, number: str, **values: object
) -> LitigationMatter:
    """Write a lawsuit that is under way."""
    kept: dict[str, object] = {
        "kind": "litigation", "instance": "first", "plaintiff": "person", "cause": "不服行政处罚",
        "forum": "示例县人民法院", "received_on": desk.today, "state": "registered", "registered_on": desk.today,
        "registered_by": "P90", "rules_sha256": campaign.rules_sha256,
    }  # fmt: skip
    row = LitigationMatter(office_id=desk.office_id, unit_id=unit.id, number=number, **{**kept, **values})
    matter: LitigationMatter = store(desk, row)
    return matter


def test_lawsuits_come_by_light_and_day_one_page_after_the_other(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    make_matter(desk, campaign, unit, "3号")
    make_matter(desk, campaign, unit, "2号", next_due_on=date(2026, 8, 1))
    make_matter(desk, campaign, unit, "1号", light="red", highest_light="red")

    first = matters_page(desk, "", 2)
    second = matters_page(desk, first.next or "", 2)
    assert [row["number"] for row in (*first.rows, *second.rows)] == ["1号", "2号", "3号"]
    assert (len(first.rows), second.next) == (2, None)


def test_who_sees_a_part_of_the_office_is_listed_its_part_only(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    make_matter(desk, campaign, unit, "1号")
    for key, owner in (("a", "P05"), ("b", "P06")):
        open_task(desk, key, kind="x", title=key, subject="office", subject_id=1, role="officer", owner=owner)
    assert (len(matters_page(desk, "", 9).rows), len(tasks_page(desk, "", 9).rows)) == (1, 2)
    desk.actor = type(desk.actor)(*INSPECTOR)

    assert matters_page(desk, "", 9).rows == ()
    assert [task.title for task in tasks_page(desk, "", 9).rows] == ["a"]
