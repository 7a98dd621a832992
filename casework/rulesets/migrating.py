"""Moving a running campaign to another rule set: previewed, then applied as one audited act.

What has happened stays: issued documents keep their words, numbers and the hash they were signed under, lit colours
stay lit, a notified due date never moves earlier. What is still to come follows the new rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from casework.calendar.duemoves import DueMove, due_histories
from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.lights.climbing import rules_of
from casework.lights.rederiving import refresh_all
from casework.paperwork.corrections import Cause, draft_corrections
from casework.rulesets.impact import CaseImpact, Histories, drafts_of, impact_on, kinds_missing
from casework.rulesets.library import frozen_rules, store_frozen
from casework.rulesets.ruleseras import MIGRATE
from casework.rulesets.rulesides import CURRENT, DIGITS, chosen_by, find_digest
from casework.staff.people import require_role, split
from core.codes import Severity
from core.errors import InvalidInput, NotFound, Refused
from core.life.lives import CampaignState, FindingState
from core.rulebook import Rulebook, freeze, sha256, thaw
from core.rulebook.differences import Difference, differences, tree_of
from core.rulebook.differencetext import write_differences
from models.base import key_of
from models.campaign import Campaign, Finding, RuleSet, Visit
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification, Rung

CAUSE = Cause(
    "督察规则经批准调整，整改期限比原通知的延长",
    "原期限按调整前的督察规则推算",
    "原期限按调整前的督察规则推算",
)


@dataclass(frozen=True, slots=True)
class Migration:
    """A move of a campaign from one frozen set to another, and what it would do."""

    campaign: Campaign
    before: str
    after: str
    changes: tuple[Difference, ...]
    sentences: tuple[str, ...]
    cases: tuple[CaseImpact, ...]
    drafts: tuple[Document, ...]
    problems: tuple[str, ...]
    content: bytes = b""

    @property
    def is_needed(self) -> bool:
        return self.before != self.after

    def as_dict(
        self, *, applied: bool = False, corrections: Sequence[dict[str, object]] = ()
    ) -> dict[str, Any]:
        """Return the migration as outside programs read it: only the cases for which something differs."""
        return {
            "campaign": self.campaign.code,
            "from": self.before,
            "to": self.after,
            "applied": applied,
            "changes": [one.as_dict() for one in self.changes],
            "text": list(self.sentences),
            "cases": [one.as_dict() for one in self.cases if one.differs],
            "open_cases": len(self.cases),
            "drafts": [key_of(row) for row in self.drafts],
            "corrections": list(corrections),
            "problems": list(self.problems),
        }


def preview_migration(desk: Desk, code: str, to: str) -> Migration:
    """Return what moving a campaign would change; nothing is written.

    to       `current`, or at least eight digits of the hash of a frozen set
    raises   NotFound; Refused for a campaign that is not open
    """
    campaign = find_campaign(desk, code)
    if campaign.state != CampaignState.OPEN or campaign.rules_sha256 is None:
        raise Refused(
            "只有进行中的督察批次可以迁移规则",
            found=f"{code} 状态 {campaign.state}",
            expected="状态 open",
            remedy="未启动的批次启动时自然用现行规则；已办结的不再改动",
        )
    return plan_move(desk, campaign, _target(desk, campaign, to), due_histories(desk))


def plan_move(desk: Desk, campaign: Campaign, content: bytes, histories: Histories) -> Migration:
    """Return what moving a campaign that has its rules to a frozen set would change; nothing is written.

    histories   of all due dates, read once for all campaigns
    """
    present = campaign.rules_sha256 or ""
    after = thaw(content)
    old, new = tree_of(_stored(desk, present)), tree_of(content)
    changes = differences(old, new)
    drafts = tuple(drafts_of(desk, campaign))
    problems = tuple(_problems(desk, campaign, drafts, after))
    cases = (
        ()
        if problems
        else tuple(impact_on(desk, campaign, rules_of(desk, key_of(campaign)), after, histories))
    )
    return Migration(
        campaign, present, sha256(content), changes, tuple(write_differences(changes, old, new)),
        cases, drafts, problems, content,
    )  # fmt: skip


def apply_migration(desk: Desk, code: str, to: str, note: str) -> dict[str, Any]:
    """Move a campaign to another rule set; a second time does nothing. The caller's transaction holds all of it.

    raises   NotAllowed; InvalidInput without a reason; Refused naming everything that stands in the way
    """
    require_role(desk, ("director",), "迁移批次规则")
    if not note.strip():
        raise InvalidInput("迁移规则须写明理由", found="空", expected="一句理由", remedy="加上 --note 理由")
    migration = preview_migration(desk, code, to)
    if not migration.is_needed:
        return migration.as_dict()
    if migration.problems:
        raise Refused(
            "该批次不能迁移到这套规则",
            found="；".join(migration.problems[:5]),
            expected="已认定的问题、未交回的检查表和未签发的文书在新规则中都有着落",
            remedy="在新规则中保留这些事项、程度或文书，或先办结有关事项",
        )
    campaign = migration.campaign
    store_frozen(desk.session, migration.content, desk.now)
    campaign.rules_sha256 = migration.after
    desk.session.add(campaign)
    for document in migration.drafts:
        document.rules_sha256 = migration.after  # composed by the rules in force when somebody signs it
        desk.session.add(document)
    desk.session.flush()
    moves = [_move(campaign, one) for one in migration.cases if one.moves_due]
    _write_due(desk, migration, moves)
    desk.record("campaign", key_of(campaign), MIGRATE, before=migration.before, after=migration.after, note=note,
                changes=len(migration.changes), moved=len(moves))  # fmt: skip
    desk.session.flush()
    drafted = [one.as_dict() for one in draft_corrections(desk, moves, CAUSE)]
    refresh_all(desk)
    return migration.as_dict(applied=True, corrections=drafted)


def _target(desk: Desk, campaign: Campaign, to: str) -> bytes:
    if to == CURRENT:
        return freeze(desk.rules, chosen_by(desk, campaign, desk.rules))
    digest = find_digest(desk, to) if DIGITS.fullmatch(to) else None
    if digest is None:
        raise NotFound(
            "没有这套规则",
            found=to,
            expected="current，或冻结规则集的校验值（至少8位）",
            remedy="核对 --to；已有的校验值见 ducha campaign show",
        )
    return _stored(desk, digest)


def _stored(desk: Desk, digest: str) -> bytes:
    frozen_rules(desk.session, digest)  # says in words when it is not there
    return desk.session.get_one(RuleSet, digest).content


def _problems(desk: Desk, campaign: Campaign, drafts: Sequence[Document], after: Rulebook) -> Iterator[str]:
    """Yield everything that would have no footing in the new rules."""
    if desk.office.code not in after.offices:
        yield f"新规则中没有本单位（{desk.office.code}）"
        return
    known = {i.id for c in after.catalogs.values() for i in (*c.items, *c.retired)}
    severities = {severity.value for severity in after.ladder_of(desk.office.code).profiles}
    yield from _lost_findings(desk, campaign, known, severities)
    for visit, unit in _visits_out(desk, campaign):
        lost = [item for item in split(visit.items) if item not in known]
        if lost:
            yield f"{unit}的检查表尚未交回，其事项{'、'.join(lost)}已不存在"
    for kind in kinds_missing(drafts, after):
        yield f"未签发的文书种类{kind}已不存在"
    yield from _clashing_rungs(desk, campaign, after)


def _lost_findings(desk: Desk, campaign: Campaign, known: set[str], severities: set[str]) -> Iterator[str]:
    query = (
        select(Finding)
        .where(col(Finding.campaign_id) == campaign.id, col(Finding.state) != FindingState.WITHDRAWN.value)
        .order_by(col(Finding.code))
    )
    for finding in desk.session.exec(query):
        if finding.item not in known:
            yield f"问题{finding.code}的事项{finding.item}已不存在"
        if finding.severity not in severities:
            yield f"问题{finding.code}的程度{finding.severity}没有级次"


def _visits_out(desk: Desk, campaign: Campaign) -> Sequence[tuple[Visit, str]]:
    query = (
        select(Visit, Unit.code)
        .where(
            col(Visit.campaign_id) == campaign.id,
            col(Visit.unit_id) == col(Unit.id),
            col(Visit.workbook_returned_on).is_(None),
        )
        .order_by(col(Unit.code))
    )
    return desk.session.exec(query).all()


def _clashing_rungs(desk: Desk, campaign: Campaign, after: Rulebook) -> Iterator[str]:
    """Yield rungs already climbed whose code means another colour now: the same rung is never issued twice."""
    profiles = after.ladder_of(desk.office.code).profiles
    query = (
        select(Rung, Rectification.severity, Finding.code)
        .join(Rectification, col(Rectification.id) == col(Rung.case_id))
        .join(Finding, col(Finding.id) == col(Rung.case_id))
        .where(
            col(Rectification.campaign_id) == campaign.id,
            col(Rung.round) == col(Rectification.round),
            col(Rung.due_version) == col(Rectification.due_version),
        )
        .order_by(col(Finding.code), col(Rung.id))
    )
    for rung, severity, code in desk.session.exec(query):
        profile = profiles.get(Severity(severity))
        named = profile.rung(rung.code) if profile else None
        if named is not None and named.light.value != rung.light:
            yield f"问题{code}已发出的级次{rung.code}在新规则中改了灯色"


def _move(campaign: Campaign, one: CaseImpact) -> DueMove:
    assert one.derived is not None
    assert one.now.due_on is not None
    assert one.then.due_on is not None  # only what was counted anew moves
    return DueMove(
        case_id=one.case.id, code=one.code, state=one.case.state, unit_id=one.case.unit_id, unit=one.unit,
        campaign_id=key_of(campaign), item=one.item, notified=one.case.signed_on is not None,
        before=one.now.due_on, after=one.then.due_on, was_provisional=one.case.due_provisional, derived=one.derived,
    )  # fmt: skip


def _write_due(desk: Desk, migration: Migration, moves: Sequence[DueMove]) -> None:
    """Write the due dates that move later, each with its counted step, so that they can be derived again."""
    for one in moves:
        case = desk.session.get_one(Rectification, one.case_id)
        case.due_on, case.due_provisional = one.after, one.derived.provisional
        case.calendar_version = desk.calendar.version
        desk.session.add(case)
        desk.record(
            "case", case.id, "set_due", unit_id=case.unit_id, from_state=case.state, to_state=case.state,
            due_on=one.after, before=one.before, provisional=one.derived.provisional,
            calendar=desk.calendar.version, start_on=one.derived.start_on, count=one.derived.count,
            unit=one.derived.unit.value if one.derived.count else None, rules=migration.after,
            note="督察规则迁移，重新核定期限",
        )  # fmt: skip
