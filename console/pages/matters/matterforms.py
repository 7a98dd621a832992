"""The forms of matters: registering one, and every act on one that is legal now for who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from casework.desk import Desk
from casework.intake.choices import clock_options, item_options, unit_options, variant_options
from casework.litigation.files import MatterFile, rules_of_matter
from casework.litigation.matteracts import results_now, voidable
from console.actforms import ActForm, CodeT, Field, Options, needed_lists, only, variant_fields
from console.pages.intake.leadforms import UNIT_HINT, note_form
from core.codes import SECRECY_LABELS
from core.ladders.matters import ANCHORS, FACTS
from core.life.matterlife import (
    FAULT_LABELS,
    INSTANCE_LABELS,
    MATTER_KIND_LABELS,
    PAPER_KIND_LABELS,
    PLAINTIFF_LABELS,
    RESULT_LABELS,
    Instance,
    PaperKind,
)
from core.rulebook.litigation import LitigationLadder
from models.halfreport import HalfReport

OF_THE_COURT = "first_instance_lost"
TODAY = "不填为今天"
PAPER_ACTS = frozenset({"ones", "progress", "paper", "waive", "link"})  # on the page of what was handed in
FILES = Field("files", "附件", "files", required=False)


def _pairs(labels: Mapping[CodeT, str]) -> Options:
    return tuple((code.value, word) for code, word in labels.items())


def lists_of(desk: Desk, forms: Sequence[ActForm]) -> dict[str, Options]:
    """Return the suggestions that some forms refer to."""
    return needed_lists(forms, {"units": lambda: unit_options(desk), "items": lambda: item_options(desk)})


def register_form(desk: Desk) -> ActForm:
    """Return the form that registers a matter."""
    rules = desk.rules
    clocks = _clocks_of(rules.litigation_of(desk.office.code))
    return ActForm("new", "登记案件", (
        Field("number", "案号", hint="案号、复议案号或建议书文号"),
        Field("kind", "案件类型", "select", options=_pairs(MATTER_KIND_LABELS), value="litigation"),
        Field("instance", "审级", "select", "只有行政诉讼填写，不选的为一审", options=_pairs(INSTANCE_LABELS),
              required=False),
        Field("unit", "被告、被申请单位", "pick", UNIT_HINT, listed="units"),
        Field("parties", "共同被告", "area", "一行一个，写单位编码", required=False),
        Field("forum", "法院、复议机关或发出建议的机关"),
        Field("cause", "案由"),
        Field("plaintiff", "原告、申请人", "radios", options=_pairs(PLAINTIFF_LABELS), value="person"),
        Field("claim", "被诉行政行为和请求", "area", required=False),
        Field("received", "收到日期", "day", value=desk.today.isoformat()),
        Field("start", "答辩（答复）期限起算日", "day", required=False, hint="不填为收到日期"),
        Field("clock", "另一法定期限", "select", options=clock_options(rules.clocks, clocks), required=False,
              hint="不选为通常适用的一项"),
        *variant_fields("variant", "期限的情形", variant_options(rules.clocks, clocks)),
        Field("item", "相关事项", "pick", "如 S17", required=False, listed="items"),
        Field("handler", "承办人", required=False),
        Field("agent", "代理人", required=False),
        Field("secrecy", "密级", "select", options=_pairs(SECRECY_LABELS), value="internal"),
        Field("note", "备注", "area", required=False),
    ), "登记", hint="登记时冻结规则，推算法定期限，按事实亮灯。")  # fmt: skip


def act_forms(desk: Desk, file: MatterFile, acts: Sequence[str], *, papers: bool) -> tuple[ActForm, ...]:
    """Return the forms of the acts on a matter.

    papers   those of the page of what was handed in; else those of the first page
    """
    makers: dict[str, Callable[[], ActForm]] = {
        "assess": lambda: _assess(file), "occasion": lambda: _occasion(file), "event": lambda: _event(file),
        "fact": lambda: _fact(desk, file), "date": lambda: _date(desk, file), "assign": lambda: _assign(file),
        "result": lambda: _result(desk, file), "appeal": _appeal, "perform": _perform, "close": _close,
        "ones": lambda: _ones(file), "progress": _progress, "paper": lambda: _paper(desk),
        "link": _link, "screening": lambda: _screening(file), "note": note_form,
        "void": lambda: _void(desk, file), "revise": _revise, "annul": _annul,
    }  # fmt: skip
    wanted = [code for code in makers if code in acts and (code in PAPER_ACTS) is papers]
    return only([makers[code]() for code in wanted], wanted)


def waive_forms(reports: Sequence[HalfReport]) -> tuple[ActForm, ...]:
    """Return the form that dispenses with a half-month report, where one is owed."""
    if not reports:
        return ()
    options = tuple((str(one.id), f"{one.period_from}至{one.period_to}") for one in reports)
    form = ActForm("waive", "免报半月报", (
        Field("report", "半月", "select", options=options), Field("reason", "理由", "area"),
    ), "免报")  # fmt: skip
    return (form,)


def _assess(file: MatterFile) -> ActForm:
    fields = [
        Field(
            f"why-{one.code}",
            f"{one.code} {one.factor}（{one.points}分{'，致命' if one.fatal else ''}）",
            required=False,
        )
        for one in file.ladder.factors
        if one.derived is None
    ]
    return ActForm("assess", "评分", (
        *fields, Field("on", "日期", "day", required=False, hint=TODAY),
    ), "提交评分", hint="成立的因子写明理由，不成立的不填；能由登记推定的由系统加上。")  # fmt: skip


def _occasion(file: MatterFile) -> ActForm:
    causes = tuple((one, one) for one in file.ladder.registration.reassess_after)
    return ActForm("occasion", "登记办理情况（提示重新评分）", (
        Field("cause", "情况", "radios", options=causes), Field("on", "日期", "day", required=False, hint=TODAY),
    ), "登记")  # fmt: skip


def _event(file: MatterFile) -> ActForm:
    options = tuple((one.code, f"{one.code} {one.event}") for one in file.ladder.events)
    return ActForm("event", "登记诉讼事件", (
        Field("code", "事件", "select", options=options),
        Field("basis", "依据", "area", "法律文书名称、文号或记录"),
        Field("on", "日期", "day", required=False, hint=TODAY),
        FILES,
    ), "登记", hint="熄灯、降灯的事件须附裁判文书。")  # fmt: skip


def _fact(desk: Desk, file: MatterFile) -> ActForm:
    unit = desk.actor.speaks_for_unit
    options = tuple(
        (code, word)
        for code, word in FACTS.items()
        if code not in file.facts and not (unit and code == OF_THE_COURT)
    )
    proof = Field("files", "凭证", "files", required=unit)
    return ActForm("fact", "登记办理事实", (
        Field("code", "事实", "radios", options=options),
        Field("since", "自何日起", "day", required=False, hint=TODAY),
        Field("basis", "凭据", required=False),
        proof,
    ), "登记")  # fmt: skip


def _clocks_of(ladder: LitigationLadder) -> list[str]:
    """Return the statutory clocks that set the dates of a matter."""
    return [code for anchor in ladder.anchors for code in anchor.clocks]


def _date(desk: Desk, file: MatterFile) -> ActForm:
    rules = rules_of_matter(desk, file.row).clocks
    codes = _clocks_of(file.ladder)
    return ActForm("date", "登记或推算日期", (
        Field("code", "哪个日期", "select", options=tuple(ANCHORS.items())),
        Field("way", "怎样确定", "radios", options=(
            ("given", "法院或有关机关指定"), ("counted", "从起算日按法定期限推算"), ("recount", "按现行日历重新核定"),
        ), value="given"),
        Field("on", "指定的日期或者起算日", "day", required=False),
        Field("clock", "法定期限", "select", options=clock_options(rules, codes), required=False,
              hint="推算的，不选为通常适用的一项"),
        *variant_fields("variant", "期限的情形", variant_options(rules, codes)),
        Field("extended", "已依法延长", "flag", required=False),
        Field("note", "理由", required=False, hint="改动已有日期的须写明"),
    ), "登记", hint="每次改动都留存；登记开庭日后，出庭通知书最迟送达日随之推算。")  # fmt: skip


def _assign(file: MatterFile) -> ActForm:
    row = file.row
    return ActForm("assign", "修改承办人、出庭负责人等", (
        Field("handler", "承办人", required=False, value=row.handler),
        Field("agent", "代理人", required=False, value=row.agent),
        Field("attendee", "出庭负责人", required=False, value=row.attendee, hint="填写后登记“已确定出庭负责人”"),
        Field("forum", "法院、机关", value=row.forum),
        Field("claim", "被诉行政行为和请求", "area", required=False, value=row.claim),
        Field("note", "备注", "area", required=False, value=row.note),
    ), "保存")  # fmt: skip


def _result(desk: Desk, file: MatterFile) -> ActForm:
    options = tuple((one.value, RESULT_LABELS[one]) for one in results_now(desk, file))
    return ActForm("result", "登记结果", (
        Field("result", "结果", "radios", options=options),
        Field("on", "作出日期", "day", required=False, hint=TODAY),
        Field("served", "送达日期", "day", required=False, hint="不填为作出日期"),
        Field("text", "裁判（决定）要旨", "area", "只写被诉行为是否合法，不评价裁判", required=False),
        Field("ruling", "裁定（上诉期10日）", "flag", required=False),
        Field("files", "裁判文书、决定书、调解书或答复", "files"),
    ), "登记")  # fmt: skip


def _appeal() -> ActForm:
    later = {one: word for one, word in INSTANCE_LABELS.items() if one is not Instance.FIRST}
    return ActForm("appeal", "登记进入下一审级", (
        Field("number", "下一审级的案号"),
        Field("forum", "上级法院"),
        Field("instance", "审级", "radios", options=_pairs(later), value="second"),
        Field("received", "收到日期", "day", required=False, hint=TODAY),
        Field("appellant", "上诉人、申请再审人", required=False),
    ), "登记", hint="另立一件，本件等待其结果。")  # fmt: skip


def _perform() -> ActForm:
    return ActForm("perform", "登记进入履行", (
        Field("due", "生效裁判载明的履行期满日", "day"), Field("note", "说明", required=False), FILES,
    ), "登记")  # fmt: skip


def _close() -> ActForm:
    return ActForm("close", "核销归档", (Field("note", "说明", "area", required=False),), "核销",
                   hint="应办事项全部办结后熄灯归档；还欠什么，提交后逐项列出。")  # fmt: skip


def _ones(file: MatterFile) -> ActForm:
    ones = file.ones
    return ActForm("ones", "登记“三个一”", (
        Field("leader", "包案领导姓名", value=ones.leader_name if ones else ""),
        Field("post", "包案领导职务", value=ones.leader_post if ones else ""),
        Field("members", "化解小组成员", "area", "一行一人", value=ones.members.replace("、", "\n") if ones else ""),
        Field("plan", "化解方案要点", "area", "附文件的可不填", required=False, value=ones.plan if ones else ""),
        FILES,
    ), "登记")  # fmt: skip


def _progress() -> ActForm:
    return ActForm("progress", "报送化解进展", (
        Field("text", "进展", "area"), Field("next", "下一步措施", "area", required=False), FILES,
    ), "报送", hint="所欠的半月报随之报送，书面抄送。")  # fmt: skip


def _paper(desk: Desk) -> ActForm:
    unit = desk.actor.speaks_for_unit
    left_out = {PaperKind.PROGRESS, PaperKind.RECAP} if unit else {PaperKind.PROGRESS}
    kinds = {one: word for one, word in PAPER_KIND_LABELS.items() if one not in left_out}
    fault = Field("fault", "复盘的责任认定", "select", options=_pairs(FAULT_LABELS), required=False,
                  hint="只在复盘报告中写明")  # fmt: skip
    return ActForm("paper", "报送材料", (
        Field("kind", "种类", "radios", options=_pairs(kinds)),
        Field("text", "内容摘要", "area"),
        *(() if unit else (fault,)),
        FILES,
    ), "报送")  # fmt: skip


def _link() -> ActForm:
    return ActForm("link", "关联整改事项", (
        Field("case", "问题编号", hint="同一单位的整改事项"), Field("note", "理由", "area"),
    ), "关联")  # fmt: skip


def _screening(file: MatterFile) -> ActForm:
    options = tuple((str(at), text) for at, text in enumerate(file.ladder.linkage.grounds, 1))
    return ActForm("screening", "提请线索筛查", (
        Field("ground", "情形", "radios", options=options), Field("note", "事由", "area"),
    ), "提请", hint="只开一项由指定人员办理的任务，不当然移送；亮灯和评分本身不是理由。")  # fmt: skip


def _void(desk: Desk, file: MatterFile) -> ActForm:
    return ActForm("void", "撤销登记错误的内容", (
        Field("what", "撤销哪一项", "radios", options=voidable(desk, file)), Field("note", "理由", "area"),
    ), "撤销", danger=True)  # fmt: skip


def _revise() -> ActForm:
    return ActForm("revise", "更正裁判登记", (Field("note", "理由", "area"),), "更正", danger=True,
                   hint="撤销登记错误的结果及其带来的日期、事实和事件，回到办理中。")  # fmt: skip


def _annul() -> ActForm:
    return ActForm("annul", "撤销整件登记", (Field("note", "理由", "area"),), "撤销登记", danger=True)
