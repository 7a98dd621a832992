"""Returns of mails: by RFC 3464, in the words of Chinese services, and of old servers."""

from __future__ import annotations

import base64

from core.inbound import InboundKind as K
from tests.delivery.inbound.mailmaking import ID, SUBJECT, UNIT, Sample, block, mail, report

# Reports by RFC 3464, as postfix, exim, Exchange and sendmail write them.
STANDARD: list[Sample] = []
unknown = "550 5.1.1 <liaison@d001.example>: Recipient address rejected: User unknown"
full = "552 5.2.2 mailbox full"
STANDARD.append(
    Sample("postfix_user_unknown", K.HARD_BOUNCE, report(block("failed", "5.1.1", unknown)), True, "5.1.1")
)
STANDARD.append(
    Sample("postfix_mailbox_full", K.SOFT_BOUNCE, report(block("failed", "5.2.2", full)), True, "5.2.2")
)
STANDARD.append(
    Sample(
        "postfix_host_not_found",
        K.HARD_BOUNCE,
        report(block("failed", "5.4.4", "Host or domain name not found")),
        True,
        "5.4.4",
    )
)
STANDARD.append(
    Sample(
        "postfix_expired",
        K.SOFT_BOUNCE,
        report(block("failed", "4.4.1", "connect: timed out")),
        True,
        "4.4.1",
    )
)
STANDARD.append(
    Sample(
        "postfix_delayed",
        K.DELAYED,
        report(block("delayed", "4.4.1", "timed out"), subject="Delayed Mail (still being retried)"),
        True,
        "4.4.1",
    )
)
STANDARD.append(
    Sample(
        "postfix_delivered",
        K.DELIVERED,
        report(block("delivered", "2.0.0", "250 ok"), subject="Successful Mail Delivery Report"),
        True,
        "2.0.0",
    )
)
STANDARD.append(
    Sample(
        "postfix_relayed",
        K.RELAYED,
        report(block("relayed", "2.0.0"), subject="Successful Mail Delivery Report"),
        True,
        "2.0.0",
    )
)
STANDARD.append(Sample("list_expanded", K.RELAYED, report(block("expanded", "2.0.0")), True, "2.0.0"))
STANDARD.append(
    Sample(
        "headers_only",
        K.HARD_BOUNCE,
        report(block("failed", "5.1.1", unknown), returned="text/rfc822-headers"),
        True,
        "5.1.1",
    )
)
STANDARD.append(
    Sample(
        "nothing_returned",
        K.HARD_BOUNCE,
        report(block("failed", "5.1.1", unknown), returned=""),
        False,
        "5.1.1",
    )
)
STANDARD.append(
    Sample(
        "utf8_report",
        K.HARD_BOUNCE,
        report(
            block("failed", "5.1.1", unknown),
            kind="message/global-delivery-status",
            returned="message/global-headers",
        ),
        True,
        "5.1.1",
    )
)
STANDARD.append(
    Sample(
        "exchange_chinese",
        K.HARD_BOUNCE,
        report(
            block("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
            subject=f"未送达: {SUBJECT}",
            sender="MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example",
            body="无法将邮件传递给以下收件人或组。找不到您输入的电子邮件地址。",
            null=False,
        ),
        True,
        "5.1.10",
    )
)
STANDARD.append(
    Sample(
        "exchange_delay_chinese",
        K.DELAYED,
        report(block("delayed", "4.4.7"), subject=f"传递延迟: {SUBJECT}", body="邮件尚未送达，将继续尝试。"),
        True,
        "4.4.7",
    )
)
STANDARD.append(
    Sample(
        "exchange_relay_chinese",
        K.RELAYED,
        report(block("relayed", "2.0.0"), subject=f"已转发: {SUBJECT}", body="已完成向以下收件人的传递"),
        True,
        "2.0.0",
    )
)
STANDARD.append(
    Sample(
        "expired_permanent_class",
        K.SOFT_BOUNCE,
        report(block("failed", "5.4.7", "554 5.4.7 delivery time expired")),
        True,
        "5.4.7",
    )
)
STANDARD.append(
    Sample(
        "policy",
        K.HARD_BOUNCE,
        report(block("failed", "5.7.1", "554 5.7.1 rejected by policy")),
        True,
        "5.7.1",
    )
)
STANDARD.append(
    Sample(
        "no_action_but_status",
        K.HARD_BOUNCE,
        report(f"Final-Recipient: rfc822; {UNIT}\nStatus: 5.1.1\n"),
        True,
        "5.1.1",
    )
)
STANDARD.append(
    Sample(
        "full_behind_5_0_0",
        K.SOFT_BOUNCE,
        report(block("failed", "5.0.0", "552 Requested mail action aborted: exceeded storage allocation")),
        True,
        "5.0.0",
    )
)
two = block("delivered", "2.0.0", address="other@d001.example") + "\n" + block("failed", "5.1.1", unknown)
STANDARD.append(Sample("one_of_two_failed", K.HARD_BOUNCE, report(two), True, "5.1.1"))
STANDARD.append(
    Sample(
        "gb2312_report",
        K.HARD_BOUNCE,
        report(
            block("failed", "5.1.1", unknown),
            body="您的邮件被退回：用户不存在",
            charset="GB2312",
            subject="退信通知",
        ),
        True,
        "5.1.1",
    )
)


# Returns in free words: QQ, 163, 腾讯企业邮, Coremail, aliyun and old gateways.
CHINESE: list[Sample] = []
quoted = f"\n\n原邮件信息\n主题：{SUBJECT}\nMessage-ID: {ID}\n收件人：{UNIT}\n"
CHINESE.append(
    Sample(
        "qq_not_found",
        K.HARD_BOUNCE,
        mail(
            sender="PostMaster@qq.example",
            subject="系统退信/The email is returned",
            body=f"抱歉，您的邮件被退回来了……\n退信原因：收件人邮箱地址不存在，邮件无法送达。\n收件人 {UNIT}"
            + quoted,
            null=True,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "qq_full_gbk",
        K.SOFT_BOUNCE,
        mail(
            sender="PostMaster@qq.example",
            subject="系统退信",
            charset="GBK",
            body=f"您发送的邮件被退回\n退信原因：收件人邮箱容量已满，无法接收邮件。\n{UNIT}" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "qq_frequency",
        K.SOFT_BOUNCE,
        mail(
            sender="postmaster@qq.example",
            subject="系统退信",
            body=f"您的邮件无法发送到 {UNIT}\nhost mx.qq.example said: 550 Connection frequency limited"
            + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "netease_user_unknown",
        K.HARD_BOUNCE,
        mail(
            sender="Postmaster@163.example",
            subject="系统退信",
            charset="GB2312",
            null=True,
            body=f"您好，\n您的邮件未能送达下列收件人：\n{UNIT}\n退信原因：550 User not found: {UNIT}"
            + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "netease_full",
        K.SOFT_BOUNCE,
        mail(
            sender="Postmaster@163.example",
            subject="退信：" + SUBJECT,
            charset="gb18030",
            body=f"很抱歉，您的邮件没有送达 {UNIT}，对方邮箱空间不足。\n552 mailbox exceeded storage"
            + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "netease_delay",
        K.DELAYED,
        mail(
            sender="Postmaster@163.example",
            subject="邮件投递延迟通知",
            body=f"您发往 {UNIT} 的邮件暂时未能投递，系统将继续尝试，您无需重新发送。",
        ),
        False,
    )
)
CHINESE.append(
    Sample(
        "exmail_disabled",
        K.HARD_BOUNCE,
        mail(
            sender="postmaster@exmail.example",
            subject="系统退信：" + SUBJECT,
            body=f"{UNIT}\n退信原因：收件人帐号已停用（account disabled）。" + quoted,
            html=False,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "exmail_html",
        K.HARD_BOUNCE,
        mail(
            sender="postmaster@exmail.example",
            subject="系统退信",
            html=True,
            null=True,
            body=f"<html><head><title>t</title><style>p{{}}</style></head><body><p>您的邮件被退回</p><p>收件人：{UNIT}</p>"
            f"<p>退信原因：用户不存在</p><p>Message-ID: &lt;{ID[1:-1]}&gt;</p></body></html>",
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "coremail_smtp_code",
        K.HARD_BOUNCE,
        mail(
            sender="postmaster@gov.example",
            subject="=?GB2312?B?1ebKtbXEzcvQxQ==?=",
            null=True,
            raw_subject=b"=?GB2312?B?" + base64.b64encode("投递失败通知".encode("gb18030")) + b"?=",
            body=f"以下收件人投递失败：\n{UNIT}\nSMTP error, RCPT TO: 550 Mailbox not found" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "coremail_raw_gbk_subject",
        K.HARD_BOUNCE,
        mail(
            sender="postmaster@gov.example",
            raw_subject="系统退信".encode("gb18030"),
            charset="GBK",
            body=f"邮件无法投递到 {UNIT}，查无此人。" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "coremail_soft_4xx",
        K.SOFT_BOUNCE,
        mail(
            sender="postmaster@gov.example",
            subject="退信通知",
            null=True,
            body=f"您的邮件无法送达：{UNIT}\nSMTP error: 451 4.3.0 temporary failure" + quoted,
        ),
        True,
        "4.3.0",
    )
)
CHINESE.append(
    Sample(
        "gateway_timeout",
        K.SOFT_BOUNCE,
        mail(
            sender="mailer-daemon@gw.example",
            subject="邮件发送失败",
            null=True,
            body=f"发送失败：{UNIT}\n连接对方服务器超时，已停止尝试。" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "gateway_domain",
        K.HARD_BOUNCE,
        mail(
            sender="mailer-daemon@gw.example",
            subject="无法投递的邮件",
            body=f"收件域名不存在：{UNIT}" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "gateway_spam",
        K.HARD_BOUNCE,
        mail(
            sender="mailer-daemon@gw.example",
            subject="退信",
            body=f"您的邮件被对方拒绝：疑似垃圾邮件。{UNIT}" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "aliyun_quota",
        K.SOFT_BOUNCE,
        mail(
            sender="MAILER-DAEMON@aliyun.example",
            subject="退信通知/Mail Delivery Failure",
            null=True,
            body=f"552 RP:QTA The recipient's mailbox is over quota\n{UNIT}" + quoted,
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "traditional",
        K.HARD_BOUNCE,
        mail(
            sender="MAILER-DAEMON@tw.example",
            subject="Returned mail: 無法投遞",
            charset="Big5",
            body=f"收件人不存在 550 unknown user {UNIT}\n{ID}",
        ),
        True,
    )
)
CHINESE.append(
    Sample(
        "success_words",
        K.DELIVERED,
        mail(
            sender="postmaster@gov.example",
            subject="投递成功通知",
            null=True,
            body=f"您的邮件已成功投递到 {UNIT}。",
        ),
        False,
    )
)


# qmail, exim, sendmail of old, and what flufl.bounce alone knows.
OLD_FORMATS: list[Sample] = []
OLD_FORMATS.append(
    Sample(
        "qmail",
        K.HARD_BOUNCE,
        mail(
            sender="MAILER-DAEMON@q.example",
            subject="failure notice",
            null=True,
            body=f"Hi. This is the qmail-send program at q.example.\nI'm afraid I wasn't able to deliver "
            f"your message to "
            f"the following addresses.\nThis is a permanent error; I've given up.\n\n<{UNIT}>:\n"
            f"Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
            f"Message-ID: {ID}\n",
        ),
        True,
        "5.1.1",
    )
)
OLD_FORMATS.append(
    Sample(
        "exim",
        K.HARD_BOUNCE,
        mail(
            sender="Mailer-Daemon@e.example",
            subject="Mail delivery failed: returning message to sender",
            null=True,
            more=f"X-Failed-Recipients: {UNIT}\r\n",
            body=f"A message that you sent could not be delivered to all of its recipients. This is a "
            f"permanent error.\n\n"
            f"  {UNIT}\n    SMTP error from remote mail server: 550 No such user\n\nMessage-Id: {ID}\n",
        ),
        True,
    )
)
OLD_FORMATS.append(
    Sample(
        "exim_warning",
        K.DELAYED,
        mail(
            sender="Mailer-Daemon@e.example",
            subject="Warning: message 1xY delayed 24 hours",
            null=True,
            body=f"A message has not yet been delivered to {UNIT}. No action is required on your part. "
            f"Delivery attempts will continue for some time.",
        ),
        False,
    )
)
OLD_FORMATS.append(
    Sample(
        "sendmail_unknown_host",
        K.HARD_BOUNCE,
        mail(
            sender="MAILER-DAEMON@s.example",
            subject="Returned mail: see transcript for details",
            null=True,
            body=f"   ----- The following addresses had permanent fatal errors -----\n<{UNIT}>\n    "
            f"(reason: 550 Host unknown)\n{ID}",
        ),
        True,
    )
)
OLD_FORMATS.append(
    Sample(
        "lotus",
        K.HARD_BOUNCE,
        mail(
            sender="postmaster@n.example",
            subject="DELIVERY FAILURE: User not listed in Domino Directory",
            body=f"Your message could not be delivered to {UNIT} because: User not listed\n{ID}",
        ),
        True,
    )
)
