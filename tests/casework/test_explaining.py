"""Why a light: the sentences name the facts, the rule, what was issued and what holds the next rung back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework.desk import Desk
from casework.lights.explaining import explain_case
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import Light
from core.errors import NotFound
from core.life.lives import DocumentState
from core.life.rectification import CaseState
from tests.make import (
    DUE_ON,
    SIGNED_ON,
    make_campaign,
    make_document,
    make_finding_and_case,
    make_rung,
    make_unit,
    note_application,
)

CODE = "2026-ZH-01-D001-01"
LATE_BY_ONE = date(2026, 6, 4)
NUMBER: dict[str, Any] = {"number": "示法督办〔2026〕1号", "series": "示法督办", "year": 2026, "serial": 1}


def said(desk: Desk) -> str:
    """Return the explanation of the one case as one text."""
    return "".join(explain_case(desk, CODE).sentences)


def test_a_case_without_a_signed_notice_has_no_due_date_and_no_light(desk: Desk) -> None:
    case = {
        "signed_on": None,
        "served_on": None,
        "due_on": None,
        "first_due_on": None,
        "state": CaseState.OPEN,
    }
    make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE, **case)

    explanation = explain_case(desk, CODE)

    assert explanation.light is explanation.light_by_lateness is Light.NONE
    assert "尚未签发，期限未起算" in said(desk)
    assert {rung.status for rung in explanation.rungs} == {"unanchored"}


def test_the_due_date_is_derived_from_the_signing_day_by_the_calendar(desk: Desk) -> None:
    case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE)
    desk.record("case", case.id, "set_due", unit_id=case.unit_id, start_on=SIGNED_ON, count=20, unit="workday",
                due_on=desk.calendar.after(SIGNED_ON, 20))  # fmt: skip
    desk.flush_changes()

    explanation = explain_case(desk, CODE)

    assert explanation.derivation == desk.calendar.due(SIGNED_ON, 20, PeriodUnit.WORKDAY).steps
    assert "整改期限20个工作日" in said(desk)


def test_lateness_alone_is_set_beside_the_light_that_was_issued(desk: Desk) -> None:
    case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE)
    make_rung(desk, case, Light.BLUE, date(2026, 5, 27))

    explanation = explain_case(desk, CODE)

    assert explanation.light is Light.BLUE
    assert explanation.light_by_lateness is Light.BLACK
    assert "只按期限推算今天应为黑灯" in said(desk)


def test_a_notice_without_proof_of_service_holds_every_rung_beyond_blue(desk: Desk) -> None:
    case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE, served_on=None)
    make_rung(desk, case, Light.BLUE, date(2026, 5, 27))

    explanation = explain_case(desk, CODE)

    assert explanation.held_by == "service"
    assert [rung.status for rung in explanation.rungs] == ["issued", "held", "planned", "planned"]
    assert "通知书尚无送达证明" in said(desk)


def test_a_sheet_that_was_not_served_holds_the_rung_after_it(desk: Desk) -> None:
    campaign, unit = make_campaign(desk), make_unit(desk)
    case = make_finding_and_case(desk, campaign, unit, CODE)
    state = DocumentState.ISSUED.value
    sheet = make_document(desk, campaign, unit, "urging", case, state=state, issued_on=LATE_BY_ONE, **NUMBER)
    make_rung(desk, case, Light.YELLOW, LATE_BY_ONE, document_id=sheet.id)

    text = said(desk)

    assert "催办单示法督办〔2026〕1号同日发出，尚未送达" in text
    assert "上一级文书尚无送达证明" in text


def test_the_next_rung_keeps_its_gap_from_the_last_one(desk: Desk) -> None:
    case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE)
    make_rung(desk, case, Light.YELLOW, date(2026, 6, 29))

    red = next(rung for rung in explain_case(desk, CODE).rungs if rung.code == "red")

    assert (red.status, red.day, red.note) == ("planned", date(2026, 7, 2), "距上一级至少3个工作日")


def test_an_application_in_time_is_not_called_late_while_it_is_verified(desk: Desk) -> None:
    case = make_finding_and_case(
        desk, make_campaign(desk), make_unit(desk), CODE, state=CaseState.CLOSURE_APPLIED.value
    )
    note_application(desk, case, DUE_ON)

    text = said(desk)

    assert "申请销号，在期限之内" in text
    assert "已逾期" not in text


def test_the_explanation_as_json_says_dates_as_text(desk: Desk) -> None:
    case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE)
    make_rung(desk, case, Light.BLUE, date(2026, 5, 27))

    told = explain_case(desk, CODE).as_dict()

    assert (told["id"], told["light"], told["due_on"]) == (CODE, "blue", DUE_ON.isoformat())
    assert isinstance(told["rungs"], list)


def test_an_unknown_case_is_not_explained(desk: Desk) -> None:
    with pytest.raises(NotFound):
        explain_case(desk, "没有")
