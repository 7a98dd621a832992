"""What a form of a page does, a program may do too; where not, the reason stands here."""

from __future__ import annotations

from console.api.app import ROUTERS as AREAS
from console.app import ROUTERS as PAGES
from console.pages.intake.incomingforms import INCOMING_ACTS
from console.pages.intake.leadacts import LEAD_ACTS
from console.pages.linkage.meetings import MEETING_ACTS
from console.pages.linkage.referralacts import REFERRAL_ACTS
from console.pages.matters.matteracts import MATTER_ACTS
from tests.console.api.test_every_operation import SCHEMA

PERSON = "须由本人在浏览器中证明身份"  # signing in, one's own account, links of mails
ADMINS = "三员的账号没有密钥"
GRANT = "谁可以知悉由本人在页面上指定，不由程序指定"
SOURCE = "来源人信息只在页面上由本人查看"
STEPS = "分步填写只为方便人；程序以一个批次文件一次编制"
TRIAL = "试算在数据库的副本上进行数分钟，结果供人阅读；程序用 ducha 命令"
CHECK = "程序读取 GET /health"

# The act of a page -> the operation of the interface that does the same, or why there is none.
DONE_BY = {
    "/sign-in": PERSON, "/sign-in/code": PERSON, "/sign-out": PERSON,
    "/account/sessions/{session_id}/end": PERSON,
    "/account/password": PERSON, "/account/second-factor": PERSON, "/account/keys": PERSON,
    "/account/keys/{key_id}/revoke": PERSON, "/n/{token}/code": PERSON, "/n/{token}/open": PERSON,
    "/portal/leave": PERSON,
    "/accounts": ADMINS, "/accounts/{login}/disable": ADMINS, "/accounts/{login}/enable": ADMINS,
    "/accounts/{login}/reset": ADMINS, "/accounts/{login}/unlock": ADMINS, "/accounts/{login}/close": ADMINS,
    "/accounts/{login}/subject": ADMINS, "/accounts/{login}/sessions/end": ADMINS,
    "/accounts/{login}/sessions/{session_id}/end": ADMINS, "/grants/{login}": ADMINS,
    "/grants/{login}/revoke": ADMINS, "/audit/verify": ADMINS, "/audit/export": ADMINS,
    "/referrals/readers": GRANT, "/referrals/readers/{reader_id}/revoke": GRANT,
    "/leads/{lead_id}/source": SOURCE,
    "/campaigns/new": STEPS, "/campaigns/new/{draft}/drop": STEPS, "/campaigns/new/{draft}/{step}": STEPS,
    "/campaigns/new/{draft}/{step}/keep": STEPS, "/campaigns/{code}/revise": STEPS,
    "/campaigns/{code}/rehearsal": TRIAL, "/rules/what-if/file": TRIAL, "/rules/what-if/days": TRIAL,
    "/health": CHECK,
    "/tasks/{number:int}/done": "POST /tasks/{number}/acts",
    "/tasks/{number:int}/drop": "POST /tasks/{number}/acts",
    "/campaigns/new/file": "POST /campaigns", "/campaigns/new/{draft}/store": "POST /campaigns",
    "/campaigns/plans/start": "POST /plans/{code}/acts", "/campaigns/plans/skip": "POST /plans/{code}/acts",
    "/campaigns/plans/finish": "POST /plans/{code}/acts", "/campaigns/plans/annual": "POST /plans/annual",
    "/campaigns/{code}/approve": "POST /campaigns/{code}/approve",
    "/campaigns/{code}/open": "POST /campaigns/{code}/open",
    "/campaigns/{code}/close": "POST /campaigns/{code}/close",
    "/campaigns/{code}/call-off": "POST /campaigns/{code}/call-off",
    "/campaigns/{code}/reference": "POST /campaigns/{code}/reference",
    "/campaigns/{code}/exception": "POST /campaigns/{code}/exception",
    "/campaigns/{code}/milestones/{name}": "POST /campaigns/{code}/milestones",
    "/campaigns/{code}/letters": "POST /campaigns/{code}/letters",
    "/campaigns/{code}/visits/{visit_id}/team": "POST /campaigns/{code}/members",
    "/campaigns/{code}/recusals": "POST /recusals",
    "/campaigns/{code}/recusals/{number}/decide": "POST /recusals/{number}/acts",
    "/campaigns/{code}/recusals/{number}/withdraw": "POST /recusals/{number}/acts",
    "/campaigns/{code}/scope": "POST /campaigns/{code}/scope",
    "/campaigns/{code}/scope/{number}/approve": "POST /campaigns/{code}/scope",
    "/campaigns/{code}/scope/{number}/refuse": "POST /campaigns/{code}/scope",
    "/campaigns/{code}/scope/{number}/withdraw": "POST /campaigns/{code}/scope",
    "/campaigns/{code}/joint": "POST /campaigns/{code}/joint",
    "/campaigns/{code}/lists": "POST /campaigns/{code}/lists",
    "/campaigns/{code}/lists/{number}/return": "POST /campaigns/{code}/lists/{number}/acts",
    "/campaigns/{code}/lists/{number}/withdraw": "POST /campaigns/{code}/lists/{number}/acts",
    "/campaigns/{code}/checklists/export": "GET /campaigns/{code}/checklists.zip",
    "/campaigns/{code}/checklists/import": "POST /visits/checklists",
    "/campaigns/{code}/report": "GET /campaigns/{code}/report.docx",
    "/visits/{visit_id}/self-report": "POST /visits/{number}/acts",
    "/visits/{visit_id}/counts": "POST /visits/{number}/acts",
    "/visits/{visit_id}/checklist": "POST /visits/{number}/sheet/fields",
    "/visits/{visit_id}/checklist/field": "POST /visits/{number}/sheet/fields",
    "/visits/{visit_id}/files": "POST /visits/{number}/sheet/acts",
    "/visits/{visit_id}/files/{number}/remove": "POST /visits/{number}/sheet/acts",
    "/visits/{visit_id}/submit": "POST /visits/{number}/sheet/acts",
    "/visits/{visit_id}/workbook": "POST /visits/{number}/acts",
    "/ledger/export": "GET /cases.xlsx", "/requests/{number:int}/decide": "POST /requests/{number}/decide",
    "/findings/confirm": "POST /findings/confirm", "/findings/confirm-agreed": "POST /findings/confirm",
    "/findings/{code:path}/confirm": "POST /findings/{code}/confirm",
    "/findings/{code:path}/withdraw": "POST /findings/{code}/withdraw",
    "/half-reports/{number:int}/send": "POST /half-reports/{number}/acts",
    "/half-reports/{number:int}/waive": "POST /half-reports/{number}/acts",
    "/half-reports/{number:int}/read": "POST /half-reports/{number}/acts",
    "/look-backs/draw": "POST /look-backs/draw", "/look-backs/date": "POST /cases/{code}/look-back",
    "/cases/{code:path}/refer": "POST /cases/{code}/acts",
    "/cases/{code:path}/acts/{act}": "POST /cases/{code}/acts",
    "/cases/{code:path}/notes": "POST /cases/{code}/notes",
    "/documents/new/notices": "POST /documents/notices", "/documents/new": "POST /documents",
    "/documents/{document_id}/edit": "POST /documents/{number}/acts",
    "/signing": "POST /documents/{number}/acts",
    "/interviews/new": "POST /interviews",
    "/interviews/{interview_id}/hold": "POST /interviews/{number}/acts",
    "/interviews/{interview_id}/cancel": "POST /interviews/{number}/acts",
    "/inbox/{number:int}/file": "POST /inbox/{number}/acts",
    "/inbox/{number:int}/dismiss": "POST /inbox/{number}/acts",
    "/outbox": "POST /outbox/settle", "/outbox/send": "POST /outbox/send",
    "/leads/new": "POST /leads", "/leads/import": "POST /leads/import",
    "/leads/{lead_id}/acts/{act}": "POST /leads/{number}/acts",
    "/incoming/new": "POST /incoming", "/incoming/{incoming_id}/acts/{act}": "POST /incoming/{number}/acts",
    "/referrals/open": "POST /referrals",
    "/referrals/{referral_id}/acts/{act}": "POST /referrals/{number}/acts",
    "/referrals/{referral_id}/package": "GET /referrals/{number}/package.zip",
    "/meetings/joint": "POST /joint-supervisions",
    "/meetings/joint/{joint_id}/end": "POST /joint-supervisions/{number}/end",
    "/meetings/new": "POST /meetings", "/meetings/{meeting_id}/acts/{act}": "POST /meetings/{number}/acts",
    "/matters/new": "POST /matters", "/matters/import": "POST /matters/import",
    "/matters/{matter_id}/acts/{act}": "POST /matters/{number}/acts",
    "/statistics/export": "GET /statistics/export", "/periods/close": "POST /periods/close",
    "/periods/numbers": "GET /periods/numbers", "/reports/make": "POST /reports",
    "/reports/picture": "GET /campaigns/{code}/report.html",
    "/reports/{number}/issue": "POST /reports/{number}/acts",
    "/reports/{number}/end": "POST /reports/{number}/acts",
    "/archive/pack": "POST /archive/pack", "/archive/{number}/verify": "GET /archive/{number}/verification",
    "/archive/{number}/file": "POST /archive/{number}/acts", "/archive/transfer": "POST /archive/transfer",
    "/archive/{number}/appraise": "POST /archive/{number}/acts",
    "/archive/{number}/decide": "POST /archive/{number}/acts",
    "/units/{code}/contacts": "POST /units/{code}/acts", "/units/{code}/assign": "POST /units/{code}/acts",
    "/units/{code}/change/{kind}": "POST /unit-changes/preview",
    "/units/{code}/change/{kind}/record": "POST /unit-changes",
    "/unit-changes/{number}/call-off": "POST /unit-changes/{number}/call-off",
    "/imports/{what}": "POST /imports/{what}/preview", "/imports/{what}/do": "POST /imports/{what}",
    "/filings/report": "POST /filings", "/filings/rule": "POST /filings", "/filings/point": "POST /filings",
    "/people/{code}/enrol": "POST /people/{code}/acts", "/people/{code}/renew": "POST /people/{code}/acts",
    "/people/{code}/exit": "POST /people/{code}/acts", "/people/{code}/train": "POST /people/training",
    "/pools/{key}/train": "POST /people/training",
    "/recusals": "POST /recusals", "/recusals/{number}/decide": "POST /recusals/{number}/acts",
    "/recusals/{number}/withdraw": "POST /recusals/{number}/acts",
    "/delegations": "POST /delegations", "/delegations/{number}/revoke": "POST /delegations/{number}/revoke",
    "/draws": "POST /draws",
    "/rules/compare/impact": "GET /rules/impact", "/rules/migrate/preview": "GET /rules/migrations/{code}",
    "/rules/migrate": "POST /rules/migrations/{code}", "/rules/manual": "GET /rules/manual.docx",
    "/calendar/propose": "POST /calendar/proposals",
    "/calendar/{year}/confirm": "POST /calendar/years/{year}/confirm",
    "/calendar/{year}/reject": "POST /calendar/years/{year}/reject",
    "/portal/documents/{document_id}/acknowledge": "POST /portal/documents/{number}/acts",
    "/portal/documents/{document_id}/reply": "POST /portal/documents/{number}/acts",
    "/portal/documents/{document_id}/workbook": "POST /portal/documents/{number}/acts",
    "/portal/reports/{number}": "POST /portal/reports/{number}/send",
    "/portal/lists/{number}": "POST /portal/lists/{number}/return",
    "/portal/cases/{code:path}/do/{act}": "POST /portal/cases/{code}/acts",
}  # fmt: skip
DONE_BY |= {
    f"/{shelf}/{{document_id}}/{act}": f"POST /{shelf}/{{number}}/acts"
    for shelf in ("documents", "letters")
    for act in ("review", "approve", "return", "edit", "sign", "seal", "serve", "reply", "items", "workbook")
}
DONE_BY |= {f"/documents/{{document_id}}/{act}": "POST /documents/{number}/acts" for act in ("mail", "void")}
DONE_BY |= {
    "/letters/{document_id}/mail": "限知文书不发邮件，页面也只是说明这一点",
    "/letters/{document_id}/void": "限知文书随移送事项作废，页面也只是说明这一点",
}
# The act of a form with many -> the act of a body, where they are called otherwise.
CALLED = {
    "leads": {"check": "start_check", "conclude": "conclude_check", "take_back": "answer"},
    "referrals": {"return": "receipt", "pass_on": "receipt"},
    "incoming": {}, "meetings": {"item": ""},
    "matters": {"assign": "describe", "progress": "paper"},
}  # fmt: skip


def operations() -> set[str]:
    return {
        f"{method} {getattr(route, 'path', '')}"
        for router in AREAS
        for route in router.routes
        for method in getattr(route, "methods", ())
    }


def acts_of_pages() -> set[str]:
    return {
        str(getattr(route, "path", ""))
        for router in PAGES
        for route in router.routes
        if "POST" in getattr(route, "methods", ())
    }


def test_every_act_of_a_page_has_its_operation_or_a_reason() -> None:
    found = acts_of_pages()
    assert found - set(DONE_BY) == set(), "acts of pages without an answer of the interface"
    assert set(DONE_BY) - found == set(), "what is no act of a page any more"


def test_the_operations_named_for_acts_of_pages_are_there() -> None:
    named = {one for one in DONE_BY.values() if one.startswith(("GET ", "POST "))}
    assert named - operations() == set()


def known_acts(path: str) -> set[str]:
    body = SCHEMA.raw_schema["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return set(body["discriminator"]["mapping"]) if "discriminator" in body else set()


def test_forms_with_many_acts_have_a_body_for_each() -> None:
    forms = {
        "leads": LEAD_ACTS, "referrals": REFERRAL_ACTS, "incoming": INCOMING_ACTS, "meetings": MEETING_ACTS,
        "matters": MATTER_ACTS,
    }  # fmt: skip
    for name, acts in forms.items():
        called = CALLED[name]
        wanted = {called.get(act, act) for act in acts.known} - {""}
        assert wanted - known_acts(f"/{name}/{{number}}/acts") == set(), name
