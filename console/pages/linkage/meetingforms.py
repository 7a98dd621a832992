"""The forms of meetings with other bodies and of joint supervision."""

from __future__ import annotations

from casework.desk import Desk
from casework.linkage.meetings import KIND_LABELS, NewMeeting, record_meeting
from console.actforms import ActForm, Field, lines_of
from console.forms import Form
from console.pages.intake.incomingforms import ITEMS_HINT, items_in
from models.meeting import Meeting


def meeting_form(desk: Desk) -> ActForm:
    """Return the form that records a meeting."""
    return ActForm("new", "登记会议", (
        Field("kind", "种类", "select", options=tuple(KIND_LABELS.items()), value="joint"),
        Field("on", "日期", "day", value=desk.today.isoformat()),
        Field("title", "议题"),
        Field("with", "参加机关", "area", "一行一个"),
        Field("file", "会议纪要", "file"),
        Field("items", "议定事项", "area", ITEMS_HINT, required=False),
        Field("note", "说明", "area", required=False),
        Field("referral", "有关移送", "number", required=False, hint="移送页面地址中的编号；登记后了结该件的会商任务"),
        Field("incoming", "有关来件", "number", required=False, hint="来件页面地址中的编号"),
    ), "登记")  # fmt: skip


def record(desk: Desk, form: Form) -> Meeting:
    """Record the meeting of a form."""
    given = NewMeeting(
        form.needed("kind", "种类"),
        form.needed_day("on", "日期"),
        form.text("title"),
        lines_of(form.text("with")),
        form.text("note"),
        items_in(form),
        form.number("referral", "有关移送"),
        form.number("incoming", "有关来件"),
    )
    return record_meeting(desk, given, form.file("file"))


def joint_form(desk: Desk) -> ActForm:
    """Return the form that begins a joint supervision."""
    own = desk.office_rules.receivers
    bodies = tuple((code, own.get(code, one.name)) for code, one in desk.rules.linkage.receivers.items())
    return ActForm("joint", "登记联合督办", (
        Field("case", "问题编号"),
        Field("body", "联合督办的机关", "select", options=bodies),
        Field("demand", "督办要求", "area"),
        Field("report_on", "何日汇总情况", "day", required=False),
        Field("meeting", "有关会议", "number", required=False, hint="会议页面地址中的编号"),
        Field("incoming", "有关来件", "number", required=False, hint="来件页面地址中的编号"),
    ), "登记")  # fmt: skip


def end_form(joint_id: int) -> ActForm:
    """Return the form that ends a joint supervision."""
    return ActForm(f"end{joint_id}", "办结", (Field("note", "督办结果", "area"),), "办结联合督办")
