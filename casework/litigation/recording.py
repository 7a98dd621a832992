"""What people record of a matter: events and facts, each with what shows it; never changed, only voided by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from casework.desk import Desk
from casework.litigation.aftermath import finish_tasks
from casework.litigation.files import MatterFile
from casework.litigation.lights import refresh
from casework.rectification.evidence import keep_file
from casework.staff.people import require_role
from core.codes import Light
from core.errors import IllegalMove, InvalidInput, NotAllowed
from core.ladders.guardrails import keep_guardrails
from core.ladders.litigation import FALLING, stand
from core.ladders.matters import FACTS
from core.life.matterlife import OVER, MatterState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.matter import MatterAssessment, MatterEvent, MatterFact

OFFICE = ("officer", "leader", "director")
OF_THE_COURT = "first_instance_lost"  # a fact that only a judgment brings; the unit does not record it


def record_event(
    desk: Desk,
    file: MatterFile,
    code: str,
    *,
    on: date | None = None,
    basis: str = "",
    files: Sequence[Path] = (),
) -> MatterEvent:
    """Record an event of the ladder with what shows it.

    An event that puts the light out or lowers it needs a file: the court's ruling or judgment, never a wish.
    raises   NotAllowed, for a unit too; InvalidInput for an unknown event, one that is recorded already, a day to
             come, no basis, or a basis that breaks a guardrail
    """
    require_role(desk, OFFICE, "登记诉讼事件")
    day = day_of_act(desk, file, on)
    event = file.ladder.event(code)
    refuse_state_secrets(basis, "事件依据")
    keep_guardrails(basis, "事件依据")
    if not basis.strip():
        raise InvalidInput(
            f"{code} 没有写明依据", found="空", expected="法律文书名称、文号或记录", remedy="加上 --basis"
        )
    if event.effect in FALLING and not files:
        raise InvalidInput(
            f"{code} {event.event}：熄灯、降灯须附裁判文书",
            found="没有附件",
            expected="准许撤诉裁定、调解书、生效判决等文件",
            remedy="加上 --file",
        )
    if any(one.code == code and one.on_day == day for one in file.events):
        raise InvalidInput(
            f"{code} 在该日已经登记", found=day.isoformat(), expected="未登记的事件", remedy="核对"
        )
    row = note_event(desk, file, code, day, basis)
    for path in files:
        keep_file(desk, "matter", file.id, f"event_{code}", path)
    refresh(desk, file)
    return row


def note_event(desk: Desk, file: MatterFile, code: str, on: date, basis: str) -> MatterEvent:
    """Store an event that a person's act brought about; the ladder must know it. The light is not looked up here."""
    file.ladder.event(code)
    row = MatterEvent(
        matter_id=file.id,
        code=code,
        on_day=on,
        basis=basis.strip(),
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    file.events.append(row)
    desk.record("matter", file.id, "event", unit_id=file.row.unit_id, on=on, event=code, basis=row.basis)
    return row


def record_fact(
    desk: Desk,
    file: MatterFile,
    code: str,
    *,
    since: date | None = None,
    basis: str = "",
    files: Sequence[Path] = (),
) -> MatterFact:
    """Record that something is so from a day on (已提交答辩); a unit shows its own by a file.

    raises   NotAllowed; InvalidInput for an unknown fact, one that is recorded, a day to come, or nothing that shows it
    """
    require_role(desk, (*OFFICE, "unit"), "登记办理事实")
    _check_fact(desk, file, code, files)
    day = day_of_act(desk, file, since)
    refuse_state_secrets(basis, "事实依据")
    shown = basis.strip() or "、".join(path.name for path in files)
    if not shown:
        raise InvalidInput(
            f"{FACTS[code]}没有凭据", found="空", expected="依据或附件", remedy="加上 --basis 或 --file"
        )
    if desk.actor.speaks_for_unit:
        _refuse_own_relief(desk, file, code, day)
    row = note_fact(desk, file, code, day, shown)
    for path in files:
        keep_file(desk, "matter", file.id, f"fact_{code}", path)
    refresh(desk, file)
    return row


def _check_fact(desk: Desk, file: MatterFile, code: str, files: Sequence[Path]) -> None:
    if code not in FACTS:
        expected = "、".join(f"{one}（{meaning}）" for one, meaning in FACTS.items())
        raise InvalidInput("没有这个事实", found=code, expected=expected, remedy="改正代码")
    if desk.actor.speaks_for_unit and (code == OF_THE_COURT or not files):
        raise NotAllowed(
            "单位登记办理事实须附材料，裁判结果由督察单位登记",
            found=f"{FACTS[code]}，附件{len(files)}份",
            expected="提交凭证、回复文件等材料",
            remedy="加上 --file，或由督察单位承办人登记",
        )
    if code in file.facts:
        raise InvalidInput(
            f"{FACTS[code]}已经登记",
            found=f"自{file.facts[code].since_on}",
            expected="尚未登记的事实",
            remedy="登记有误的，由另一名负责人撤销（ducha matter void）后重新登记",
        )


def _refuse_own_relief(desk: Desk, file: MatterFile, code: str, since: date) -> None:
    """Refuse a day by which a unit would put out a light against itself: that the office looks into and records."""
    known = file.as_matter()
    told = replace(known, facts={**known.facts, code: since})
    palette = file.ladder.palette
    after = stand(file.ladder, told, desk.today, desk.calendar).light
    if palette.rank(after) < palette.rank(Light(file.row.light)):
        raise NotAllowed(
            "补登的日期会使已亮的灯降低，须经督察单位核实",
            found=f"{FACTS[code]}自{since}",
            expected=f"由督察单位承办人核实凭证后登记，或以今天（{desk.today}）登记",
            remedy="将凭证报督察单位",
        )


def note_fact(desk: Desk, file: MatterFile, code: str, since: date, basis: str) -> MatterFact:
    """Store a fact and finish the tasks that waited for it; the light is not looked up here."""
    row = MatterFact(
        matter_id=file.id,
        code=code,
        since_on=since,
        basis=basis,
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    file.facts[code] = row
    desk.record("matter", file.id, "fact", unit_id=file.row.unit_id, on=since, code=code, basis=basis)
    finish_tasks(desk, file, "fact", f"{FACTS[code]}（{since}）", code)
    return row


def void(desk: Desk, file: MatterFile, what: str, code: str, reason: str) -> None:
    """Void a mistaken event, fact or assessment: by a leader who did not record it, with a reason; the row stays.

    what     event, fact or assessment
    code     of the event or fact, or the number of the assessment; of several events the newest is meant
    raises   NotAllowed; InvalidInput without a reason or for a row that is not there
    """
    require_role(desk, ("leader", "director"), "撤销登记")
    if not reason.strip():
        raise InvalidInput("撤销登记须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    refuse_state_secrets(reason, "撤销理由")
    keep_guardrails(reason, "撤销理由")
    row = _row_to_void(file, what, code)
    if row.recorded_by == desk.actor.code:
        raise NotAllowed(
            "不能撤销本人登记的内容",
            found=desk.actor.code,
            expected="另一名负责人",
            remedy="换人操作（--by）",
        )
    row.voided_on, row.voided_by, row.void_reason = desk.today, desk.actor.code, reason.strip()
    desk.session.add(row)
    desk.session.flush()
    if isinstance(row, MatterFact):
        del file.facts[row.code]
    elif isinstance(row, MatterEvent):
        file.events.remove(row)
    else:
        file.assessments.remove(row)
    desk.record(
        "matter",
        file.id,
        f"void_{what}",
        unit_id=file.row.unit_id,
        row=key_of(row),
        code=code,
        reason=row.void_reason,
    )
    refresh(desk, file)


def _row_to_void(file: MatterFile, what: str, code: str) -> MatterEvent | MatterFact | MatterAssessment:
    found: MatterEvent | MatterFact | MatterAssessment | None = None
    if what == "fact":
        found = file.facts.get(code)
    elif what == "event":
        found = next((one for one in reversed(file.events) if one.code == code), None)
    elif what == "assessment":
        found = next((one for one in file.assessments if str(one.number) == code), None)
    if found is None:
        raise InvalidInput(
            "没有这项登记",
            found=f"{what} {code}",
            expected="event 事件代码、fact 事实代码、assessment 评分序号",
            remedy="运行 ducha matter show 查看",
        )
    return found


def day_of_act(desk: Desk, file: MatterFile, on: date | None) -> date:
    """Return the day of an act; raise for one to come, or for a matter that is over."""
    if MatterState(file.row.state) in OVER:
        raise IllegalMove("行政争议事项", file.row.state, "登记", ())
    day = on or desk.today
    if day > desk.today:
        raise InvalidInput(
            "日期在今天之后", found=day.isoformat(), expected=f"不晚于{desk.today}", remedy="改正日期"
        )
    return day
