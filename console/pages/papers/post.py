"""未送达、邮件发送、文号系列: what went out, whether it arrived, and which numbers were used."""

from __future__ import annotations

from collections.abc import Collection

from fastapi.responses import Response

from casework.mail.mailacts import settle_mails
from casework.mail.mailbox import mail_view, mailbox_view, saved_mail
from casework.paging import Cursor
from casework.paperwork.series import series_in_sight
from casework.paperwork.unservedview import STEP_LABELS, unserved_view
from console.downloads import attachment
from console.forms import Form, HasForm
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasCursor
from console.rendering import show
from console.routes import Pages, done
from console.sending import HasSender, Sender
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput, Refused
from core.life.lives import MessageState

router = Pages(Permission.DOCUMENT_VIEW)
SAID = {"accepted": "已确认送达", "resend": "已重新排队", "cancel": "已取消"}
EML = "message/rfc822"
REPORTED = {
    "accepted": "已投递", "rejected": "被拒", "unknown": "结果不明", "deferred": "推迟", "left": "还有待发",
}  # fmt: skip
MAIL_ACTS = {
    "claim": "发送", "accept": "对方服务器收下", "reject": "被拒", "defer": "推迟再发", "lose_track": "结果不明",
    "bounce": "收到退信", "retry": "自动再发一次",
    "resend": "人工重发", "cancel": "取消", "link": "写入网上办理链接",
}  # fmt: skip


@router.page("/unserved")
def show_unserved(visit: HasVisit, cursor: HasCursor) -> Response:
    """Show the documents that went out and were not acknowledged."""
    with visit.desk() as desk:
        return show(visit, desk, "papers/unserved.html.j2", "unserved", found=unserved_view(desk, cursor),
                    steps=STEP_LABELS)  # fmt: skip


@router.page("/series")
def show_series(visit: HasVisit, year: int | None = None) -> Response:
    """Show the number series of a year."""
    with visit.desk() as desk:
        when = year if year is not None and 1990 < year <= desk.today.year else desk.today.year
        return show(
            visit, desk, "papers/series.html.j2", "series", rows=series_in_sight(desk, when), year=when
        )


@router.page("/outbox", Permission.OUTBOX)
def show_outbox(visit: HasVisit, sender: HasSender, cursor: HasCursor, state: str = "") -> Response:
    """Show one page of mails."""
    return _page(visit, sender, state, cursor)


def _page(
    visit: Visit,
    sender: Sender,
    state: str,
    cursor: Cursor | None = None,
    chosen: Collection[int] = (),
    error: DuchaError | None = None,
) -> Response:
    with visit.desk() as desk:
        box = mailbox_view(desk, state.strip(), cursor)
        return show(visit, desk, "papers/outbox.html.j2", "outbox", box=box,
                    states=tuple(MessageState), chosen=chosen, sends=sender.send is not None, error=error)  # fmt: skip


def _again(visit: Visit, form: Form, sender: Sender, error: DuchaError) -> Response:
    if (number := form.number("one", "邮件编号")) is not None:
        return _mail_page(visit, number, error)
    return _page(visit, sender, form.text("state"), None, form.numbers("mail"), error)


@router.act("/outbox", Permission.OUTBOX, again=_again)
def settle(visit: HasVisit, form: HasForm, sender: HasSender) -> Response:
    """Settle one mail, or those that were ticked; what is to be sent again goes out soon."""
    verdict, one = form.text("verdict"), form.number("one", "邮件编号")
    if verdict not in SAID:
        raise InvalidInput(
            "处理结论不正确", found=verdict[:20], expected="页面所列结论", remedy="刷新页面后重新选择"
        )
    if verdict == "resend" and not form.flag("sure"):
        raise InvalidInput(
            "重发可能使对方收到两份",
            found="没有勾选确认",
            expected="确认后重发",
            remedy="先向对方核实；确实没有收到的，勾选“知道可能重复送达”后重发",
        )
    ids = [one] if one is not None else form.numbers("mail")
    with visit.acting() as desk:
        count = settle_mails(desk, ids, verdict)
    if verdict == "resend":
        sender.nudge()
    back = f"/outbox/{one}" if one is not None else f"/outbox?state={form.text('state')}"
    return done(back, f"{SAID[verdict]}{count}封")


@router.act("/outbox/send", Permission.OUTBOX)
def send_now(visit: HasVisit, jobs: HasJobs, sender: HasSender, _form: HasForm) -> Response:
    """Send what is ready, without waiting for the clock."""
    send = sender.send
    if send is None:
        raise Refused(
            "这里不能立即发送", found="控制台没有带定时器运行", expected="ducha serve", remedy="等定时器发送"
        )  # fmt: skip

    def work(_job: Job) -> Outcome:
        report = send()
        counts = [f"{word}{report[key]}封" for key, word in REPORTED.items() if report.get(key)]
        return Outcome("，".join(counts) or "没有待发的邮件", address="/outbox")

    return done(jobs.start(visit, "发送待发邮件", work))


@router.page("/outbox/{message_id}", Permission.OUTBOX)
def show_mail(message_id: int, visit: HasVisit) -> Response:
    """Show one mail."""
    return _mail_page(visit, message_id, None)


def _mail_page(visit: Visit, message_id: int, error: DuchaError | None) -> Response:
    with visit.desk() as desk:
        mail = mail_view(desk, message_id)
        return show(visit, desk, "papers/mail.html.j2", "outbox", mail=mail, mail_acts=MAIL_ACTS, error=error)


@router.page("/outbox/{message_id}/eml", Permission.OUTBOX)
def download_mail(message_id: int, visit: HasVisit) -> Response:
    """Send the bytes of a mail."""
    with visit.desk() as desk:
        return attachment(saved_mail(desk, message_id), f"邮件{message_id}.eml", EML)
