"""The correction that a unit gets when a due date it was told moves later: drafted here, signed like any document.

Documents that went out keep the date they print; the correction names the old date, the new one and the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from casework.calendar.duemoves import DueMove
from casework.desk import SYSTEM, Desk
from casework.lights.climbing import rules_of
from casework.paperwork.documents import CaseOnDocument, draft_document
from core.codes import DocumentContent, Line
from core.rulebook import CalendarYear, Rulebook
from models.campaign import Campaign
from models.document import Document


@dataclass(frozen=True, slots=True)
class Correction:
    """A drafted correction with the due dates it tells."""

    document: Document
    campaign: str
    moves: tuple[DueMove, ...]

    def as_dict(self) -> dict[str, object]:
        """Return {id, kind, campaign, unit, cases}."""
        return {
            "id": self.document.id,
            "kind": self.document.kind,
            "campaign": self.campaign,
            "unit": self.moves[0].unit,
            "cases": [one.code for one in self.moves],
        }


@dataclass(frozen=True, slots=True)
class Cause:
    """Why due dates moved, as a correction prints it: `reason` for all of them, the others for each date."""

    reason: str
    of_firm: str
    of_provisional: str


def calendar_cause(table: CalendarYear) -> Cause:
    """Return the cause when a year's table of holidays has been published or changed."""
    return Cause(
        f"{table.year}年工作日历已经确定（{table.source}），与原通知期限所依据的安排不一致",
        f"原期限按调整前的{table.year}年工作日历推算",
        f"原期限按暂定的{table.year}年工作日历推算",
    )


def draft_corrections(desk: Desk, moves: Iterable[DueMove], cause: Cause) -> list[Correction]:
    """Draft one correction per campaign and unit for the notified due dates that moved, and return them.

    The machine is the author, so that whoever decided on the change may sign.
    """
    groups: dict[tuple[int, int], list[DueMove]] = defaultdict(list)
    for one in moves:
        if one.moves and one.notified:
            groups[one.campaign_id, one.unit_id].append(one)
    drafts = (_draft(desk, campaign, unit, moved, cause) for (campaign, unit), moved in groups.items())
    return [draft for draft in drafts if draft is not None]


def _draft(
    desk: Desk, campaign_id: int, unit_id: int, moved: list[DueMove], cause: Cause
) -> Correction | None:
    campaign = desk.campaign(campaign_id)
    rules = rules_of(desk, campaign_id)
    kind = _kind(rules, campaign)
    if kind is None:
        return None
    changes = [
        {
            "number": one.code,
            "item": _title(rules, one.item),
            "before": one.before.isoformat(),
            "after": one.after.isoformat(),
            "reason": cause.of_provisional if one.was_provisional else cause.of_firm,
        }
        for one in moved
    ]
    document = draft_document(
        desk,
        kind,
        campaign,
        unit_id,
        inputs={"values": {"reason": cause.reason, "changes": changes}},
        cases=[CaseOnDocument(one.case_id, due_on=one.after) for one in moved],
        author=SYSTEM,
    )
    return Correction(document, campaign.code, tuple(moved))


def _kind(rules: Rulebook, campaign: Campaign) -> str | None:
    """Return the code of the kind that corrects due dates; None when the campaign froze rules without one."""
    line = Line(campaign.line)
    kinds = (rule for rule in rules.documents.values() if rule.content is DocumentContent.CORRECTION)
    return next((rule.code for rule in kinds if rule.serves(line)), None)


def _title(rules: Rulebook, item_id: str) -> str:
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            if item.id == item_id:
                return item.title
    return item_id
