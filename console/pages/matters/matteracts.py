"""What the forms of matters do: each finds the matter in sight, calls one verb and says what was done."""

from __future__ import annotations

from pathlib import Path

from casework.desk import Desk
from casework.intake.choices import unit_code
from casework.litigation import clocks, filing
from casework.litigation.assessing import assess, note_trigger
from casework.litigation.ending import Outcome, appeal, conclude, next_instance
from casework.litigation.lights import refresh
from casework.litigation.linking import ask_screening
from casework.litigation.matterboard import link_seen_case, need_file, need_matter
from casework.litigation.ones import Ones, hand_in, set_ones
from casework.litigation.recording import record_event, record_fact, void
from casework.litigation.registering import Entry, describe, register
from casework.rectification.halfreports import find_report, waive_report
from console.actforms import Acts, code_in, code_of, lines_of
from console.forms import Form
from console.pages.intake.leadacts import add_contact_note
from core.codes import Secrecy
from core.errors import NotFound
from core.life.matterlife import Fault, Instance, MatterKind, PaperKind, Plaintiff, Result
from models.base import key_of

WHY = "why-"


def register_matter(desk: Desk, form: Form) -> int:
    """Register the matter of a form; return its key."""
    kind = code_in(form, "kind", "案件类型", MatterKind)
    given = code_in(form, "instance", "审级", Instance) if form.text("instance") else None
    usual = Instance.FIRST if kind is MatterKind.LITIGATION else None
    entry = Entry(
        number=form.needed("number", "案号"),
        kind=kind,
        instance=given or usual,
        unit=unit_code(desk, form.needed("unit", "被告、被申请单位")),
        parties=tuple(unit_code(desk, line) for line in lines_of(form.text("parties"))),
        forum=form.text("forum"),
        cause=form.text("cause"),
        plaintiff=code_in(form, "plaintiff", "原告、申请人", Plaintiff),
        claim=form.text("claim"),
        received_on=form.needed_day("received", "收到日期"),
        start_on=form.day("start", "起算日"),
        clock=form.text("clock"),
        variant=form.text("variant"),
        item=code_of(form.text("item")) or None,
        handler=form.text("handler"),
        agent=form.text("agent"),
        note=form.text("note"),
        secrecy=code_in(form, "secrecy", "密级", Secrecy),
    )
    return register(desk, entry).id


def _files(form: Form) -> tuple[Path, ...]:
    return tuple(form.files.get("files", ()))


def _assess(desk: Desk, number: int, form: Form) -> str:
    said = {code: why for code, why in form.texts(WHY).items() if why}
    row = assess(desk, need_file(desk, number), said, on=form.day("on", "日期"))
    return f"已评分（第{row.number}次）"


def _occasion(desk: Desk, number: int, form: Form) -> str:
    note_trigger(desk, need_file(desk, number), form.needed("cause", "情况"), form.day("on", "日期"))
    return "已登记，请按期重新评分"


def _event(desk: Desk, number: int, form: Form) -> str:
    row = record_event(
        desk,
        need_file(desk, number),
        form.needed("code", "事件"),
        on=form.day("on", "日期"),
        basis=form.text("basis"),
        files=_files(form),
    )
    return f"已登记事件{row.code}"


def _fact(desk: Desk, number: int, form: Form) -> str:
    record_fact(
        desk,
        need_file(desk, number),
        form.needed("code", "事实"),
        since=form.day("since", "自何日起"),
        basis=form.text("basis"),
        files=_files(form),
    )
    return "已登记办理事实"


def _date(desk: Desk, number: int, form: Form) -> str:
    file, code, way = need_file(desk, number), form.needed("code", "哪个日期"), form.text("way")
    if way == "recount":
        row = clocks.recount(desk, file, code)
    elif way == "counted":
        counting = clocks.Counting(
            form.needed_day("on", "起算日"), form.text("clock"), form.text("variant"), form.flag("extended")
        )
        row = clocks.set_counted(desk, file, code, counting, form.text("note"))
    else:
        row = clocks.set_given(desk, file, code, form.needed_day("on", "指定的日期"), form.text("note"))
    refresh(desk, file)
    return f"已登记，{row.on_day}" if row else "日期没有变化"


def _assign(desk: Desk, number: int, form: Form) -> str:
    names = ("handler", "agent", "attendee", "forum", "claim", "note")
    describe(
        desk, need_file(desk, number), **{name: form.text(name) for name in names if name in form.values}
    )
    return "已保存"


def _result(desk: Desk, number: int, form: Form) -> str:
    outcome = Outcome(
        code_in(form, "result", "结果", Result),
        form.day("on", "作出日期") or desk.today,
        form.day("served", "送达日期"),
        form.text("text"),
        form.flag("ruling"),
        _files(form),
    )
    conclude(desk, need_file(desk, number), outcome)
    return "已登记结果"


def _appeal(desk: Desk, number: int, form: Form) -> str:
    matter = need_file(desk, number)
    following_number, instance = (
        form.needed("number", "下一审级的案号"),
        code_in(form, "instance", "审级", Instance),
    )
    received = form.day("received", "收到日期") or desk.today
    entry = next_instance(desk, matter, following_number, form.text("forum"), instance, received)
    following = appeal(desk, matter, entry, form.text("appellant"))
    return f"已另立{following.row.number}"


def _perform(desk: Desk, number: int, form: Form) -> str:
    due = form.needed_day("due", "履行期满日")
    filing.perform(desk, need_file(desk, number), due, files=_files(form), note=form.text("note"))
    return "已登记进入履行"


def _close(desk: Desk, number: int, form: Form) -> str:
    filing.close(desk, need_file(desk, number), form.text("note"))
    return "已核销归档"


def _annul(desk: Desk, number: int, form: Form) -> str:
    filing.annul(desk, need_file(desk, number), form.text("note"))
    return "已撤销登记"


def _revise(desk: Desk, number: int, form: Form) -> str:
    filing.revise(desk, need_file(desk, number), form.text("note"))
    return "已更正，回到办理中"


def _ones(desk: Desk, number: int, form: Form) -> str:
    members = tuple(lines_of(form.text("members")))
    given = Ones(form.text("leader"), form.text("post"), members, form.text("plan"), _files(form))
    set_ones(desk, need_file(desk, number), given)
    return "已登记“三个一”"


def _progress(desk: Desk, number: int, form: Form) -> str:
    file = need_file(desk, number)
    hand_in(
        desk, file, PaperKind.PROGRESS, form.text("text"), next_steps=form.text("next"), files=_files(form)
    )
    return "已报送化解进展"


def _paper(desk: Desk, number: int, form: Form) -> str:
    kind = code_in(form, "kind", "种类", PaperKind)
    fault = code_in(form, "fault", "责任认定", Fault) if form.text("fault") else None
    hand_in(desk, need_file(desk, number), kind, form.text("text"), fault=fault, files=_files(form))
    return "已报送"


def _waive(desk: Desk, number: int, form: Form) -> str:
    matter, report = need_matter(desk, number), form.number("report", "半月")
    row = find_report(desk, report or 0)
    if (row.subject, row.subject_id) != ("matter", matter.id):
        raise NotFound("没有这份半月报", found=str(report), expected="列出的半月报", remedy="重新选择")
    waive_report(desk, key_of(row), form.text("reason"))
    return "已免报"


def _link(desk: Desk, number: int, form: Form) -> str:
    link_seen_case(desk, number, form.needed("case", "问题编号"), form.text("note"))
    return "已关联整改事项"


def _screening(desk: Desk, number: int, form: Form) -> str:
    ask_screening(desk, need_file(desk, number), form.number("ground", "情形") or 0, form.text("note"))
    return "已提请，由指定人员办理"


def _void(desk: Desk, number: int, form: Form) -> str:
    what, _, code = form.needed("what", "撤销哪一项").partition(":")
    void(desk, need_file(desk, number), what, code, form.text("note"))
    return "已撤销"


def _note(desk: Desk, number: int, form: Form) -> str:
    return add_contact_note(desk, "matter", need_matter(desk, number).number, form)


MATTER_ACTS = Acts(
    {
        "assess": _assess, "occasion": _occasion, "event": _event, "fact": _fact, "date": _date,
        "assign": _assign, "result": _result, "appeal": _appeal, "perform": _perform, "close": _close,
        "annul": _annul, "revise": _revise, "ones": _ones, "progress": _progress, "paper": _paper,
        "waive": _waive, "link": _link, "screening": _screening, "void": _void, "note": _note,
    }
)  # fmt: skip
