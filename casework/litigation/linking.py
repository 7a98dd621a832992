"""From a lost matter to other lines: a case of 督察 by a person's word, and a screening that only a person may begin.

source   ladder `linkage`: a black light is no ground by itself; grave fault, refusing to perform and not
         appearing in court are. Nothing here writes a lead or a referral, or stands where the unit can see it.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.files import MatterFile
from casework.litigation.lights import derive
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT, open_task
from core.errors import InvalidInput, NotFound, Refused
from core.ladders.derivation import write_date
from core.ladders.guardrails import keep_guardrails
from core.life.matterlife import BAD, Fault, Result
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Finding
from models.matterwork import MatterLink, MatterPaper
from models.rectification import Rectification

LINKERS = ("officer", "leader", "director")
RAISERS = tuple(sorted(COMPARTMENT | {"leader", "officer"}))


def link_case(desk: Desk, file: MatterFile, case_code: str, reason: str) -> MatterLink:
    """Link a lost matter with a case of the 督察 line, with the reason.

    raises   NotAllowed; NotFound; InvalidInput without a reason or for a case of another unit; Refused for a matter
             that was settled or withdrawn
    """
    require_role(desk, LINKERS, "关联整改事项")
    _refuse_settled(file)
    refuse_state_secrets(reason, "关联理由")
    keep_guardrails(reason, "关联理由")
    if not reason.strip():
        raise InvalidInput("关联须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    query = (
        select(Rectification)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .where(col(Finding.office_id) == desk.office_id, col(Finding.code) == case_code)
    )
    case = desk.session.exec(query).first()
    if case is None:
        raise NotFound(
            "没有这个整改事项", found=case_code, expected="问题编号", remedy="运行 ducha case list 查看"
        )
    if case.unit_id not in (file.row.unit_id, *file.parties):
        raise InvalidInput(
            "整改事项不是被诉单位的", found=case_code, expected="被诉单位的整改事项", remedy="核对问题编号"
        )
    known = select(MatterLink).where(col(MatterLink.matter_id) == file.id, col(MatterLink.case_id) == case.id)
    row = desk.session.exec(known).first()
    if row is None:
        row = MatterLink(
            matter_id=file.id,
            case_id=case.id,
            reason=reason.strip(),
            linked_by=desk.actor.code,
            linked_on=desk.today,
        )
        desk.session.add(row)
        desk.session.flush()
        desk.record("matter", file.id, "link", unit_id=file.row.unit_id, case=case_code, reason=row.reason)
    return row


def _refuse_settled(file: MatterFile) -> None:
    """Refuse to hold a settlement or a withdrawal against a unit."""
    result = Result(file.result.result) if file.result else None
    if result is not None and result not in BAD:
        raise Refused(
            "主动和解、撤诉或胜诉的行政争议不作为问责、督察的依据",
            found=f"{file.row.number} 结果 {result.value}",
            expected="败诉或部分败诉的事项",
            remedy="不作关联",
        )


def ask_screening(desk: Desk, file: MatterFile, ground: int, note: str) -> int:
    """Ask the people of the compartment to screen a matter on one of the grounds of the ladder; return the task's id.

    It opens a confidential task and nothing else: no lead, no referral, no entry in the history of the matter.
    ground   the place of the ground in the rule file, from 1
    raises   NotAllowed; InvalidInput for an unknown ground or no note; Refused while the records do not show the ground
    """
    require_role(desk, RAISERS, "提请线索筛查")
    grounds = file.ladder.linkage.grounds
    shown = _shown(desk, file, ground, note)
    task = open_task(
        desk,
        f"matter:{file.id}:screening:{ground}",
        kind="matter_screening",
        title=f"{file.row.number} 提请线索筛查（{grounds[ground - 1]}）：{shown}；{note.strip()}",
        subject="matter",
        subject_id=file.id,
        role="linkage",
        due_on=desk.calendar.after(desk.today, desk.rules.linkage.screening_workdays),
        confidential=True,
    )
    if task is None:
        raise InvalidInput(
            "该情形已经提请过筛查",
            found=grounds[ground - 1],
            expected="尚未提请的情形",
            remedy="由联络人办理原任务",
        )
    return key_of(task)


def _shown(desk: Desk, file: MatterFile, ground: int, note: str) -> str:
    """Return what in the records shows a ground; raise when there is no such ground or nothing shows it."""
    linkage = file.ladder.linkage
    if not 1 <= ground <= len(linkage.grounds):
        listed = "；".join(f"{at} {text}" for at, text in enumerate(linkage.grounds, 1))
        raise InvalidInput("没有这个移送情形", found=str(ground), expected=listed, remedy="改正 --ground")
    if not note.strip():
        raise InvalidInput("提请筛查须写明事由", found="空", expected="一段事由", remedy="加上 --note")
    refuse_state_secrets(note, "筛查事由")
    _refuse_settled(file)
    shown = GROUNDS_SHOWN[ground - 1](desk, file) if ground <= len(GROUNDS_SHOWN) else note.strip()
    if shown is None:
        raise Refused(
            "登记的情况不能说明该情形，亮灯和评分本身不是移送理由",
            found=f"{linkage.grounds[ground - 1]}：没有相应登记",
            expected=linkage.rule,
            remedy=linkage.otherwise,
        )
    return shown


def _grave_fault(desk: Desk, file: MatterFile) -> str | None:
    query = select(col(MatterPaper.on_day)).where(
        col(MatterPaper.matter_id) == file.id, col(MatterPaper.fault) == Fault.GRAVE.value
    )
    day: date | None = desk.session.exec(query).first()
    return f"{write_date(day)}复盘认定故意或重大过失" if day else None


def _not_performed(desk: Desk, file: MatterFile) -> str | None:
    """Tell whether the day to perform passed without performance, by the events of the ladder itself."""
    for turn in derive(desk, file).standing.turns:
        event = next((one for one in file.ladder.events if one.code == turn.cause), None)
        if event and event.trigger and event.trigger.anchor == "performance_due" and event.trigger.offset > 0:
            return None if "judgment_performed" in file.facts else turn.why
    return None


def _not_attended(_desk: Desk, file: MatterFile) -> str | None:
    found = next((one for one in file.events if one.code == "J6"), None)
    return f"{write_date(found.on_day)}登记J6：{found.basis}" if found else None


GROUNDS_SHOWN = (_grave_fault, _not_performed, _not_attended)
"""What in the records shows each ground, in the order of the rule file (rules/litigation/*.yaml linkage.grounds)."""


def cases_of(desk: Desk, file: MatterFile) -> list[dict[str, str]]:
    """Return the cases of 督察 that a matter is linked with."""
    query = (
        select(MatterLink, Finding.code)
        .join(Finding, col(Finding.id) == col(MatterLink.case_id))
        .where(col(MatterLink.matter_id) == file.id)
        .order_by(col(Finding.code))
    )
    return [{"case": code, "reason": link.reason} for link, code in desk.session.exec(query)]
