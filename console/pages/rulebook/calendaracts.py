"""工作日历的年表: one person proposes it, another confirms it after looking at the dates it moves, or rejects it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import Response

from casework.calendar.calendars import ROLES, confirm_year, propose_file, propose_packaged, reject_year
from casework.calendar.yearsources import read_year
from casework.staff.people import require_role
from console.forms import HasForm
from console.holding import HasHolding, laid_out
from console.jobs import HasJobs, Job, Outcome
from console.pages.rulebook.calendar import calendar_page
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput, InvalidRuleFile

router = Pages(Permission.CALENDAR)


def _again(visit: Visit, error: DuchaError, form: Any = None) -> Response:
    return calendar_page(visit, error=error, form=form)


@router.act("/calendar/propose", again=_again)
def propose(visit: HasVisit, form: HasForm, holding: HasHolding, jobs: HasJobs) -> Response:
    """Propose the table of a year, from a file or the installed package; nothing moves yet."""
    path, year = form.file("file"), form.number("package_year", "年份")
    if (path is None) == (year is None):
        raise InvalidInput(
            "年表的来源应有且只有一个",
            found="两个" if path else "没有",
            expected="文件，或软件包的年份",
            remedy="改正后提交",
        )
    word = ""
    with visit.desk() as desk:
        require_role(desk, ROLES, "提出工作日历")
    if path is not None:
        _read(path)  # every mistake of the file is told on this page
        word = holding.keep(visit, path)

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在推算将改动的期限")
        with visit.acting() as desk:
            if year is not None:
                told = propose_packaged(desk, year)
            else:
                with laid_out(holding.find(visit, word)) as held:
                    told = propose_file(desk, held)
        return Outcome(_said(told), f"/calendar?year={told['year']}", lines=tuple(move_lines(told)))

    return done(jobs.start(visit, "提出工作日历", work))


def _read(path: Path) -> None:
    """Read a year's table; a wrong one is somebody's input here, not a broken rule file."""
    try:
        read_year(path)
    except InvalidRuleFile as error:
        raise InvalidInput(
            error.what,
            found="；".join(str(one) for one in error.problems[:20]),
            expected="正确的年表",
            remedy="按所列位置改正后重新提出",
        ) from error


def _said(told: dict[str, Any]) -> str:
    if told["proposal"] is None:
        return f"{told['year']}年的这份年表已经在用，期限没有变化"
    moved, firm = len(told["moved"]), len(told["firm"])
    return f"已提出{told['year']}年年表，将顺延{moved}件、转正{firm}件；由另一人核对后确认，现在还没有生效"


def move_lines(told: dict[str, Any]) -> list[str]:
    """Return what a year's table moves, one due date a line."""
    moved = [
        f"{one['case']}（{one['unit']}）：{one['before']} → {one['after']}{'，已通知单位' if one['notified'] else ''}"
        for one in told["moved"]
    ]
    return moved + [f"{one['case']}（{one['unit']}）：{one['due_on']}，不再是暂定" for one in told["firm"]]


@router.act("/calendar/{year}/confirm", again=_again)
def confirm(visit: HasVisit, year: int, form: HasForm, jobs: HasJobs) -> Response:
    """Put a proposed year in force, by another person than its proposer."""
    pin = form.needed("pin", "所核对的年表")

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在重新核定期限")
        with visit.acting() as desk:
            told = confirm_year(desk, year, pin)
        documents: Any = told["documents"]
        said = f"{year}年年表已生效，顺延{_len(told['moved'])}件、转正{_len(told['firm'])}件"
        drafts = f"，已起草更正通知{len(documents)}份，待签发" if documents else ""
        return Outcome(said + drafts, f"/calendar?year={year}", lines=tuple(move_lines(told)))

    return done(jobs.start(visit, f"确认{year}年工作日历", work))


def _len(rows: Any) -> int:
    return len(rows)


@router.act("/calendar/{year}/reject", again=_again)
def reject(visit: HasVisit, year: int, form: HasForm) -> Response:
    """Turn a proposed year down, or take one's own back; nothing has moved."""
    with visit.acting() as desk:
        reject_year(desk, year, form.text("reject_note"))
    return done(f"/calendar?year={year}", f"已否决{year}年年表，期限不动")
