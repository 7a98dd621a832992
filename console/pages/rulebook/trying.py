"""假设推演: a changed rule file, or other days for the rungs, tried on the open cases; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from fastapi.responses import Response

from casework.desk import Desk
from casework.rulesets.ladderviews import ladder_view
from casework.rulesets.trying import Trial, rule_file_names, try_days, try_file
from console.downloads import SHEET
from console.forms import Form, HasForm
from console.jobs import HasJobs, Job, Jobs, Outcome
from console.pages.rulebook.comparing import campaign_lines, impact_sheet, said_of
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.codes import LIGHT_LABELS, Light
from core.errors import DuchaError, InvalidInput, InvalidRuleFile
from delivery.sheets.tabular import Cell, Sheet, write_sheets
from delivery.sheets.workbook import Column

router = Pages(Permission.CAMPAIGN_PLAN)
COLUMNS = tuple(
    Column(*one)
    for one in (
        ("问题编号", 22.0), ("单位", 12.0), ("事项", 8.0), ("自哪一天起", 13.0), ("现行", 8.0), ("改后", 8.0),
        ("理由", 60.0),
    )
)  # fmt: skip
SHOWN = 200


@router.page("/rules/what-if")
def show_trying(visit: HasVisit) -> Response:
    """Show the two ways of trying out changed rules."""
    return _trying_page(visit)


def _trying_page(visit: Visit, error: DuchaError | None = None, form: Form | None = None) -> Response:
    with visit.desk() as desk:
        key = desk.office_rules.choices.ladder
        page = ladder_view(desk, key)
        problems = error.problems if isinstance(error, InvalidRuleFile) else ()
        return show(
            visit, desk, "rulebook/whatif.html.j2", "rules", page=page, key=key, palette=page.palette, error=error,
            form=form or Form(), files=rule_file_names(desk), problems=problems,
        )  # fmt: skip


@router.act("/rules/what-if/file", again=_trying_page)
def try_a_file(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Try one changed rule file on the open campaigns."""
    path, place, days = form.file("file"), form.needed("place", "代替哪个规则文件"), _days(form)
    if path is None:
        raise InvalidInput("没有选择文件", found="空", expected="YAML 文件", remedy="选择文件后再提交")
    content = path.read_bytes()
    return _start(visit, jobs, f"推演改后的 {place}", lambda desk: try_file(desk, place, content, days))


@router.act("/rules/what-if/days", again=_trying_page)
def try_other_days(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Try other days for the rungs of the office's ladder."""
    key, days = form.needed("ladder", "预警督办等级"), _days(form)
    given = {}
    for name in form.values:
        if name.startswith("offset-") and form.text(name):
            _word, severity, rung = name.split("-", 2)
            given[severity, rung] = _offset(form.text(name))
    return _start(visit, jobs, "推演级次的天数", lambda desk: try_days(desk, key, given, days))


def _days(form: Form) -> int:
    days = form.number("days", "推演天数")
    return 30 if days is None else days


def _offset(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise InvalidInput(
            "级次的天数不是整数", found=text[:20], expected="整数，之前的为负数", remedy="改正后再推演"
        ) from error


def _start(visit: Visit, jobs: Jobs, title: str, trial: Callable[[Desk], Trial]) -> Response:
    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在逐件推演")
        with visit.world.desk(visit.who) as desk:
            try:
                found = trial(desk)
            except InvalidRuleFile as error:
                return Outcome(
                    f"改后的规则有{len(error.problems)}处错误，没有推演", "/rules/what-if",
                    lines=tuple(str(one) for one in error.problems[:SHOWN]),
                )  # fmt: skip
            content = _sheet(found, desk)
        return Outcome(_said(found), "/rules/what-if", content, "假设推演.xlsx", SHEET, tuple(_lines(found)))

    return done(jobs.start(visit, title, work))


def _said(found: Trial) -> str:
    totals = found.lights["totals"]
    lit = (
        f"未办结事项{totals['cases']}件：今天变灯{totals['today']}件，{found.lights['days']}天内变灯"
        f"{totals['within']}件，其中更高{totals['higher']}件、更低{totals['lower']}件"
    )
    whole = {"campaigns": found.campaigns, "cases": found.cases}
    return f"{said_of(whole)}；按灯色，{lit}" if found.campaigns else lit


def _lines(found: Trial) -> Iterator[str]:
    yield from found.warnings
    yield from found.text[:SHOWN]
    yield from campaign_lines(found.campaigns)
    ways = Counter(found.lights["totals"]["by_change"])
    for way, count in ways.most_common():
        before, after = (LIGHT_LABELS[Light(code)] for code in way.split("→"))
        yield f"{before} → {after}：{count}件"
    for row in found.lights["changes"][:SHOWN]:
        yield f"{row['case']}（{row['unit']}）自{row['on']}起：{row['why']}"


def _sheet(found: Trial, desk: Desk) -> bytes:
    if found.cases:
        return impact_sheet(found.cases, "规则影响", desk.today)
    rows: list[tuple[Cell, ...]] = [
        (
            row["case"], row["unit"], row["item"], row["on"], LIGHT_LABELS[Light(row["now"])],
            LIGHT_LABELS[Light(row["then"])], row["why"],
        )
        for row in found.lights["changes"]
    ]  # fmt: skip
    return write_sheets("假设推演", [Sheet("变灯", COLUMNS, rows)], desk.today)
