"""The forms of leads: registering one, and every act on one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from casework.desk import Desk
from casework.intake.choices import item_options, people_options, unit_options
from casework.intake.leadends import CHANNEL_LABELS
from casework.intake.leadpage import LeadPage, lead_choices
from casework.intake.leads import lead_rules
from casework.rectification.notes import KIND_LABELS
from console.actforms import ActForm, Field, Options, needed_lists
from core.codes import LINE_LABELS, SEVERITY_LABELS
from core.life.leadlife import DISPUTE_LABELS

YES_NO = (("true", "属实"), ("false", "不属实"), ("", "暂不能认定"))
UNIT_HINT = "输入编码或名称，从列出的单位中选择"


def unit_field(
    name: str = "unit", label: str = "被反映单位", *, required: bool = False, value: str = ""
) -> Field:
    """Return the field of a unit with suggestions."""
    return Field(name, label, "pick", UNIT_HINT, required=required, listed="units", value=value)


def item_field(*, required: bool = False, value: str = "") -> Field:
    """Return the field of an item of the catalogues with suggestions."""
    return Field("item", "对应事项", "pick", "如 E24", required=required, listed="items", value=value)


def lists_of(desk: Desk, forms: Sequence[ActForm]) -> dict[str, Options]:
    """Return the suggestions that some forms refer to."""
    return needed_lists(
        forms,
        {
            "units": lambda: unit_options(desk),
            "people": lambda: people_options(desk),
            "items": lambda: item_options(desk),
        },
    )


def note_form() -> ActForm:
    """Return the form of a call, talk or visit."""
    return ActForm("note", "登记联系记录", (
        Field("kind", "方式", "select", options=tuple(KIND_LABELS.items()), value="telephone"),
        Field("with", "对方", required=False, hint="单位、岗位或姓氏"),
        Field("text", "内容", "area"),
        Field("on", "日期", "day", required=False, hint="不填为今天"),
        Field("follow", "约定跟进日期", "day", required=False),
    ), "登记")  # fmt: skip


def register_form(desk: Desk) -> ActForm:
    """Return the form that registers a lead."""
    origins = lead_rules(desk).sources
    return ActForm("new", "登记线索", (
        Field("source", "线索来源", "select", options=tuple((code, one.name) for code, one in origins.items())),
        Field("ref", "来源编号", required=False, hint="来源单位给的编号，如热线工单号；同一编号只登记一次"),
        Field("received", "收到日期", "day", value=desk.today.isoformat()),
        Field("line", "条线", "select", options=tuple((one.value, label) for one, label in LINE_LABELS.items()),
              value="enforcement"),
        Field("title", "标题"),
        Field("text", "反映内容", "area", "不写反映人的姓名和联系方式"),
        unit_field(),
        item_field(),
        Field("reply_by", "来源要求的答复期限", "day", required=False, hint="不填的按规则推算"),
        Field("secrecy", "密级", "select", options=(("internal", "内部"), ("work_secret", "工作秘密")),
              value="internal"),
        Field("accusation", "检举控告类", "flag", "不得转给被反映的单位", required=False),
        Field("real_name", "实名反映", "flag", "须登记姓名和联系方式，一律答复", required=False),
        Field("person", "反映人", required=False, hint="另行保存，只有登记人和指定人员可查，查看留痕"),
        Field("contact", "联系方式", required=False, hint="同上"),
        Field("remark", "来源备注", required=False, hint="同上"),
    ), "登记")  # fmt: skip


def lead_forms(desk: Desk, page: LeadPage) -> tuple[ActForm, ...]:
    """Return the forms of the acts on a lead that are legal now for who asks."""
    makers: dict[str, Callable[[Desk, LeadPage], ActForm]] = {
        "check": _check, "conclude": _conclude, "transfer": _transfer, "establish": _establish,
        "decline": _decline, "answer": _answer, "take_back": _take_back, "draft_reply": _draft_reply,
        "reply": _reply, "ask_extension": _ask_extension, "decide_extension": _decide_extension,
        "tell_extension": _tell_extension, "return": _return, "merge": _merge, "close": _close,
        "note": lambda _d, _p: note_form(),
    }  # fmt: skip
    return tuple(make(desk, page) for code, make in makers.items() if code in page.acts)


def _check(_desk: Desk, page: LeadPage) -> ActForm:
    title = "改由他人初核" if page.row.handler else "交办初核"
    return ActForm("check", title, (
        Field("handler", "初核人", "pick", "输入编号或姓名，从列出的人员中选择", listed="people"),
        unit_field(value=_unit_of(page)), item_field(value=page.row.item or ""),
    ), "交办")  # fmt: skip


def _conclude(_desk: Desk, page: LeadPage) -> ActForm:
    return ActForm("conclude", "提出初核意见", (
        Field("opinion", "初核意见", "area", value=page.row.opinion or ""),
        Field("found", "是否属实", "radios", options=YES_NO, required=False),
        Field("dispute", "是否已进入其他程序", "radios",
              options=tuple((one.value, label) for one, label in DISPUTE_LABELS.items())),
        Field("legal", "法律意见", "area", "已进入复议、诉讼或立案程序的必须写明", required=False),
        unit_field(value=_unit_of(page)), item_field(value=page.row.item or ""),
        Field("file", "初核报告", "file", required=False),
    ))  # fmt: skip


def _transfer(_desk: Desk, page: LeadPage) -> ActForm:
    return ActForm("transfer", "转办", (
        unit_field("to", "承办单位", required=True, value="" if page.row.accusation else _unit_of(page)),
        Field("topic", "转办事由", value=page.row.title),
        Field("demands", "办理要求", "area", "一行一条"),
        Field("matter", "反映的主要情况", "area", "不得写来源人信息", value=page.row.text),
        Field("materials", "随函材料", "area", "一行一件", required=False),
    ), "拟制转办函", hint="转办函签发后起算承办单位的反馈期限。")  # fmt: skip


def _establish(_desk: Desk, page: LeadPage) -> ActForm:
    return ActForm("establish", "立项", (
        Field("campaign", "督察批次", hint="与线索同一条线、已启动、督察该单位的批次编码"),
        item_field(required=True, value=page.row.item or ""),
        Field("severity", "程度", "select", options=tuple((one.value, w) for one, w in SEVERITY_LABELS.items()),
              value="major"),
        Field("problem", "问题", "area"),
        Field("facts", "事实与证据", "area", required=False),
    ), hint="在批次中形成督察底稿，经单位确认后按问题整改。")  # fmt: skip


def _decline(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("decline", "不予处理", (Field("reason", "理由", "area"),), danger=True)


def _answer(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("answer", "登记承办单位反馈", (
        Field("text", "反馈内容", "area"),
        Field("found", "是否属实", "radios", options=YES_NO, required=False),
        Field("on", "反馈日期", "day", required=False, hint="不填为今天"),
        Field("file", "反馈材料", "file", required=False),
    ), "登记反馈")  # fmt: skip


def _take_back(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("take_back", "承办单位退回，收回自行初核", (
        Field("text", "承办单位退回的理由", "area"),
        Field("on", "退回日期", "day", required=False, hint="不填为今天"),
        Field("file", "退回材料", "file", required=False),
    ), "收回")  # fmt: skip


def _draft_reply(_desk: Desk, page: LeadPage) -> ActForm:
    return ActForm("draft_reply", "拟制书面答复", (
        Field("to", "主送", hint="来源单位，或如何称呼反映人"),
        Field("handling", "办理方式", "area"),
        Field("verified", "核实情况", "area", value=page.row.answer or page.row.opinion or ""),
        Field("result", "处理意见", "area"),
    ), "拟稿", hint="书面答复只打印送交，不发邮件；签发、用印在“限知文书”中办理。")  # fmt: skip


def _reply(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("reply", "登记答复来源", (
        Field("channel", "答复方式", "radios", options=tuple(CHANNEL_LABELS.items()), value="document"),
        Field("note", "答复情况", "area"),
        Field("on", "答复日期", "day", required=False, hint="不填为今天"),
        Field("file", "答复材料", "file", required=False),
    ), "登记答复", hint="书面答复须先签发、用印。")  # fmt: skip


def _ask_extension(_desk: Desk, page: LeadPage) -> ActForm:
    return ActForm("ask_extension", "申请延长期限", (
        Field("clock", "哪项期限", "radios", options=page.can_extend, value=page.can_extend[0][0]),
        Field("until", "延长至", "day", required=False, hint="不填为规则允许的最后一日"),
        Field("reason", "理由", "area"),
    ), "申请", hint="每项期限只延长一次，由主任批准。")  # fmt: skip


def _decide_extension(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("decide_extension", "审批延长期限", (
        Field("verdict", "意见", "radios", options=(("granted", "批准"), ("refused", "不批准"))),
        Field("note", "说明", required=False),
    ), "提交")  # fmt: skip


def _tell_extension(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("tell_extension", "登记已告知延长期限", (
        Field("how", "何时以何方式告知", hint="如 6月30日电话告知热线平台"),
    ), "登记")  # fmt: skip


def _return(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("return", "退回来源", (
        Field("reason", "理由", "area"), Field("file", "退回材料", "file", required=False),
    ), danger=True)  # fmt: skip


def _merge(desk: Desk, page: LeadPage) -> ActForm:
    return ActForm("merge", "并入另一件线索", (
        Field("into", "并入", "select", options=lead_choices(desk, page.row.id or 0)),
        Field("reason", "理由", "area"),
    ), "并案")  # fmt: skip


def _close(_desk: Desk, _page: LeadPage) -> ActForm:
    return ActForm("close", "办结线索", (Field("note", "说明", "area", required=False),), "办结")


def _unit_of(page: LeadPage) -> str:
    return f"{page.unit.code} {page.unit.name}" if page.unit else ""
