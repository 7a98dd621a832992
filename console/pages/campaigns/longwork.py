"""Long work on a campaign: its workbooks out and in, its report, its rehearsal; each with a page that tells how far."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fastapi.responses import RedirectResponse, Response

from casework.inspection.campaignpages import open_campaign_file, require_office
from casework.inspection.checklists import import_checklists, running_campaign, zip_checklists
from casework.inspection.filling import may_see_sheets
from casework.inspection.visitviews import visits_of_campaign
from casework.rehearsal.outcome import describe_programme, overview_page
from casework.rehearsal.rehearsalplan import Asked
from console.downloads import WORD, ZIP
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome, Work
from console.rehearsals import HasRehearsal, Rehearse
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput, Refused

router = Pages(Permission.CAMPAIGN_VIEW)


@router.page("/campaigns/{code}/checklists")
def show_checklists(visit: HasVisit, code: str) -> Response:
    """Show the workbooks of a campaign: all out, some in."""
    return _sheets_page(visit, code)


def _sheets_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        require_office(desk)
        campaign = open_campaign_file(desk, code)
        return show(
            visit, desk, "campaigns/sheets.html.j2", "campaigns",
            campaign=campaign, whole=True, tab="checklists", rows=visits_of_campaign(desk, campaign.id or 0),
            sheets=may_see_sheets(desk), error=error,
        )  # fmt: skip


def _sheets_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _sheets_page(visit, code, error)


@router.act("/campaigns/{code}/checklists/export", again=_sheets_again)
def export(visit: HasVisit, jobs: HasJobs, code: str, _form: HasForm) -> Response:
    """Make the workbooks of all visits into one archive."""
    with visit.world.desk(visit.who) as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        running_campaign(desk, code)

    def work(job: Job) -> Outcome:
        with visit.world.desk(visit.who) as desk:
            count, content = zip_checklists(desk, code, job.tell)
        return Outcome(
            f"已导出检查表{count}本", address=f"/campaigns/{code}/checklists", file=content,
            name=f"督察检查表-{code}.zip", media=ZIP,
        )  # fmt: skip

    return _go(jobs.start(visit, "导出检查表", work))


@router.act("/campaigns/{code}/checklists/import", again=_sheets_again)
def import_(visit: HasVisit, jobs: HasJobs, code: str, form: HasForm) -> Response:
    """Take filled workbooks, all or none; every bad cell is named."""
    sent = form.files.get("workbooks", ())
    if not sent:
        raise InvalidInput(
            "没有选择检查表文件", found="空", expected="填好的检查表（.xlsx）", remedy="选择文件后导入"
        )
    with visit.world.desk(visit.who) as desk:
        require_office(desk)
        open_campaign_file(desk, code)
    folder = Path(tempfile.mkdtemp(prefix="ducha-import-"))  # the form's own folder ends with the request
    paths = []
    for number, path in enumerate(sent):
        place = folder / str(number)
        place.mkdir()
        paths.append(Path(shutil.copy2(path, place / path.name)))
    return _go(jobs.start(visit, "导入检查表", _importing(visit, code, folder, paths)))


def _importing(visit: Visit, code: str, folder: Path, paths: Sequence[Path]) -> Work:
    def work(job: Job) -> Outcome:
        address = f"/campaigns/{code}/checklists"
        totals = {"visits": 0, "checked": 0, "papers": 0}
        at = ""
        try:
            with visit.acting() as desk:
                for number, path in enumerate(paths):
                    at = path.name
                    job.tell(number, len(paths), path.name)
                    for key, count in import_checklists(desk, [path]).items():
                        totals[key] += count
        except InvalidInput as error:
            if not error.cells:
                raise
            lines = tuple(str(cell) for cell in error.cells)
            return Outcome(
                f"没有导入：{at}有{len(lines)}处须改正，全部文件均未写入", address=address, lines=lines
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        said = (
            f"已导入{totals['visits']}个单位的检查表，检查{totals['checked']}项，形成底稿{totals['papers']}份"
        )
        return Outcome(said, address=address)

    return work


@router.act("/campaigns/{code}/report", again=_sheets_again)
def report(visit: HasVisit, jobs: HasJobs, code: str, form: HasForm) -> Response:
    """Make the report of a campaign: a page with plots, or a file for the word processor."""
    as_page = form.text("form") == "html"
    with visit.world.desk(visit.who) as desk:
        require_office(desk)
        open_campaign_file(desk, code)

    def work(job: Job) -> Outcome:
        from casework.reports.campaignreport import campaign_report
        from casework.reports.issuing import print_composed
        from casework.reports.reporting import compose_campaign
        from delivery.report import render_report

        job.tell(0, 1, "汇总数据")
        with visit.world.desk(visit.who) as desk:
            if as_page:
                content, end, media = render_report(campaign_report(desk, code)).encode(), "html", "text/html"
            else:
                content, end, media = print_composed(desk, compose_campaign(desk, code)), "docx", WORD
        return Outcome(
            "督察报告已生成",
            address=f"/campaigns/{code}",
            file=content,
            name=f"督察报告-{code}.{end}",
            media=media,
        )

    return _go(jobs.start(visit, "生成督察报告", work))


@router.page("/campaigns/{code}/rehearsal", Permission.CAMPAIGN_PLAN)
def show_rehearsal(visit: HasVisit, code: str) -> Response:
    """Show how a campaign may be rehearsed."""
    return _rehearsal_page(visit, code)


def _rehearsal_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        require_office(desk)
        campaign = open_campaign_file(desk, code)
        asked = Asked(code, 60)
        return show(
            visit, desk, "campaigns/rehearsal.html.j2", "campaigns",
            campaign=campaign, whole=True, tab="rehearsal", assumptions=asked.assumptions(campaign.state),
            error=error,
        )  # fmt: skip


def _rehearsal_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _rehearsal_page(visit, code, error)


@router.act("/campaigns/{code}/rehearsal", Permission.CAMPAIGN_PLAN, again=_rehearsal_again)
def rehearse(visit: HasVisit, jobs: HasJobs, rehearsal: HasRehearsal, code: str, form: HasForm) -> Response:
    """Play the campaign on the days to come over a database of which nothing is kept."""
    asked = Asked(
        code, form.number("days", "天数") or 60, _or(form.number("findings", "样例问题数"), 3),
        "same" if form.text("signed") == "same" else "next",
    )  # fmt: skip
    asked.check()
    if rehearsal is None:
        raise Refused(
            "本服务没有启用预演", found="", expected="由 ducha serve 启动的服务", remedy="告知系统管理人员"
        )
    with visit.world.desk(visit.who) as desk:
        require_office(desk)
        open_campaign_file(desk, code)
    return _go(jobs.start(visit, f"预演 {code}", _rehearsing(visit, rehearsal, asked)))


def _rehearsing(visit: Visit, rehearsal: Rehearse, asked: Asked) -> Work:
    def work(job: Job) -> Outcome:
        def step(day: date, done: int, total: int) -> None:
            job.tell(done, total, f"推演到{day}")

        with visit.world.desk(visit.who) as desk:
            today = desk.today
        programme = rehearsal(visit.world.engine, visit.world.settings, today, asked, step)
        with visit.world.desk(visit.who) as desk:
            page = overview_page(desk, programme)
            lines = describe_programme(desk, programme)
        return Outcome(
            f"预演完成：{asked.days}天内将发出文书{programme.totals['documents']}份，没有留下任何改变",
            address=f"/campaigns/{asked.code}/rehearsal", file=page.encode(), name=f"预演概览-{asked.code}.html",
            media="text/html", lines=lines,
        )  # fmt: skip

    return work


def _or(number: int | None, otherwise: int) -> int:
    return otherwise if number is None else number


def _go(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
