"""Reports for people to finish in WPS: 督察报告, 整改总报告, 通报, period and yearly reports, with their plots.

A report is composed from the numbers of casework/counts; what a person must write stands in it as 【请填写：…】.
Nothing of the compartment of linkage is in any of them but the numbers of the internal period reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from jinja2 import TemplateError

from casework.counts.countscope import scope_of
from casework.counts.statistics import count
from casework.counts.tallies import Scope, Statistics
from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.inspection.focus import suggest_focus
from casework.reports.campaignreport import campaign_report
from casework.reports.periodview import describe_period
from casework.reports.ranking import as_row, rank, scoring_rules
from core.calendar.periods import PeriodKind, name_period, period_of
from core.codes import SEVERITY_LABELS, Line
from core.errors import InvalidInput
from delivery.paper import Paper
from delivery.plotpictures import draw_svg
from delivery.plots import ROWS_PER_PLOT, draw_bars, draw_curve
from delivery.report import ReportData
from delivery.wording import open_wording, write_wording
from system.paths import TEMPLATES_DIR

TEMPLATES = open_wording(TEMPLATES_DIR / "reports")
Drawing = tuple[str, str, str]  # key, caption, SVG
# What the linkage compartment shows as numbers inside the office, and what no report to others carries.
INTERNAL_ONLY = "贯通联动"
SKIPPED = frozenset({"邮件", "评价口径"})
NO_NUMBER = {"label": "", "value": "", "unit": ""}  # fills the last pair of an odd number of rows


@dataclass(frozen=True, slots=True)
class Composed:
    """A report that was composed: its paper without an issue number, and its drawings in the order of the text."""

    kind: str
    title: str
    paper: Paper
    drawings: tuple[Drawing, ...]
    year: int
    campaign_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None


def compose_campaign(desk: Desk, code: str, kind: str = "campaign") -> Composed:
    """Return the 督察报告 (campaign) or 整改总报告 (rectification) of a campaign; raise NotFound."""
    data = campaign_report(desk, code)
    campaign = find_campaign(desk, code)
    drawings = [*_curve(data), *_classes(data), *_heat(data)]
    word = "督察报告" if kind == "campaign" else "整改情况总报告"
    focus = suggest_focus(Scope(desk, campaign.id))
    values = {
        "issuer": data.issuer,
        "campaign": data.campaign.title,
        "kind": data.campaign.kind,
        "from_on": data.campaign.period_from,
        "to_on": data.campaign.period_to,
        "made_on": data.made_on,
        "figures": [
            {"label": one.label, "value": one.value, "unit": one.unit, "note": "，".join(one.note.split())}
            for one in data.figures
        ],
        "classes": [
            {"name": c.name, "grave": c.grave, "major": c.major, "minor": c.minor, "all": c.grave + c.major + c.minor}
            for c in data.classes if c.grave + c.major + c.minor
        ],
        "units": [
            {"name": u.name, "found": u.found, "grave": u.grave, "closed": u.closed, "open": u.open,
             "overdue": u.overdue, "light": data.palette.word(u.light)}
            for u in data.units
        ],
        "documents": [{"name": d.name, "signed": d.signed, "served": d.served} for d in data.documents],
        **_problems(data),
        "focus": [{"title": one.title, "why": one.said, "item": one.item} for one in focus],
        "plots": _marks(drawings),
    }  # fmt: skip
    title = f"关于{data.campaign.title}的{word}" if kind == "campaign" else f"{data.campaign.title}{word}"
    paper = _paper(desk, kind, title, Line(campaign.line), values)
    return Composed(kind, title, paper, tuple(drawings), data.made_on.year, campaign.id)


def _problems(data: ReportData) -> dict[str, list[dict[str, str]]]:
    """Return the open and the closed problems as the templates print them."""
    return {
        "open": [
            {"number": p.number, "unit": p.unit, "problem": f"{p.problem}（{SEVERITY_LABELS[p.severity]}）",
             "due_on": str(p.due_on or "—"), "said": f"{p.state}，{p.percent}%"}
            for p in data.open_problems
        ],
        "closed": [
            {"number": p.number, "unit": p.unit, "item": p.item, "closed_on": str(p.closed_on or "—"),
             "said": "按期" if p.in_time else "逾期"}
            for p in data.closed_problems
        ],
    }  # fmt: skip


def compose_bulletin(
    desk: Desk, *, campaign: str | None = None, from_on: date | None = None, to_on: date | None = None
) -> Composed:
    """Return a 通报 over a campaign or a period: what was done, how the units stand, what recurs.

    raises   InvalidInput when neither a campaign nor a period is given
    """
    if campaign is None and (from_on is None or to_on is None):
        raise InvalidInput(
            "没有写明通报什么",
            found="空",
            expected="批次编码，或起止日期",
            remedy="加上 --campaign 或 --from、--to",
        )
    scope = scope_of(desk, campaign=campaign, from_on=from_on, to_on=to_on)
    row = find_campaign(desk, campaign) if campaign else None
    named = f"“{row.title}”" if row else f"{from_on}至{to_on}"
    numbers = count(desk, campaign=campaign, from_on=from_on, to_on=to_on)
    groups, drawings = _groups(scope)
    rules = scoring_rules(desk)
    values = {
        "scope": named,
        "made_on": desk.today,
        "overall": list(_overall(numbers)),
        "groups": groups,
        "rules": f"{rules.name}（{rules.version}）",
        "focus": [{"title": one.title, "why": one.said} for one in suggest_focus(scope)],
    }
    title = f"关于{named}督察整改情况的通报"
    paper = _paper(desk, "bulletin", title, Line(row.line) if row else Line.PARTY, values)
    return Composed(
        "bulletin", title, paper, tuple(drawings), desk.today.year, row.id if row else None, from_on, to_on
    )


def compose_period(desk: Desk, kind: PeriodKind, day: date) -> Composed:
    """Return the report of the half month, month, quarter or year in which a day lies, from its (closed) numbers."""
    first, last = period_of(kind, day)
    told = describe_period(desk, kind, day)
    numbers = Statistics.from_dict(told)
    drawings = [*_months(desk, first, last), *_lights(numbers)]
    labels = {row.key: row.label for group in numbers.groups for row in group.rows}
    yearly = kind is PeriodKind.YEAR
    open_note = "" if told["state"] == "closed" else "本期尚未结账，数字为当前统计"
    values = {
        "period": told["name"],
        "year": first.year,
        "from_on": first,
        "to_on": last,
        "note": "；".join(part for part in (open_note, told.get("note", "")) if part)
        or "数字均从登记事项统计",
        "sections": _sections(numbers, internal=not yearly),
        "late": [{"label": labels.get(code, code), "count": number} for code, number in told["late"].items()],
        "focus": [
            {"item": one.item, "title": one.title, "why": one.said}
            for one in suggest_focus(Scope(desk, None, first, last))
        ],
        "plots": _marks(drawings),
    }
    title = f"{first.year}年度法治督察工作报告" if yearly else f"{name_period(kind, first)}法治督察工作报告"
    paper = _paper(desk, "year" if yearly else "period", title, Line.PARTY, values, kind=kind.value)
    return Composed(kind.value, title, paper, tuple(drawings), first.year, None, first, last)


def _paper(
    desk: Desk, template: str, title: str, line: Line, values: Mapping[str, Any], kind: str = ""
) -> Paper:
    try:
        _text, blocks = write_wording(TEMPLATES.get_template(f"{template}.md.j2"), values)
    except TemplateError as error:
        raise InvalidInput(
            f"报告模板 {template} 不能填写",
            found=str(error.message),
            expected="模板与取值一致",
            remedy="改正 templates/reports",
        ) from error
    profile = desk.office_rules.lines.get(line) or next(iter(desk.office_rules.lines.values()))
    return Paper(
        kind=kind or template, layout="notice", issuer=profile.issuer, number=None, title=title, addressee="",
        blocks=tuple(blocks), signature_name=profile.issuer, signed_on=None,
    )  # fmt: skip


def _marks(drawings: Iterable[Drawing]) -> dict[str, bool]:
    drawn = {key for key, _caption, _svg in drawings}
    return {key: key in drawn for key in ("curve", "classes", "heat", "months", "lights")}


def _bars(key: str, caption: str, rows: Sequence[tuple[str, Sequence[int]]], shades: str) -> list[Drawing]:
    plot = draw_bars(rows)
    if plot is None:
        return []
    return [(key, caption, draw_svg("bars.svg.j2", {"plot": plot, "shades": shades, "what": caption}))]


def _classes(data: ReportData) -> list[Drawing]:
    rows = [(c.name, (c.grave, c.major, c.minor)) for c in data.classes]
    return _bars("classes", "各类别的问题数（个，由深到浅：严重、较重、一般）", rows, "grave")


def _curve(data: ReportData) -> list[Drawing]:
    plot = draw_curve([(p.week_end, p.found, p.due, p.closed) for p in data.curve], ("发现", "到期", "销号"))
    if plot is None:
        return []
    return [("curve", "发现、到期、销号的问题累计数（个）", draw_svg("curve.svg.j2", {"curve_plot": plot}))]


def _heat(data: ReportData) -> list[Drawing]:
    """Return the lights of the units; a campaign that does not fit on one page shows its first units only in HTML."""
    from delivery.plots import draw_heat

    lit = [row for row in data.heat if any(light != "none" for light in row.lights)]
    plots = draw_heat([(row.unit, row.lights) for row in lit[:ROWS_PER_PLOT]], data.weeks, data.palette)
    if not lit or not plots:
        return []
    values = {"heat_plots": plots[:1], "palette": data.palette, "weeks_per_column": data.weeks_per_column}
    more = f"（共{len(lit)}家，列前{ROWS_PER_PLOT}家）" if len(lit) > ROWS_PER_PLOT else ""
    return [("heat", f"亮灯单位每周末的最高灯色{more}", draw_svg("heat.svg.j2", values))]


def _months(desk: Desk, first: date, last: date) -> list[Drawing]:
    """Return found and closed problems month by month, for a period longer than one."""
    rows = []
    month = first
    while month <= min(last, desk.today):
        begin, end = period_of(PeriodKind.MONTH, month)
        counted = count(desk, from_on=begin, to_on=end)
        numbers = [int(counted.value(key) or 0) for key in ("deeds.closed", "findings.confirmed")]
        rows.append((f"{month.month}月", numbers))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return (
        _bars("months", "逐月情况（深：销号次数，浅：认定问题个数）", rows, "served") if len(rows) > 1 else []
    )


def _lights(numbers: Statistics) -> list[Drawing]:
    rows = [
        (row.label, (int(row.value or 0),))
        for group in numbers.groups
        for row in group.rows
        if row.key.startswith("lights.lit.")
    ]
    return _bars("lights", "本期亮灯次数", rows, "grave")


def _sections(numbers: Statistics, *, internal: bool) -> list[dict[str, Any]]:
    """Return the groups of numbers that are not all zero, as rows and as pairs of rows; zeros inside are left out."""
    sections = []
    for group in numbers.groups:
        if group.name in SKIPPED or (group.name == INTERNAL_ONLY and not internal):
            continue
        rows = [{"label": row.label, "value": row.value, "unit": row.unit} for row in group.rows if row.value]
        if rows:
            pairs = list(zip_longest(rows[::2], rows[1::2], fillvalue=NO_NUMBER))
            sections.append({"name": group.name, "rows": rows, "pairs": pairs})
    return sections


def _overall(numbers: Statistics) -> Iterable[str]:
    def value(key: str) -> str:
        found = numbers.value(key)
        return "—" if found is None else str(found)

    yield f"督察单位{value('units.visited')}家，认定问题{value('findings.confirmed')}个"
    yield (
        f"已销号{value('cases.rectified')}个，整改率{value('cases.rectified_share')}%；逾期{value('cases.overdue')}件，"
        f"批准延期{value('extension.granted')}件"
    )
    yield f"签发文书{value('documents.signed')}份，亮灯{value('lights.lit')}次，反弹重启{value('deeds.rebounds')}次"


def _groups(scope: Scope) -> tuple[list[dict[str, Any]], list[Drawing]]:
    placings = rank(scope)
    groups: list[dict[str, Any]] = []
    drawings: list[Drawing] = []
    for name in dict.fromkeys(one.group for one in placings):
        own = [one for one in placings if one.group == name]
        ranked = [
            {**as_row(one), **{key: one.unit.facts[key] for key in ("due_cases", "in_time", "overdue")}}
            for one in own if one.place is not None
        ]  # fmt: skip
        key = f"rank{len(groups) + 1}"
        bars = [(one.unit.name, (round(one.score.total),)) for one in own if one.place is not None][
            :ROWS_PER_PLOT
        ]
        plot = _bars(key, f"{name}得分（分，按整数）", bars, "served")
        drawings += plot
        left = "；".join(f"{one.unit.name}（{one.reason}）" for one in own if one.place is None)
        groups.append({"name": name, "ranked": ranked, "unranked": left, "plot": key if plot else ""})
    return groups, drawings
