"""Assessments of a matter: a person names the factors that hold and why; the machine adds what follows from records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.aftermath import finish_tasks
from casework.litigation.files import MatterFile, lost_for_cause
from casework.litigation.lights import refresh
from casework.litigation.recording import day_of_act
from casework.litigation.reporting import open_keys
from casework.moves import take
from casework.staff.people import join, require_role, split
from casework.tasks import finish_for, open_task
from casework.units.lineage import ancestors_of
from core.errors import InvalidInput
from core.ladders.guardrails import keep_guardrails
from core.ladders.litigation import score
from core.ladders.matterfactors import DerivedFactor, LostBefore, derive_factors, settle_factors
from core.life.matterlife import MATTER, MatterAct, MatterState
from core.text.secrecy import refuse_state_secrets
from models.audit import canonical_json
from models.matter import MatterAssessment

OFFICE = ("officer", "leader", "director")
DERIVED_FROM = "系统推定："


def derived_factors(desk: Desk, file: MatterFile, on: date) -> tuple[DerivedFactor, ...]:
    """Return the factors that follow from what is stored, as they stand on a day."""
    family = ancestors_of(desk, file.row.unit_id)
    lost = tuple(
        LostBefore(matter.number, result.decided_on)
        for matter, result in lost_for_cause(desk, family, file.row.cause, on)
        if matter.id != file.id
    )
    return derive_factors(file.ladder, file.as_matter(), lost, on, desk.calendar)


def assess(
    desk: Desk, file: MatterFile, reasons: Mapping[str, str], *, on: date | None = None
) -> MatterAssessment:
    """Assess a matter: a person names the factors that hold and why; what can be worked out is added by the machine.

    reasons   {code of a factor: why it holds}; empty when none does
    raises    NotAllowed; IllegalMove; InvalidInput for an unknown factor, a factor without a reason, one that the
              records contradict, or a reason that breaks a guardrail
    """
    day = day_of_act(desk, file, on)
    MATTER.permit(MatterAct.ASSESS, desk.actor.code, desk.actor.roles)
    derived = derived_factors(desk, file, day)
    held = settle_factors(file.ladder, tuple(reasons), derived)
    _check_reasons(reasons)
    said = {code: reason.strip() for code, reason in reasons.items()}
    said |= {one.code: f"{DERIVED_FROM}{one.why}" for one in derived if one.holds}
    row = MatterAssessment(
        matter_id=file.id,
        number=_next_number(desk, file),
        on_day=day,
        factors=join(held),
        reasons=canonical_json(said),
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    graded = score(file.ladder, held)
    take(
        desk, file.row, MATTER, MatterAct.ASSESS, unit_id=file.row.unit_id, on=day,
        detail={"factors": row.factors, "points": graded.points, "light": graded.light.value},
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    file.assessments.append(row)
    finish_tasks(desk, file, "assess", f"已评分{graded.points}分")
    for key in (f"matter:{file.id}:assess", *open_keys(desk, file, "matter_reassess")):
        finish_for(desk, key, f"已评分{graded.points}分")
    refresh(desk, file)
    return row


def _check_reasons(reasons: Mapping[str, str]) -> None:
    for code, reason in reasons.items():
        if not reason.strip():
            raise InvalidInput(
                f"因子{code}没有写明理由", found="空", expected="一句理由", remedy="写成 F2=理由"
            )
        refuse_state_secrets(reason, "评分理由")
        keep_guardrails(reason, "评分理由")


def _next_number(desk: Desk, file: MatterFile) -> int:
    query = select(MatterAssessment.number).where(col(MatterAssessment.matter_id) == file.id)
    return max(desk.session.exec(query), default=0) + 1


def ask_reassessment(desk: Desk, file: MatterFile, cause: str, on: date) -> None:
    """Ask for a new assessment after something the ladder names (开庭, 出现新证据); due within its days.

    raises   InvalidInput for a cause that the ladder does not name
    """
    registration = file.ladder.registration
    if cause not in registration.reassess_after:
        raise InvalidInput(
            "不是须重评的情形",
            found=cause,
            expected="、".join(registration.reassess_after),
            remedy="改正情形",
        )
    if not file.assessments:
        return  # the first assessment is owed anyway
    open_task(
        desk,
        f"matter:{file.id}:reassess:{cause}:{on}",
        kind="matter_reassess",
        title=f"{file.row.number} {cause}后重新评分",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=desk.calendar.after(on, registration.reassess_workdays),
        unit_id=file.row.unit_id,
    )


def note_trigger(desk: Desk, file: MatterFile, cause: str, on: date | None = None) -> None:
    """Note a hearing, new evidence or a talk with the court, after which the matter is assessed anew."""
    require_role(desk, OFFICE, "登记办理情况")
    day = day_of_act(desk, file, on)
    ask_reassessment(desk, file, cause, day)
    desk.record("matter", file.id, "occasion", unit_id=file.row.unit_id, on=day, cause=cause)


def ask_for_derived(desk: Desk, file: MatterFile) -> None:
    """Ask for a new assessment when a factor that can be worked out has come true since the last one."""
    if not file.assessments or MatterState(file.row.state) is not MatterState.HANDLING:
        return
    held = split(file.assessments[-1].factors)
    for one in derived_factors(desk, file, desk.today):
        if one.holds and one.code not in held:
            open_task(
                desk,
                f"matter:{file.id}:reassess:{one.code}:{file.assessments[-1].number}",
                kind="matter_reassess",
                title=f"{file.row.number} {one.code}已成立，重新评分：{one.why}",
                subject="matter",
                subject_id=file.id,
                role="officer",
                due_on=desk.calendar.after(desk.today, file.ladder.registration.reassess_workdays),
                unit_id=file.row.unit_id,
            )
