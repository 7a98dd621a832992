"""What the forms of leads do: each calls one verb and says in a sentence what was done."""

from __future__ import annotations

from casework.desk import Desk
from casework.intake.choices import unit_code
from casework.intake.leadclocks import ask_extension, decide_extension, tell_extension
from casework.intake.leadends import Problem, draft_reply, establish_lead, reply_to_source
from casework.intake.leadpassing import Passing, record_answer, transfer_lead
from casework.intake.leads import STAFF, NewLead, find_lead, register_lead
from casework.intake.leadsteps import (
    close_lead,
    conclude_check,
    decline_lead,
    merge_lead,
    return_lead,
    start_check,
)
from casework.linkage.compartment import name_reader
from casework.rectification.notes import Said, add_note
from casework.staff.people import require_role
from console.actforms import Acts, code_in, code_of, lines_of, tells
from console.forms import Form
from core.codes import Line, Secrecy, Severity
from core.errors import InvalidInput
from models.lead import Lead


def register(desk: Desk, form: Form) -> Lead:
    """Register the lead of a form."""
    return register_lead(
        desk,
        NewLead(
            source=form.needed("source", "线索来源"),
            received_on=form.needed_day("received", "收到日期"),
            title=form.text("title"),
            text=form.text("text"),
            line=code_in(form, "line", "条线", Line),
            source_ref=form.text("ref"),
            unit=unit_code(desk, form.text("unit")),
            item=code_of(form.text("item")),
            person=form.text("person"),
            contact=form.text("contact"),
            note=form.text("remark"),
            real_name=form.flag("real_name"),
            accusation=form.flag("accusation"),
            secrecy=code_in(form, "secrecy", "密级", Secrecy),
            reply_by=form.day("reply_by", "来源要求的答复期限"),
        ),
    )


def _check(desk: Desk, lead_id: int, form: Form) -> str:
    handler = code_of(form.needed("handler", "初核人"))
    unit, item = unit_code(desk, form.text("unit")), code_of(form.text("item"))
    row = start_check(desk, lead_id, handler, unit=unit, item=item)
    return f"已交{row.handler}初核，期限{row.check_due_on}"


def _conclude(desk: Desk, lead_id: int, form: Form) -> str:
    conclude_check(
        desk,
        lead_id,
        form.text("opinion"),
        dispute=form.text("dispute"),
        legal_note=form.text("legal"),
        substantiated=tells(form, "found"),
        unit=unit_code(desk, form.text("unit")),
        item=code_of(form.text("item")),
        file=form.file("file"),
    )
    return "已提出初核意见"


def _transfer(desk: Desk, lead_id: int, form: Form) -> str:
    find_lead(desk, lead_id)
    passing = Passing(
        form.text("topic"),
        lines_of(form.text("demands")),
        form.text("matter") or None,
        lines_of(form.text("materials")),
    )
    transfer_lead(desk, lead_id, unit_code(desk, form.needed("to", "承办单位")), passing)
    return "已拟制转办函，请审核签发"


def _establish(desk: Desk, lead_id: int, form: Form) -> str:
    problem = Problem(
        form.needed("campaign", "督察批次"),
        code_of(form.text("item")),
        code_in(form, "severity", "程度", Severity),
        form.text("problem"),
        form.text("facts"),
    )
    _row, finding = establish_lead(desk, lead_id, problem)
    return f"已立项，督察底稿{finding.code}"


def _decline(desk: Desk, lead_id: int, form: Form) -> str:
    decline_lead(desk, lead_id, form.text("reason"))
    return "已决定不予处理"


def _answer(desk: Desk, lead_id: int, form: Form) -> str:
    _record(desk, lead_id, form, refused=False)
    return "已登记承办单位反馈"


def _take_back(desk: Desk, lead_id: int, form: Form) -> str:
    _record(desk, lead_id, form, refused=True)
    return "已收回，由本单位初核"


def _record(desk: Desk, lead_id: int, form: Form, *, refused: bool) -> None:
    record_answer(
        desk,
        lead_id,
        form.text("text"),
        substantiated=tells(form, "found"),
        refused=refused,
        on=form.day("on", "日期"),
        file=form.file("file"),
    )


def _draft_reply(desk: Desk, lead_id: int, form: Form) -> str:
    require_role(desk, STAFF, "拟制书面答复")
    draft_reply(
        desk,
        lead_id,
        form.text("to"),
        handling=form.text("handling"),
        verified=form.text("verified"),
        result=form.text("result"),
    )
    return "已拟制书面答复，在“限知文书”中审核签发"


def _reply(desk: Desk, lead_id: int, form: Form) -> str:
    reply_to_source(
        desk,
        lead_id,
        form.text("channel"),
        form.text("note"),
        on=form.day("on", "答复日期"),
        file=form.file("file"),
    )
    return "已登记答复来源"


def _ask_extension(desk: Desk, lead_id: int, form: Form) -> str:
    row = ask_extension(
        desk, lead_id, form.text("clock"), reason=form.text("reason"), until=form.day("until", "延长至")
    )
    return f"已申请延长至{row.until_on}，等待批准"


def _decide_extension(desk: Desk, lead_id: int, form: Form) -> str:
    verdict = form.needed("verdict", "意见")
    row = decide_extension(desk, lead_id, granted=verdict == "granted", note=form.text("note"))
    return f"已批准延长至{row.until_on}" if verdict == "granted" else "未批准延长"


def _tell_extension(desk: Desk, lead_id: int, form: Form) -> str:
    tell_extension(desk, lead_id, form.text("how"))
    return "已登记告知"


def _return(desk: Desk, lead_id: int, form: Form) -> str:
    return_lead(desk, lead_id, form.text("reason"), file=form.file("file"))
    return "已退回来源"


def _merge(desk: Desk, lead_id: int, form: Form) -> str:
    into = form.number("into", "并入")
    if into is None:
        raise InvalidInput("请选择并入哪件线索", found="空", expected="列出的线索", remedy="选择后重新提交")
    merge_lead(desk, lead_id, into, form.text("reason"))
    return "已并案"


def _close(desk: Desk, lead_id: int, form: Form) -> str:
    close_lead(desk, lead_id, form.text("note"))
    return "已办结"


def _note(desk: Desk, lead_id: int, form: Form) -> str:
    find_lead(desk, lead_id)
    return add_contact_note(desk, "lead", str(lead_id), form)


def add_contact_note(desk: Desk, subject: str, code: str, form: Form) -> str:
    """Write the note of a call, talk or visit that a form describes."""
    said = Said(
        form.text("kind"),
        form.text("text"),
        form.text("with"),
        form.day("on", "日期"),
        form.day("follow", "约定跟进日期"),
    )
    add_note(desk, subject, code, said)
    return "已登记联系记录"


def name_for(desk: Desk, subject: str | None, subject_id: int | None, form: Form) -> str:
    """Name the person of a form to know of one matter, or of all."""
    row = name_reader(
        desk,
        code_of(form.needed("person", "人员")),
        from_on=form.day("from", "知悉自") or desk.today,
        until_on=form.needed_day("until", "知悉至"),
        reason=form.text("reason"),
        subject=subject,
        subject_id=subject_id,
    )
    return f"已指定{row.person}知悉至{row.until_on}"


LEAD_ACTS = Acts(
    {
        "check": _check, "conclude": _conclude, "transfer": _transfer, "establish": _establish,
        "decline": _decline, "answer": _answer, "take_back": _take_back, "draft_reply": _draft_reply,
        "reply": _reply, "ask_extension": _ask_extension, "decide_extension": _decide_extension,
        "tell_extension": _tell_extension, "return": _return, "merge": _merge, "close": _close,
        "note": _note,
    }
)  # fmt: skip
