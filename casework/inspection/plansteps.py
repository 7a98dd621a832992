"""The steps of planning a campaign: which answers belong to each, and when one may go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from casework.desk import Desk
from casework.inspection.campaignrows import campaign_rules
from casework.inspection.planvalues import Answers
from core.errors import InvalidInput, NotFound

STEPS = {
    "kind": "督察方式",
    "name": "名称和依据",
    "items": "督察事项",
    "units": "督察单位",
    "team": "期间和督察组",
}
FIELDS: dict[str, tuple[str, ...]] = {
    "kind": ("kind", "line"),
    "name": (
        "title", "code", "theme", "month", "original", "joint", "joint_findings",
        "reference_document", "reference_number", "reference_item",
    ),
    "items": ("items", "materials"),
    "units": ("units_by", "kinds", "units"),
    "team": (
        "from", "to", "visit_workdays", "self_report_workdays", "size", "leader", "pool", "n", "max_visits",
        "specialty", "specialty_count", "former_years", "last_time", "seed", "notice_document", "sign_by",
    ),
}  # fmt: skip


def fields_of_step(step: str) -> tuple[str, ...]:
    """Return the fields of a step; raise NotFound for what is none."""
    if step not in STEPS:
        raise NotFound(
            "没有这一步", found=step[:20], expected="、".join(STEPS.values()), remedy="从第一步开始"
        )
    return FIELDS[step]


def check_step(desk: Desk, step: str, answers: Answers) -> None:
    """Raise InvalidInput while the answers of a step will not do; the whole is held against its kind later."""
    CHECKS[step](desk, answers)


def unfit_steps(desk: Desk, answers: Answers) -> tuple[tuple[str, str], ...]:
    """Return the steps whose answers will not do, with what is wrong with each."""
    found = []
    for step in STEPS:
        try:
            check_step(desk, step, answers)
        except InvalidInput as wrong:
            found.append((step, wrong.what))
    return tuple(found)


def step_of(answers: Answers) -> str:
    """Return the step where somebody left off; a plan that was brought or taken back stands at its proposal."""
    if "yaml" in answers or ("at" not in answers and "kept" in answers):
        return "proposal"
    at = _one(answers, "at")
    return at if at in STEPS else next(iter(STEPS))


def _kind(desk: Desk, answers: Answers) -> None:
    code = _one(answers, "kind")
    kind = next((one for one in campaign_rules(desk).kinds.values() if one.code == code), None)
    if kind is None:
        raise _wrong("请选择督察方式", code or "空", "其中一种")
    line = _one(answers, "line")
    if not line:
        raise _wrong(f"{kind.name}两线通用，请选择以哪条线开展", "未选", "督察或执法监督")


def _name(desk: Desk, answers: Answers) -> None:
    code = _one(answers, "kind")
    kind = next((one for one in campaign_rules(desk).kinds.values() if one.code == code), None)
    if kind is None:
        raise _wrong("请先选择督察方式", "空", "其中一种")
    if not _one(answers, "title") or not _one(answers, "code"):
        raise _wrong("请填写名称和编码", "空", "名称、编码")
    if kind.links_original and not answers.get("original"):
        raise _wrong(f"{kind.name}须选择原批次", "未选", "至少一个原批次")
    if kind.needs_theme and not (_one(answers, "theme") and _one(answers, "month")):
        raise _wrong(f"{kind.name}一月一主题，须填写主题和月份", "空", "主题，月份如 2026-03")


def _items(desk: Desk, answers: Answers) -> None:
    if not answers.get("items") and not _looks_back(desk, answers):
        raise _wrong("请选择督察事项", "未选", "至少一个目录、类别或事项")


def _units(desk: Desk, answers: Answers) -> None:
    by_kind = _one(answers, "units_by") != "code"
    if not answers.get("kinds" if by_kind else "units") and not _looks_back(desk, answers):
        raise _wrong("请选择督察单位", "未选", "至少一类" if by_kind else "至少一个单位")


def _team(_desk: Desk, answers: Answers) -> None:
    days = []
    for name, label in (("from", "督察期间首日"), ("to", "督察期间末日")):
        try:
            days.append(date.fromisoformat(_one(answers, name)))
        except ValueError as error:
            raise _wrong(f"“{label}”不是日期", _one(answers, name) or "空", "如 2026-06-30") from error
    if days[1] < days[0]:
        raise _wrong("督察期间颠倒", f"{days[0]}至{days[1]}", "末日不早于首日")
    numbers = {
        "size": "每组人数", "visit_workdays": "每单位工作日数", "self_report_workdays": "自查报告提前工作日数",
        "n": "按职能选配席数", "max_visits": "每人最多单位数", "former_years": "曾任单位回避年限", "seed": "随机种子",
    }  # fmt: skip
    for name, label in numbers.items():
        text = _one(answers, name)
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            raise _wrong(f"“{label}”不是整数", text, "整数")
    if not _one(answers, "size"):
        raise _wrong("请填写每组人数", "空", "2至20人")


CHECKS: Mapping[str, Callable[[Desk, Answers], None]] = {
    "kind": _kind, "name": _name, "items": _items, "units": _units, "team": _team,
}  # fmt: skip


def _looks_back(desk: Desk, answers: Answers) -> bool:
    """Tell whether the kind takes its items and units from the campaigns it looks back at."""
    code = _one(answers, "kind")
    return any(one.code == code and one.links_original for one in campaign_rules(desk).kinds.values())


def _one(answers: Answers, name: str) -> str:
    return next(iter(answers.get(name, ())), "").strip()


def _wrong(what: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(what, found=f"现为：{found}", expected=expected, remedy=f"应为{expected}，补充后继续")
