"""规则比较: two rule sets side by side in words; what moving to the second would do is long work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.responses import Response

from casework.rulesets.rulechoices import frozen_sets, need_side, side_choices
from casework.rulesets.rulecomparison import compare_sides, impact_of
from casework.wholeoffice import need_office
from console.downloads import SHEET
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit
from core.access.permissions import Permission
from core.codes import LIGHT_LABELS, Light
from delivery.sheets.tabular import Cell, Sheet, write_sheets
from delivery.sheets.workbook import Column

router = Pages(Permission.RULES)
SHOWN = 400
COLUMNS = tuple(
    Column(*one)
    for one in (
        ("批次", 14.0), ("问题编号", 22.0), ("单位", 12.0), ("事项", 8.0), ("现到期日", 13.0), ("新到期日", 13.0),
        ("现应亮", 8.0), ("新应亮", 8.0), ("现下一级", 20.0), ("新下一级", 20.0), ("文字", 10.0),
    )
)  # fmt: skip


@router.page("/rules/compare")
def show_comparison(visit: HasVisit, a: str = "", b: str = "") -> Response:
    """Show what differs between two rule sets, in words."""
    with visit.desk() as desk:
        choices = side_choices(desk, frozen_sets(desk))
        told = None
        if a and b:
            told = compare_sides(desk, need_side(desk, a, choices), need_side(desk, b, choices))
        return show(
            visit, desk, "rulebook/compare.html.j2", "rules", choices=choices, a=a, b=b, told=told, shown=SHOWN,
            sees_impact=bool(desk.actor.roles & {"officer", "director"}),
        )  # fmt: skip


@router.act("/rules/compare/impact", Permission.CAMPAIGN_PLAN)
def tell_impact(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Work out what moving the open campaigns to the second rule set would do."""
    a, b = form.text("a"), form.text("b")

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在逐件推算")
        with visit.world.desk(visit.who) as desk:
            need_office(desk, "推算规则影响")
            choices = side_choices(desk, frozen_sets(desk))
            impact = impact_of(desk, need_side(desk, a, choices), need_side(desk, b, choices))
            content = impact_sheet(impact["cases"], "规则影响", desk.today)
        return Outcome(
            said_of(impact), f"/rules/compare?a={a}&b={b}", content, "规则影响.xlsx", SHEET,
            tuple(campaign_lines(impact["campaigns"])),
        )  # fmt: skip

    return done(jobs.start(visit, "推算规则改动的影响", work))


def said_of(impact: Mapping[str, Any]) -> str:
    """Say how many open cases another rule set touches."""
    every = sum(row["open_cases"] for row in impact["campaigns"])
    return (
        f"进行中的批次{len(impact['campaigns'])}个，未办结事项{every}件，其中{len(impact['cases'])}件有变化"
    )


def campaign_lines(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Yield what another rule set would do to each campaign."""
    for row in rows:
        yield f"{row['campaign']} {row['title']}：未办结{row['open_cases']}件，{row['differ']}件有变化"
        yield from (f"{row['campaign']} 不能迁移：{problem}" for problem in row["problems"])


def impact_sheet(cases: Iterable[Mapping[str, Any]], title: str, made_on: Any) -> bytes:
    """Return the cases that another rule set touches as a workbook."""
    return write_sheets(title, [Sheet(title, COLUMNS, [_row(one) for one in cases])], made_on)


def _row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        one["campaign"], one["case"], one["unit"], one["item"], one["due_on"], one["due_then"],
        _light(one["light_by_lateness"]), _light(one["light_then"]), _next(one["next"]), _next(one["next_then"]),
        "有改动" if one["text_changes"] else "",
    )  # fmt: skip


def _light(code: str) -> str:
    return LIGHT_LABELS[Light(code)]


def _next(row: Mapping[str, Any] | None) -> str:
    return (
        f"{_light(row['light'])} {row['day'] or ''}" + ("（待送达）" if row["waits"] else "") if row else "—"
    )
