"""The forms of matters that other bodies hand over, and what they do."""

from __future__ import annotations

from collections.abc import Sequence

from casework.desk import Desk
from casework.intake.choices import unit_code, variant_options
from casework.intake.incoming import (
    OTHER,
    NewIncoming,
    assign_incoming,
    close_incoming,
    register_incoming,
    return_incoming,
)
from casework.intake.incomingboard import IncomingPage
from casework.intake.incomingreplies import CHANNELS, answer_incoming, draft_incoming_reply
from casework.intake.incomingviews import find_incoming
from casework.linkage.linkageitems import NewItem, read_item
from casework.linkage.looking import Item, finish_item
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.actforms import ActForm, Acts, Field, code_in, code_of, lines_of, only, variant_fields
from console.forms import Form
from console.pages.intake.leadforms import UNIT_HINT
from core.codes import LINE_LABELS, Line
from core.errors import InvalidInput
from models.incoming import Incoming

ITEMS_HINT = "一行一项，各成一项任务；可写 内容|负责人编号|日期，如 修订裁量基准|P053|2026-09-30"


def item_forms(items: Sequence[Item]) -> tuple[ActForm, ...]:
    """Return the form that ends one item with what was done, where the actor may end one."""
    options = tuple((str(one.position), f"{one.position}. {one.text[:60]}") for one in items if one.mine)
    if not options:
        return ()
    form = ActForm("item", "登记事项落实", (
        Field("position", "事项", "select", options=options),
        Field("note", "落实情况", "area"),
    ), "登记")  # fmt: skip
    return (form,)


def items_in(form: Form) -> list[NewItem]:
    """Return the items that were written one a line."""
    return [read_item(line) for line in lines_of(form.text("items"))]


def do_item(desk: Desk, subject: str, subject_id: int, form: Form) -> str:
    """End one item of a matter that the actor may know of; the caller has asked that."""
    position = form.number("position", "事项")
    if position is None:
        raise InvalidInput("请选择事项", found="空", expected="列出的事项", remedy="选择后重新提交")
    finish_item(desk, subject, subject_id, position, form.needed("note", "落实情况"))
    return "已登记落实"


def register_form(desk: Desk) -> ActForm:
    """Return the form that registers a matter."""
    rules, own = desk.rules.linkage, desk.office_rules.receivers
    senders = [(code, own.get(code, one.name)) for code, one in rules.receivers.items()]
    clocks = [one.clock for one in rules.incoming.values() if one.clock is not None]
    kinds = [(code, one.name) for code, one in rules.incoming.items()]
    return ActForm("new", "登记来文", (
        Field("sender", "来文机关", "select", options=(*senders, (OTHER, "其他机关"))),
        Field("sender_name", "机关名称", required=False, hint="其他机关须填；不填的用规则中的名称"),
        Field("kind", "种类", "select", options=kinds),
        Field("number", "来文文号", required=False),
        Field("received", "收到日期", "day", value=desk.today.isoformat()),
        Field("line", "条线", "select", options=tuple((one.value, word) for one, word in LINE_LABELS.items()),
              value="party"),
        Field("title", "标题"),
        Field("text", "内容", "area"),
        Field("items", "逐项事项", "area", ITEMS_HINT, required=False),
        Field("due", "来文要求的期限", "day", required=False, hint="不填的按法定期限或规则推算"),
        *variant_fields("urgent", "法定期限的情形", variant_options(desk.rules.clocks, clocks)),
        Field("no_reply", "不需回复", "flag", required=False),
        Field("unit", "所涉单位", "pick", UNIT_HINT, required=False, listed="units"),
        Field("case", "有关问题编号", required=False),
        Field("campaign", "有关批次编码", required=False),
        Field("lead", "有关线索", "number", required=False, hint="线索页面地址中的编号"),
        Field("file", "来文扫描件", "file", required=False),
    ), "登记")  # fmt: skip


def register(desk: Desk, form: Form) -> Incoming:
    """Register the matter of a form."""
    given = NewIncoming(
        sender=form.needed("sender", "来文机关"),
        kind=form.needed("kind", "种类"),
        title=form.text("title"),
        text=form.text("text"),
        received_on=form.needed_day("received", "收到日期"),
        sender_name=form.text("sender_name"),
        their_number=form.text("number"),
        line=code_in(form, "line", "条线", Line),
        due_on=form.day("due", "来文要求的期限"),
        urgent=form.text("urgent"),
        no_reply=form.flag("no_reply"),
        unit=unit_code(desk, form.text("unit")),
        case=form.text("case"),
        campaign=form.text("campaign"),
        lead=form.number("lead", "有关线索"),
        items=items_in(form),
    )
    return register_incoming(desk, given, file=form.file("file"))


def incoming_forms(page: IncomingPage) -> tuple[ActForm, ...]:
    """Return the forms of the acts that are legal now for who asks."""
    unit = f"{page.unit.code} {page.unit.name}" if page.unit else ""
    every = (
        ActForm("assign", "改交他人" if page.owner else "交办", (
            Field("owner", "承办人", "pick", "输入编号或姓名，从列出的人员中选择；承办人由此知悉本件", listed="people"),
            Field("until", "知悉至", "day", required=False, hint="不填为一年"),
        ), "交办"),
        ActForm("draft_reply", "拟制复函", (
            Field("handling", "办理情况", "area"),
            Field("next", "下一步工作", "area"),
            Field("unit", "所涉单位", "pick", UNIT_HINT, required=not unit, listed="units", value=unit),
        ), "拟稿", hint="复函只打印送交，不发邮件；签发、用印在“限知文书”中办理。"),
        ActForm("answer", "登记已回复", (
            Field("channel", "方式", "radios", options=tuple(CHANNELS.items()), value="hand"),
            Field("note", "回复情况", "area"),
            Field("on", "日期", "day", required=False, hint="不填为今天"),
            Field("file", "签收单或会议纪要", "file", required=False),
        ), "登记", hint="书面回复须先签发、用印；当面回复须附会议纪要。"),
        ActForm("close", "办结来件", (Field("note", "说明", "area", required=False),), "办结"),
        ActForm("return", "退回来文机关", (
            Field("reason", "理由", "area"), Field("file", "退回材料", "file", required=False),
        ), danger=True),
    )  # fmt: skip
    return (*item_forms(page.items), *only(every, page.acts))


def _assign(desk: Desk, incoming_id: int, form: Form) -> str:
    owner = code_of(form.needed("owner", "承办人"))
    row = assign_incoming(desk, incoming_id, owner, until=form.day("until", "知悉至"))
    return f"已交{row.owner}承办"


def _draft(desk: Desk, incoming_id: int, form: Form) -> str:
    find_incoming(desk, incoming_id)
    require_role(desk, COMPARTMENT, "拟制复函")
    unit = unit_code(desk, form.text("unit"))
    draft_incoming_reply(
        desk, incoming_id, handling=form.text("handling"), next_steps=form.text("next"), unit=unit
    )
    return "已拟制复函，在“限知文书”中审核签发"


def _answer(desk: Desk, incoming_id: int, form: Form) -> str:
    answer_incoming(
        desk,
        incoming_id,
        channel=form.text("channel"),
        note=form.text("note"),
        on=form.day("on", "日期"),
        file=form.file("file"),
    )
    return "已登记回复"


def _close(desk: Desk, incoming_id: int, form: Form) -> str:
    close_incoming(desk, incoming_id, form.text("note"))
    return "已办结"


def _return(desk: Desk, incoming_id: int, form: Form) -> str:
    return_incoming(desk, incoming_id, form.text("reason"), file=form.file("file"))
    return "已退回来文机关"


def _item(desk: Desk, incoming_id: int, form: Form) -> str:
    find_incoming(desk, incoming_id)
    return do_item(desk, "incoming", incoming_id, form)


INCOMING_ACTS = Acts(
    {
        "assign": _assign, "draft_reply": _draft, "answer": _answer, "close": _close, "return": _return,
        "item": _item,
    }
)  # fmt: skip
