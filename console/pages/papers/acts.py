"""The acts on one document, each the target of a form on its page."""

from __future__ import annotations

from fastapi.responses import Response

from casework.mail.mailacts import send_to_new_addresses
from casework.paperwork.answers import answer_item, record_reply
from casework.paperwork.documents import seal_document, void_document
from casework.paperwork.replies import take_reply
from casework.paperwork.reviewing import STEP_LABELS, approve_document, return_document, send_to_review
from casework.paperwork.serving import serve_document
from casework.paperwork.viewing import sign_viewed
from console.confirming import confirm
from console.pages.papers.paper import HasAttempt, again
from console.pages.papers.shelves import act_on_both
from console.routes import Pages, done
from core.access.permissions import Permission
from core.errors import Refused
from delivery.uploads.kinds import PAPERS, SEALED, TABLES

router = Pages(Permission.DOCUMENT_VIEW)
P = Permission


@act_on_both(router, "/review", P.DOCUMENT_DRAFT, again)
def review(one: HasAttempt) -> Response:
    """Send a draft to review; its 发文稿纸 is made and kept."""
    with one.visit.acting() as desk:
        one.find(desk)
        send_to_review(desk, one.document_id)
    return done(one.address, "已送核")


@act_on_both(router, "/approve", None, again)
def approve(one: HasAttempt) -> Response:
    """Approve a draft in review as it reads now."""
    step = one.form.needed("approve_step", "审核环节")
    with one.visit.acting() as desk:
        one.find(desk)
        approve_document(desk, one.document_id, step, one.form.text("approve_note"))
    return done(one.address, f"{STEP_LABELS[step]}通过")


@act_on_both(router, "/return", None, again)
def give_back(one: HasAttempt) -> Response:
    """Give a draft in review back to its author."""
    with one.visit.acting() as desk:
        one.find(desk)
        return_document(desk, one.document_id, one.form.needed("return_reason", "退回理由"))
    return done(one.address, "已退回修改")


@act_on_both(router, "/sign", P.DOCUMENT_SIGN, again)
def sign(one: HasAttempt) -> Response:
    """Sign a document that was looked at as it reads now."""
    scan = one.form.file("sign_scan", PAPERS)
    confirm(one.visit, one.form)
    with one.visit.acting() as desk:
        document = one.find(desk)
        sign_viewed(desk, one.visit.visitor.account_id, [document], scan)
        said = f"已签发，文号{document.number}" if document.number else "已签发"
    return done(one.address if one.shelf.hidden else f"/signing/done?id={one.document_id}", said)


@act_on_both(router, "/seal", P.DOCUMENT_SEAL, again)
def seal(one: HasAttempt) -> Response:
    """Note the seal of a signed document and issue it."""
    sealed = one.form.needed_file("seal_file", "盖章后的 PDF", SEALED)
    with one.visit.acting() as desk:
        one.find(desk)
        document = seal_document(desk, one.document_id, sealed)
        said = "已登记用印并发出" if document.issued_on else "已登记用印"
    return done(one.address, said)


@act_on_both(router, "/serve", P.DOCUMENT_VIEW, again)
def serve(one: HasAttempt) -> Response:
    """Record that a document was served."""
    channel = one.form.needed("serve_channel", "送达方式")
    with one.visit.acting() as desk:
        one.find(desk)
        on = one.form.day("serve_on", "送达日期") or desk.today
        serve_document(
            desk, one.document_id, channel, on, one.form.file("serve_file"), one.form.text("serve_note")
        )
    return done(one.address, "已登记送达")


@act_on_both(router, "/reply", P.DOCUMENT_VIEW, again)
def reply(one: HasAttempt) -> Response:
    """Record what a unit answered."""
    outcome = one.form.needed("reply_outcome", "答复情况")
    with one.visit.acting() as desk:
        one.find(desk)
        on = one.form.day("reply_on", "答复日期") or desk.today
        record_reply(
            desk, one.document_id, on, outcome, one.form.file("reply_file"), one.form.text("reply_note")
        )
    return done(one.address, "已登记答复")


@act_on_both(router, "/items", P.DOCUMENT_VIEW, again)
def answer(one: HasAttempt) -> Response:
    """Record what became of one opinion."""
    number = one.form.number("item_number", "条次")
    result = one.form.needed("item_result", "落实情况")
    with one.visit.acting() as desk:
        one.find(desk)
        on = one.form.day("item_on", "日期") or desk.today
        answer_item(desk, one.document_id, number or 0, result, on, one.form.text("item_note"))
    return done(one.address, f"已登记第{number}条的落实情况")


@act_on_both(router, "/workbook", P.DOCUMENT_VIEW, again)
def bring_workbook(one: HasAttempt) -> Response:
    """Read the answer workbook that a unit brought, with the files it names."""
    workbook = one.form.needed_file("workbook_file", "整改情况报告表", TABLES)
    with one.visit.acting() as desk:
        one.find(desk)
        said = take_reply(desk, one.document_id, workbook, one.form.files.get("workbook_evidence", ()))
    acts = said["acts"]
    return done(one.address, f"已导入，办理{len(acts) if isinstance(acts, list) else 0}项")


@act_on_both(router, "/mail", P.DOCUMENT_VIEW, again)
def mail_again(one: HasAttempt) -> Response:
    """Queue the document to contacts whose address it was not sent to."""
    with one.visit.acting() as desk:
        count = send_to_new_addresses(desk, one.find(desk))
    return done(one.address, f"已排队补发{count}封")


@act_on_both(router, "/void", P.DOCUMENT_SIGN, again)
def void(one: HasAttempt) -> Response:
    """Void a document with a reason."""
    if one.shelf.hidden:
        raise Refused(
            "移送、移交函件不在这里作废", found=str(one.document_id), expected="随移送事项办理",
            remedy="在移送事项中撤回",
        )  # fmt: skip
    with one.visit.acting() as desk:
        one.find(desk)
        void_document(desk, one.document_id, one.form.needed("void_reason", "作废理由"))
    return done(one.address, "已作废，文号保留")
