"""The files of a campaign: all its workbooks, its report."""

from __future__ import annotations

from fastapi.responses import Response

from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.checklists import zip_checklists
from casework.listings.offices import require_office
from console.api.routing import Code, HasCall, Routes
from console.downloads import WORD, ZIP, attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.CAMPAIGNS, Permission.CAMPAIGN_VIEW)
HTML = "text/html"


@router.read("/campaigns/{code}/checklists.zip", None, file=ZIP)
def read_checklists(call: HasCall, code: Code) -> Response:
    """全部检查表（.zip） / the workbooks of all visits"""
    with call.desk() as desk:
        require_office(desk, "导出检查表")
        open_campaign_file(desk, code)
        _count, content = zip_checklists(desk, code)
    return attachment(content, f"督察检查表-{code}.zip", ZIP)


@router.read("/campaigns/{code}/report.docx", None, file=WORD)
def read_report_docx(call: HasCall, code: Code) -> Response:
    """督察报告（.docx） / the report of a campaign as a document"""
    from casework.reports.issuing import print_composed
    from casework.reports.reporting import compose_campaign

    with call.desk() as desk:
        require_office(desk, "生成督察报告")
        open_campaign_file(desk, code)
        content = print_composed(desk, compose_campaign(desk, code))
    return attachment(content, f"督察报告-{code}.docx", WORD)


@router.read("/campaigns/{code}/report.html", None, file=HTML)
def read_report_html(call: HasCall, code: Code) -> Response:
    """督察报告（附图网页） / the report of a campaign as a page with its plots"""
    from casework.reports.campaignreport import campaign_report  # with its plots it is heavy
    from delivery.report import render_report

    with call.desk() as desk:
        require_office(desk, "生成督察报告")
        open_campaign_file(desk, code)
        content = render_report(campaign_report(desk, code)).encode()
    return attachment(content, f"督察报告-{code}.html", HTML)
