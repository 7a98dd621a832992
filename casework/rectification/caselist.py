"""Cases as outside programs read them: the list, and one case with its facts, its acts and its history."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import office_palette, palette_of
from casework.rectification.caseparts import parts_of
from casework.rectification.cases import find_case
from casework.rectification.repeats import view_repeat
from casework.rectification.timeline import may_read, was_entered_late, words_to
from core.codes import Light
from core.ladders.palette import Palette
from core.life.rectification import CaseState, possible_acts
from models.audit import history_of
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.record import AuditEntry
from models.rectification import Rectification


def list_cases(
    desk: Desk,
    *,
    campaign: str | None = None,
    unit: str | None = None,
    state: str | None = None,
    light: str | None = None,
) -> list[dict[str, object]]:
    """Return cases as outside programs read them, by number."""
    query = (
        select(Rectification, Finding, Unit.code, Campaign.code)
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Finding.id) == col(Rectification.id),
            col(Unit.id) == col(Rectification.unit_id),
            col(Campaign.id) == col(Rectification.campaign_id),
        )
        .order_by(col(Finding.code))
    )
    filters = (
        (campaign, col(Campaign.code)),
        (unit, col(Unit.code)),
        (state, col(Rectification.state)),
        (light, col(Rectification.light)),
    )
    for wanted, column in filters:
        if wanted is not None:
            query = query.where(column == wanted)
    palette = office_palette(desk)
    return [
        describe_case(case, finding, unit_code, campaign_code, palette)
        for case, finding, unit_code, campaign_code in desk.session.exec(query)
    ]


def describe_case(
    case: Rectification, finding: Finding, unit: str, campaign: str, palette: Palette
) -> dict[str, object]:
    """Return a case as outside programs read it; beside the code of a light stands its word."""
    return {
        "id": finding.code,
        "unit": unit,
        "item": finding.item,
        "state": case.state,
        "light": case.light,
        "light_word": palette.word(Light(case.light)),
        "highest_light": case.highest_light,
        "severity": case.severity,
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "next_due_on": case.next_due_on.isoformat() if case.next_due_on else None,
        "campaign": campaign,
        "percent": case.percent,
        "round": case.round,
        "repeat_count": finding.repeat_count,
    }


def show_case(desk: Desk, code: str, *, timeline: bool = True) -> dict[str, object]:
    """Return one case with its facts, the acts possible now and, if wanted, everything that happened to it."""
    case, finding = find_case(desk, code)
    unit = desk.session.get(Unit, case.unit_id)
    campaign = desk.session.get(Campaign, case.campaign_id)
    palette = palette_of(desk, case.campaign_id)
    data = describe_case(case, finding, unit.code if unit else "", campaign.code if campaign else "", palette)
    data |= {
        "light_words": {light.value: palette.word(light) for light in palette.every},
        "problem": finding.problem,
        "facts": finding.facts,
        "signed_on": case.signed_on,
        "served_on": case.served_on,
        "first_due_on": case.first_due_on,
        "due_version": case.due_version,
        "rebounds": case.rebounds,
        "plan": case.plan_text,
        "repeat": repeat.sentence if (repeat := view_repeat(desk, finding)) else "",
        "acts": list(possible_acts(CaseState(case.state), suspended=case.suspended_on is not None)),
    }
    if timeline:
        data |= parts_of(desk, case)
        data["timeline"] = [
            _told(desk, entry)
            for entry in history_of(desk.session, desk.office_id, "case", [case.id])
            if may_read(desk, entry)
        ]
    return data


def _told(desk: Desk, entry: AuditEntry) -> dict[str, object]:
    """Return one entry of the history in the words that the actor may read."""
    actor, detail = words_to(desk, entry)
    return {
        "on": entry.on_day,
        "at": entry.at,
        "actor": actor,
        "act": entry.act,
        "from": entry.from_state,
        "to": entry.to_state,
        "detail": detail,
        "late": was_entered_late(entry),
    }
