"""Mails as they come to an office; each sample is a name, the kind that it has to be taken for, and its bytes."""

from __future__ import annotations

import base64

from core.inbound import InboundKind as K
from tests.delivery.inbound.mailmaking import ID, OFFICE, SUBJECT, UNIT, Sample, mail, word
from tests.delivery.inbound.returnscorpus import CHINESE, OLD_FORMATS, STANDARD

# Automatic answers, with headers and without.
ROBOTS: list[Sample] = []
for name, subject, body in (
    (
        "qq_auto",
        "自动回复: " + SUBJECT,
        "这是来自QQ邮箱的假期自动回复邮件。您好，我最近正在休假中，无法亲自回复您的邮件。",
    ),
    ("holiday_auto", "假期自动回复：" + SUBJECT, "本人休假至6月5日。"),
    ("exchange_auto_words", "自动答复: " + SUBJECT, "我现在不在办公室。"),
    ("out_of_office", "Out of Office: notice", "I am out of the office until Monday."),
    ("automatic_reply", "Automatic reply: notice", "Thank you."),
    ("on_leave_subject", "外出期间", "我正在外出，有事请电话联系。"),
    ("re_auto", "回复：自动回复：" + SUBJECT, "您好，来信已收到。"),
    ("traditional_auto", "自動回覆：通知", "本人休假中。"),
    ("bracketed", "【自动回复】已收到", "您的邮件已收到。"),
):
    ROBOTS.append(
        Sample(f"auto_{name}", K.AUTO_REPLY, mail(sender=UNIT, subject=subject, body=body, charset="GBK"))
    )
for name, header in (
    ("auto_replied", "Auto-Submitted: auto-replied"),
    ("auto_generated", "Auto-Submitted: auto-generated (rejected)"),
    ("x_autoreply", "X-Autoreply: yes"),
    (
        "x_autorespond",
        "X-Autorespond: 自动回复".encode().decode("latin-1", "replace").encode("ascii", "replace").decode(),
    ),
    ("precedence", "Precedence: auto_reply"),
    ("suppress", "X-Auto-Response-Suppress: All"),
):
    ROBOTS.append(
        Sample(
            f"auto_header_{name}",
            K.AUTO_REPLY,
            mail(sender=UNIT, subject="Re: " + SUBJECT, body="收到，谢谢。", more=header + "\r\n"),
        )
    )
ROBOTS.append(
    Sample(
        "auto_null_sender", K.AUTO_REPLY, mail(sender=UNIT, subject="Re: 通知", body="谢谢来信。", null=True)
    )
)
ROBOTS.append(
    Sample(
        "doubt_body",
        K.UNCLEAR,
        mail(
            sender=UNIT,
            subject="Re: " + SUBJECT,
            body="您好！您的邮件已收到，我正在出差，返回后尽快给您答复。",
        ),
    )
)
ROBOTS.append(
    Sample("doubt_subject", K.UNCLEAR, mail(sender=UNIT, subject="本人近期休假", body="6月8日上班后办理。"))
)
ROBOTS.append(
    Sample(
        "doubt_left",
        K.UNCLEAR,
        mail(sender=UNIT, subject="Re: 通知", body="张某已调离本单位，请联系新的联络员。系统邮件。"),
    )
)
ROBOTS.append(
    Sample(
        "doubt_system_name",
        K.UNCLEAR,
        mail(sender="no-reply@d001.example", subject="Re: 通知", body="已登记。"),
    )
)
ROBOTS.append(
    Sample(
        "doubt_forwarded_bounce",
        K.UNCLEAR,
        mail(sender=UNIT, subject="转发：系统退信", body="请看下面的退信是什么原因？"),
    )
)
ROBOTS.append(Sample("doubt_empty", K.UNCLEAR, mail(sender=UNIT, subject="Re: 通知", body="")))
ROBOTS.append(
    Sample(
        "bulk_list",
        K.BULK,
        mail(
            sender="news@list.example",
            subject="每周通讯",
            body="本周要闻。",
            more="List-Id: <news.list.example>\r\n",
        ),
    )
)
ROBOTS.append(
    Sample(
        "bulk_precedence",
        K.BULK,
        mail(sender="news@list.example", subject="促销", body="优惠。", more="Precedence: bulk\r\n"),
    )
)


# Receipts (RFC 8098) are noted and acknowledge nothing; our own mails are known again.
RECEIPTS_AND_LOOPS: list[Sample] = []
told = (
    f"Reporting-UA: m\nFinal-Recipient: rfc822;{UNIT}\nOriginal-Message-ID: {ID}\nDisposition: "
    f"manual-action/MDN-sent-manually; displayed\n"
)
mdn = (
    f"From: {UNIT}\nTo: {OFFICE}\nSubject: {word('已读: ' + SUBJECT)}\nMessage-ID: <m@d001.example>\n"
    f"MIME-Version: 1.0\n"
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n--b\n'
    "Content-Type: text/plain\n\nread\n"
    f"--b\nContent-Type: message/disposition-notification\n\n{told}\n--b--\n"
)
RECEIPTS_AND_LOOPS.append(Sample("mdn", K.RECEIPT, mdn.replace("\n", "\r\n").encode(), True))
RECEIPTS_AND_LOOPS.append(
    Sample(
        "mdn_words",
        K.RECEIPT,
        mail(
            sender=UNIT,
            subject="已读：" + SUBJECT,
            body="您的邮件已被阅读，阅读时间：2026-05-27 10:00。",
            charset="GB2312",
        ),
    )
)
RECEIPTS_AND_LOOPS.append(
    Sample(
        "mdn_coremail",
        K.RECEIPT,
        mail(sender=UNIT, subject="阅读回执", body=f"收件人已阅读您的邮件“{SUBJECT}”。"),
    )
)
own = f"From: {OFFICE}\nTo: {UNIT}\nSubject: x\nMessage-ID: {ID}\nAuto-Submitted: auto-generated\n\nbody\n"
RECEIPTS_AND_LOOPS.append(Sample("own_mail_back", K.LOOP, own.encode(), True))
RECEIPTS_AND_LOOPS.append(
    Sample(
        "own_sender",
        K.LOOP,
        mail(sender=OFFICE, subject="x", body="y", more="Auto-Submitted: auto-generated\r\n"),
    )
)
hops = "".join(f"Received: from a{n}.example by b{n}.example\r\n" for n in range(45))
RECEIPTS_AND_LOOPS.append(Sample("goes_round", K.LOOP, mail(sender=UNIT, subject="x", body="y", more=hops)))


# Words of persons: answers with and without references, in every charset, with files.
PEOPLE: list[Sample] = []
answer = f"In-Reply-To: {ID}\r\nReferences: {ID}\r\n"
plan = "整改方案已报分管领导审定，拟于6月10日前报送。联络员 张三"
PEOPLE.append(
    Sample("answer", K.HUMAN, mail(sender=UNIT, subject="回复：" + SUBJECT, body=plan, more=answer))
)
PEOPLE.append(
    Sample(
        "answer_gbk",
        K.HUMAN,
        mail(sender=UNIT, subject="答复: " + SUBJECT, body=plan, charset="GBK", more=answer),
    )
)
PEOPLE.append(
    Sample(
        "answer_gb18030",
        K.HUMAN,
        mail(sender=UNIT, subject="Re: " + SUBJECT, body=plan + "𠮷", charset="GB18030", more=answer),
    )
)
PEOPLE.append(
    Sample(
        "answer_raw_gbk",
        K.HUMAN,
        mail(sender=UNIT, raw_subject=("回复：" + SUBJECT).encode("gb18030"), body=plan, charset="gb2312"),
    )
)
PEOPLE.append(
    Sample(
        "answer_html",
        K.HUMAN,
        mail(
            sender=UNIT,
            subject="回复：" + SUBJECT,
            body=f"<div>{plan}</div><script>alert(1)</script>",
            html=True,
            more=answer,
        ),
    )
)
PEOPLE.append(
    Sample(
        "auto_submitted_no",
        K.HUMAN,
        mail(sender=UNIT, subject="Re: x", body=plan, more="Auto-Submitted: no\r\n" + answer),
    )
)
PEOPLE.append(
    Sample(
        "number_only",
        K.HUMAN,
        mail(sender=UNIT, subject="关于（2026）1号文的问题", body="请问附件表格第三列如何填写？"),
    )
)
PEOPLE.append(
    Sample(
        "about_training",
        K.HUMAN,
        mail(sender=UNIT, subject="关于执法培训的说明", body="已组织执法人员培训两期，共86人参加。"),
    )
)
PEOPLE.append(
    Sample(
        "quoting_us",
        K.HUMAN,
        mail(
            sender=UNIT,
            subject="回复：" + SUBJECT,
            more=answer,
            body=plan
            + "\n\n------------------ 原始邮件 ------------------\n发件人: 督察办\n此邮件由系统自动发送，"
            "请勿直接回复。",
        ),
    )
)
parts = (
    f"From: {word('李四')} <{UNIT}>\nTo: {OFFICE}\nSubject: {word('报送整改报告')}\nMessage-ID: "
    f"<f1@d001.example>\nIn-Reply-To: {ID}\n"
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; '
    "charset=utf-8\n"
    f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(('报告见附件。' + plan).encode()).decode()}\n--b\n"
    f'Content-Type: application/pdf; name="{word("整改报告.pdf", "GBK")}"\nContent-Disposition: attachment\n'
    f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(b'%PDF-1.7 report').decode()}\n--b\n"
    "Content-Type: application/octet-stream\nContent-Disposition: attachment;\n"
    " filename*=UTF-8''%E8%AF%B4%E6%98%8E.exe\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAA=\n--b--\n"
)
PEOPLE.append(Sample("with_files", K.HUMAN, parts.replace("\n", "\r\n").encode()))


# What cannot be read, must not be, or was made to hurt.
BAD: list[Sample] = []
BAD.append(Sample("empty", K.BROKEN, b""))
BAD.append(Sample("blank", K.BROKEN, b"\r\n\r\n  \r\n"))
BAD.append(
    Sample("many_borders", K.BROKEN, b"Content-Type: multipart/mixed; boundary=b\n\n" + b"\n--b\n\nx" * 5_000)
)
BAD.append(Sample("many_headers", K.BROKEN, b"From: a@b.example\n" + b"X-A: 1\n" * 25_000 + b"\nx"))
deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60))
BAD.append(Sample("nested", K.BROKEN, b"From: a@b.example\nMIME-Version: 1.0\n" + deep + b"\n\nx"))
BAD.append(Sample("secret_subject", K.SECRET, mail(sender=UNIT, subject="机密★5年 关于某事", body="内容")))
BAD.append(
    Sample(
        "secret_body", K.SECRET, mail(sender=UNIT, subject="Re: 通知", body="密级：秘密\n内容", charset="GBK")
    )
)
BAD.append(Sample("no_sender", K.UNCLEAR, b"Subject: hello\n\nwords of nobody\n"))


def samples() -> list[Sample]:
    """Return the whole corpus."""
    return [*STANDARD, *CHINESE, *OLD_FORMATS, *ROBOTS, *RECEIPTS_AND_LOOPS, *PEOPLE, *BAD]
