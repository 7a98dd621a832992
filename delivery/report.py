"""The campaign report: one self-contained HTML file with plots as SVG whose text stays text.

Nothing is fetched and nothing runs: styles and plots lie inside the file, and a policy in its head forbids the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from core.codes import SEVERITY_LABELS, Light, Severity
from core.errors import InvalidInput
from core.ladders.palette import Palette
from delivery.plots import Heat, draw_bars, draw_curve, draw_heat
from delivery.sandbox import open_pages
from system.paths import TEMPLATES_DIR

REPORT = TEMPLATES_DIR / "report"
# XML 1.0 knows no control characters; one from an old workbook would spoil the file for strict readers.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure with its unit word; `note` is a short line below it."""

    label: str
    value: str
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """The highest light of a unit at the end of each week."""

    unit: str
    lights: tuple[Light, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How many problems were found, fell due and were closed up to the end of a week."""

    week_end: date
    found: int
    due: int
    closed: int


@dataclass(frozen=True, slots=True)
class ClassLine:
    """The problems of one class of items by severity."""

    name: str
    minor: int
    major: int
    grave: int


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """The documents of one kind: how many were signed, and how many of those were served."""

    name: str
    signed: int
    served: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit of the campaign; `light` is its colour now, as the ladder counts those of its cases together."""

    code: str
    name: str
    found: int
    grave: int
    closed: int
    open: int
    overdue: int
    light: Light


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem; `late_workdays` counts from the due date, `closed_on` is None while it is open."""

    number: str
    unit: str
    item: str
    problem: str
    severity: Severity
    state: str
    due_on: date | None
    extended: bool
    percent: int
    late_workdays: int
    light: Light
    closed_on: date | None = None
    in_time: bool = True


@dataclass(frozen=True, slots=True)
class CampaignHead:
    """What a campaign is; `rules_sha256` is '' until it opens."""

    code: str
    title: str
    kind: str
    line: str
    state: str
    period_from: date
    period_to: date
    rules_sha256: str


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything a campaign report shows; the order of every list is the order of the page.

    units are never ranked; referrals are numbers only
    palette    the colours of the campaign's ladder
    weeks      week ends (Sunday, or the day of the report), one for each light of a HeatRow
    """

    office: str
    issuer: str
    campaign: CampaignHead
    units_count: int
    made_on: date
    calendar_version: str
    provisional: bool
    palette: Palette
    figures: tuple[Figure, ...]
    weeks: tuple[date, ...]
    weeks_per_column: int
    heat: tuple[HeatRow, ...]
    curve: tuple[CurvePoint, ...]
    classes: tuple[ClassLine, ...]
    documents: tuple[DocumentLine, ...]
    units: tuple[UnitLine, ...]
    open_problems: tuple[ProblemLine, ...]
    closed_problems: tuple[ProblemLine, ...]
    referrals: tuple[Figure, ...]


def render_report(data: ReportData) -> str:
    """Return the report as one HTML file; equal data give equal text.

    raises   InvalidInput naming what is wrong with the templates
    """
    values = {field.name: getattr(data, field.name) for field in fields(data)}
    plots = {
        "heat_plots": _heat_plots(data),
        "curve_plot": draw_curve(
            [(p.week_end, p.found, p.due, p.closed) for p in data.curve], ("发现", "到期", "销号")
        ),
        "class_plot": draw_bars([(c.name, (c.grave, c.major, c.minor)) for c in data.classes]),
        "document_plot": draw_bars([(d.name, (d.served, d.signed - d.served)) for d in data.documents]),
    }
    try:
        return page_sandbox().get_template("report.html.j2").render(**values, **plots) + "\n"
    except (TemplateError, TypeError, KeyError) as error:
        raise InvalidInput(
            "督察报告模板不能填写",
            found=str(error),
            expected="模板与取值一致",
            remedy="改正 templates/report/ 中的模板",
        ) from error


def _heat_plots(data: ReportData) -> list[Heat]:
    return draw_heat([(row.unit, row.lights) for row in data.heat], data.weeks, data.palette)


def _print_day(value: date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else "—"


def _print_short(value: date | None) -> str:
    return value.isoformat() if value else "—"


@pass_context
def _light(context: Context, value: Light) -> Markup:
    """Return a light as a coloured square with its letter: colour is never alone."""
    if value is Light.NONE:
        return Markup('<span class="lamp none">—</span>')
    palette: Palette = context["palette"]
    lamp = Markup('<span class="lamp {}" title="{}">{}</span>')
    return lamp.format(value.value, palette.word(value), palette.label(value))


def _clean(value: object) -> object:
    return _CONTROL.sub(" ", value) if type(value) is str else value


@lru_cache(maxsize=1)
def page_sandbox() -> ImmutableSandboxedEnvironment:
    """Return the sandbox in which the pages and drawings of reports run."""
    filters: dict[str, Callable[..., Any]] = {
        "day": _print_day,
        "short": _print_short,
        "lamp": _light,
        "severity": SEVERITY_LABELS.__getitem__,
    }
    return open_pages(REPORT, filters, _clean)
