"""Recusal declarations (回避申报): filed by the person, the unit, a complainant or the office; decided by the head.

source: 公务员法 第七十六条、第七十七条; 四川省行政执法监督条例 第三十条; 河北省行政执法监督条例 第十八条
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.moves import take
from casework.staff.declarationviews import (
    decision_key,
    find_declaration,
    may_decide,
    missing_key,
    replacement_key,
)
from casework.staff.people import find_unit
from casework.staff.pools import find_person
from casework.staff.upcoming import ask_replacement, visits_to_come
from casework.tasks import finish_for, open_task
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.declarationlife import (
    DECLARATION,
    RELATION_LABELS,
    DeclarationAct,
    DeclarationState,
    Origin,
    Relation,
)
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign, Visit
from models.organisation import Person, Unit
from models.pool import RecusalDeclaration

OFFICE_ROLES = frozenset({"officer", "director"})
DECIDE_WORKDAYS = 2  # before which the head should have decided; the office's own proposal


@dataclass(frozen=True, slots=True)
class Filing:
    """A declaration as it is brought: about whom, for which campaign (None: all), with which unit, on what ground."""

    person: str
    campaign: str | None = None
    unit: str | None = None
    relation: Relation = Relation.NONE
    content: str = ""
    origin: Origin | None = None


def declare(desk: Desk, filing: Filing) -> RecusalDeclaration:
    """File a declaration; one that names a unit goes to the head of the office to decide.

    raises   NotAllowed for who may not speak for the person or unit; InvalidInput for one that says too little
    """
    person = find_person(desk, filing.person)
    unit = find_unit(desk, filing.unit) if filing.unit else None
    campaign = find_campaign(desk, filing.campaign) if filing.campaign else None
    origin = _origin(desk, filing, unit)
    _check(filing, campaign, unit)
    refuse_state_secrets(filing.content, "回避申报")
    _refuse_twice(desk, filing, person, campaign, unit)
    row = RecusalDeclaration(
        office_id=desk.office_id,
        campaign_id=campaign.id if campaign else None,
        person_id=key_of(person),
        unit_id=unit.id if unit else None,
        relation=filing.relation.value,
        content=filing.content,
        origin=origin.value,
        state=DECLARATION.start.value,
        filed_by=desk.actor.code,
        filed_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "declaration", key_of(row), "open", to_state=row.state, person=person.code, campaign=filing.campaign,
        unit=filing.unit, relation=row.relation, origin=row.origin,
    )  # fmt: skip
    if campaign and origin is Origin.SELF:
        finish_for(desk, missing_key(campaign, person), "已申报")
    if unit:
        _ask_decision(desk, row, person, unit)
    return row


def _origin(desk: Desk, filing: Filing, unit: Unit | None) -> Origin:
    """Return on whose behalf the actor speaks; raise NotAllowed when on nobody's."""
    actor = desk.actor
    if actor.speaks_for_unit:
        if unit is not None and unit.code == actor.unit_code:
            return Origin.UNIT
    elif actor.code == filing.person:
        return Origin.SELF
    elif actor.roles & OFFICE_ROLES and filing.origin is not None:
        return filing.origin
    raise NotAllowed(
        "不能代他人申报回避",
        found=actor.code,
        expected="本人；被督察单位的联络员、负责人就本单位申请；经办人代为登记的须写明 --origin",
        remedy="由本人申报（--by 本人编号），或加 --origin self|unit|complainant|ex_officio",
    )


def _check(filing: Filing, campaign: Campaign | None, unit: Unit | None) -> None:
    none = filing.relation is Relation.NONE
    wrong = ""
    if none and (unit is not None or campaign is None):
        wrong = "申报无须回避的，只写批次，不写单位"
    elif not none and unit is None:
        wrong = "申报回避的，写明单位（--unit）"
    elif not none and not filing.content.strip():
        wrong = "写明情况（--text）"
    elif campaign is not None and campaign.state == "closed":
        wrong = "批次未办结"
    if wrong:
        raise InvalidInput(
            "回避申报不全或不对",
            found=f"{RELATION_LABELS[filing.relation]}，单位{filing.unit or '未写'}，批次{filing.campaign or '未写'}",
            expected=wrong,
            remedy="补齐后重新申报",
        )


def _refuse_twice(
    desk: Desk, filing: Filing, person: Person, campaign: Campaign | None, unit: Unit | None
) -> None:
    same = select(RecusalDeclaration).where(
        col(RecusalDeclaration.person_id) == person.id,
        col(RecusalDeclaration.relation) == filing.relation.value,
        col(RecusalDeclaration.state).in_((DeclarationState.DECLARED.value, DeclarationState.ACCEPTED.value)),
        col(RecusalDeclaration.campaign_id).is_(None)
        if campaign is None
        else col(RecusalDeclaration.campaign_id) == campaign.id,
        col(RecusalDeclaration.unit_id).is_(None)
        if unit is None
        else col(RecusalDeclaration.unit_id) == unit.id,
    )
    known = desk.session.exec(same).first()
    if known is not None:
        raise Refused(
            "已有相同的申报",
            found=f"申报{known.id}",
            expected="未申报过的情形",
            remedy="运行 ducha recusal list 查看",
        )


def _ask_decision(desk: Desk, row: RecusalDeclaration, person: Person, unit: Unit) -> None:
    open_task(
        desk,
        decision_key(row),
        kind="decide_recusal",
        title=f"决定{person.name}（{person.code}）对{unit.name}是否回避",
        subject="declaration",
        subject_id=key_of(row),
        role="director",
        due_on=desk.calendar.after(desk.today, DECIDE_WORKDAYS),
    )


def decide(desk: Desk, number: int, *, accept: bool, note: str) -> tuple[RecusalDeclaration, list[Visit]]:
    """Decide a declaration as the head of the office; return the visits on which the person must be replaced.

    raises   NotAllowed for anybody but the head, and for the person concerned
    """
    row = find_declaration(desk, number)
    person = desk.session.get_one(Person, row.person_id)
    _check_head(desk, person)
    refuse_state_secrets(note, "回避决定")
    if row.relation == Relation.NONE.value:
        raise InvalidInput(
            "该申报无须决定", found="申报无须回避的情形", expected="写明单位的回避申报", remedy="无须办理"
        )
    act = DeclarationAct.ACCEPT if accept else DeclarationAct.REJECT
    DECLARATION.step(row.state, act)
    row.decided_by, row.decided_on, row.decision_note = desk.actor.code, desk.today, note
    with desk.session.no_autoflush:
        take(desk, row, DECLARATION, act, detail={"note": note, "person": person.code})
    desk.session.add(row)
    desk.session.flush()
    finish_for(desk, decision_key(row), DECLARATION.act_labels[act])
    affected = affected_visits(desk, row) if accept else []
    for visit in affected:
        ask_replacement(desk, visit, person.code, "已决定回避", replacement_key(row, visit))
    return row, affected


def _check_head(desk: Desk, person: Person) -> None:
    actor = desk.actor
    if not may_decide(desk):
        raise NotAllowed(
            "回避由督察单位主要负责人决定",
            found=f"{actor.code}（{'、'.join(sorted(actor.roles)) or '无角色'}）",
            expected="主要负责人",
            remedy="由主要负责人决定（--by）",
        )
    if actor.code == person.code:
        raise NotAllowed(
            "不能决定本人的回避", found=actor.code, expected="另一名主要负责人", remedy="报上一级负责人决定"
        )


def withdraw(desk: Desk, number: int, note: str = "") -> RecusalDeclaration:
    """Take back a declaration that has not been decided: whoever filed it, or the office."""
    row = find_declaration(desk, number)
    if row.filed_by != desk.actor.code and not desk.actor.roles & OFFICE_ROLES:
        raise NotAllowed(
            "只能撤回本人提出的申报", found=desk.actor.code, expected=row.filed_by, remedy="由提出人撤回"
        )
    refuse_state_secrets(note, "撤回说明")
    take(desk, row, DECLARATION, DeclarationAct.WITHDRAW, detail={"note": note})
    desk.session.add(row)
    desk.session.flush()
    finish_for(desk, decision_key(row), "已撤回")
    return row


def affected_visits(desk: Desk, row: RecusalDeclaration) -> list[Visit]:
    """Return the visits still to come to the unit of a declaration on whose team the person is."""
    return [
        visit
        for visit, _plan in visits_to_come(desk, row.person_id)
        if visit.unit_id == row.unit_id and row.campaign_id in (None, visit.campaign_id)
    ]
