"""Repeat findings (屡查屡犯): found again at the same unit within some years, linked, aggravated as the ladder says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import ladder_of, rules_of
from casework.lights.escalating import count_from
from casework.lights.rungview import write_day
from casework.units.lineage import ancestors_of
from core.codes import SEVERITY_LABELS, Severity
from core.life.lives import FindingState
from core.repeats import Earlier, raised, repeats_of
from core.rulebook import Rulebook
from core.rulebook.followup import RepeatRule
from models.base import key_of
from models.campaign import Campaign, Finding
from models.organisation import Unit


@dataclass(frozen=True, slots=True)
class RepeatView:
    """What came before a finding: each earlier one, and what followed for this one."""

    count: int
    earlier: tuple[tuple[str, str, date], ...]  # number, unit, confirmed on; oldest first
    raised_from: Severity | None
    severity: Severity

    @property
    def sentence(self) -> str:
        """Return it as one sentence for a notice or a page; nothing when nothing came before."""
        if not self.earlier:
            return ""
        code, unit, day = self.earlier[-1]
        times = f"（第{self.count + 1}次）" if self.count > 1 else ""
        said = f"该问题属屡查屡犯{times}：{write_day(day)}曾认定同一事项的问题（编号{code}，{unit}）"
        if self.raised_from is not None:
            before, now = SEVERITY_LABELS[self.raised_from], SEVERITY_LABELS[self.severity]
            said += f"，程度由“{before}”上调为“{now}”"
        return said + "。"


def rule_of_repeats(desk: Desk, campaign_id: int) -> RepeatRule | None:
    """Return what the frozen ladder of a campaign says of repeats."""
    return ladder_of(desk, campaign_id).repeat_findings


def earlier_findings(desk: Desk, finding: Finding, on: date) -> list[Earlier]:
    """Return the confirmed findings of the same unit, or of those it carries on for, and the same matter.

    Withdrawn ones do not count, nor do those of the same campaign.
    """
    rule = rule_of_repeats(desk, finding.campaign_id)
    query = select(
        col(Finding.id), col(Finding.campaign_id), col(Finding.item), col(Finding.confirmed_on)
    ).where(
        col(Finding.office_id) == desk.office_id,
        col(Finding.unit_id).in_(ancestors_of(desk, finding.unit_id, on)),
        col(Finding.state) == FindingState.CONFIRMED.value,
        col(Finding.confirmed_on).is_not(None),
        col(Finding.id) != finding.id,
        col(Finding.campaign_id) != finding.campaign_id,
    )
    past = [
        Earlier(number or 0, campaign, item, day)
        for number, campaign, item, day in desk.session.exec(query)
        if day is not None
    ]
    links = item_links(desk.rules, rules_of(desk, finding.campaign_id))
    years = rule.window_years if rule is not None else DEFAULT_YEARS
    return repeats_of(finding.item, finding.campaign_id, on, years, past, links)


DEFAULT_YEARS = 3
"""How far back a repeat is told where the ladder says nothing of repeats: told only, nothing follows."""


def item_links(*books: Rulebook) -> dict[str, frozenset[str]]:
    """Return {item: the items that replace it or that it maps to} over several rule books."""
    found: dict[str, set[str]] = {}
    for book in books:
        for catalog in book.catalogs.values():
            for item in (*catalog.items, *catalog.retired):
                heirs = item.retired.replaced_by if item.retired is not None else ()
                found.setdefault(item.id, set()).update(heirs, item.maps_to)
    return {code: frozenset(links) for code, links in found.items() if links}


def mark_repeat(desk: Desk, finding: Finding) -> list[Earlier]:
    """Link a finding that is being confirmed to those before it, and raise its severity if the ladder says so.

    Called before its case is opened, which begins with the raised severity.
    """
    earlier = earlier_findings(desk, finding, desk.today)
    if not earlier:
        return []
    finding.repeat_of, finding.repeat_count = earlier[-1].id, len(earlier)
    rule = rule_of_repeats(desk, finding.campaign_id)
    before = Severity(finding.severity)
    after = raised(before) if rule is not None and rule.severity == "raise_one" else before
    if after is not before:
        finding.raised_from, finding.severity = before.value, after.value
    desk.session.add(finding)
    desk.record(
        "finding", key_of(finding), "repeat", unit_id=finding.unit_id,
        detail={
            "repeat_of": _codes(desk, [earlier[-1].id])[earlier[-1].id], "count": len(earlier),
            "severity_before": before.value if after is not before else "", "severity": after.value,
        },
    )  # fmt: skip
    return earlier


def flag_repeat(desk: Desk, finding: Finding, earlier: list[Earlier]) -> None:
    """Register the event that the ladder names for a repeat, when it comes within the event's own months."""
    from casework.rectification.cases import act_on_case  # acts on cases need the findings

    rule = rule_of_repeats(desk, finding.campaign_id)
    if not earlier or rule is None or rule.event is None:
        return
    event = ladder_of(desk, finding.campaign_id).events[rule.event]
    since = count_from(event, desk.today)
    if since is not None and earlier[-1].confirmed_on <= since:
        return
    code = _codes(desk, [earlier[-1].id])[earlier[-1].id]
    note = f"屡查屡犯：{earlier[-1].confirmed_on}已认定同一事项的问题 {code}"
    act_on_case(desk, finding.code, "flag", note=note, values={"event": event.code})


def view_repeat(desk: Desk, finding: Finding) -> RepeatView | None:
    """Return what came before a confirmed finding; None for one that is no repeat."""
    if finding.repeat_of is None or finding.confirmed_on is None:
        return None
    ids = [one.id for one in earlier_findings(desk, finding, finding.confirmed_on)]
    # What was withdrawn since does not count any more, though the severity was raised for it.
    query = (
        select(col(Finding.code), col(Unit.name), col(Finding.confirmed_on))
        .where(col(Finding.id).in_(ids), col(Unit.id) == col(Finding.unit_id))
        .order_by(col(Finding.confirmed_on), col(Finding.id))
    )
    rows = tuple((code, unit, day) for code, unit, day in desk.session.exec(query) if day is not None)
    was = Severity(finding.raised_from) if finding.raised_from else None
    return RepeatView(len(rows), rows, was, Severity(finding.severity)) if rows else None


def list_repeats(desk: Desk, *, unit: str | None = None) -> Iterator[dict[str, object]]:
    """Yield the repeats that were confirmed, newest first, as outside programs read them."""
    query = (
        select(Finding, Unit.code, Campaign.code)
        .where(
            col(Finding.office_id) == desk.office_id,
            col(Finding.repeat_of).is_not(None),
            col(Finding.state) == FindingState.CONFIRMED.value,
            col(Unit.id) == col(Finding.unit_id),
            col(Campaign.id) == col(Finding.campaign_id),
        )
        .order_by(col(Finding.confirmed_on).desc(), col(Finding.code))
    )
    if unit is not None:
        query = query.where(col(Unit.code) == unit)
    rows = list(desk.session.exec(query))
    before = _codes(desk, [finding.repeat_of or 0 for finding, _unit, _campaign in rows])
    for finding, unit_code, campaign in rows:
        yield {
            "id": finding.code,
            "unit": unit_code,
            "item": finding.item,
            "campaign": campaign,
            "repeat_of": before[finding.repeat_of or 0],
            "count": finding.repeat_count,
            "severity": finding.severity,
            "raised_from": finding.raised_from,
        }


def _codes(desk: Desk, ids: Iterable[int]) -> dict[int, str]:
    query = select(Finding.id, Finding.code).where(col(Finding.id).in_(list(ids)))
    return {number or 0: code for number, code in desk.session.exec(query)}
