"""The words by which servers and robots give themselves away, in Chinese and English; of own collection.

source   RFC 3464, 3463 (codes), 3834 (auto-replies); the texts of QQ, 163, 腾讯企业邮, Coremail, Exchange and postfix
"""

from __future__ import annotations

import re


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


def _begins(*words: str, ends: str = "") -> re.Pattern[str]:
    """Match a subject that begins with one of the words, in any brackets."""
    return re.compile(rf"^\s*[\[【(（<《]?\s*({'|'.join(words)}){ends}", re.IGNORECASE)


# ---- who speaks -------------------------------------------------------------------------------------------------

SYSTEM_SENDER = re.compile(
    r"^(mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|post[-_.]?office|mailer|mail|bounces?|bounce[-+=].*|"
    r"mdaemon|no[-_.]?reply|noreply|do[-_.]?not[-_.]?reply|mailsystem|mail[-_.]?delivery|microsoftexchange[0-9a-f]*|"
    r"system|sysadmin|antispam|spam)@",
    re.IGNORECASE,
)
DAEMON = re.compile(
    r"^(mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|post[-_.]?office|mailer|bounces?|bounce[-+=].*|mdaemon|"
    r"mailsystem|mail[-_.]?delivery|microsoftexchange[0-9a-f]*)@",
    re.IGNORECASE,
)

# ---- returns ----------------------------------------------------------------------------------------------------

BOUNCE_SUBJECT = _any(
    r"退信", r"退件通知", r"邮件退回", r"邮件被退回", r"无法投递", r"无法送达", r"未能送达", r"未送达",
    r"不能送达", r"投递失败", r"发送失败", r"传送失败", r"传递失败", r"退回的邮件", r"无法传递",
    r"undeliver", r"delivery status notification", r"failure notice", r"returned mail",
    r"returned to sender", r"mail delivery (failed|failure|subsystem|system)",
    r"delivery (failure|failed)", r"mail system error", r"could not be delivered", r"non[- ]?delivery",
)  # fmt: skip
BOUNCE_BODY = _any(
    r"您?(的|所发的|发送的)邮件.{0,40}(被退回|无法|不能|未能|没有|失败)", r"退信(原因|代码|说明|信息)",
    r"退回原因", r"无法发送到", r"发送失败", r"投递失败", r"未能送达", r"无法送达", r"不能投递",
    r"无法投递", r"被对方拒绝", r"被收件(方|人).{0,12}拒", r"传递.{0,12}失败",
    r"could ?n[o']t be delivered", r"was not delivered", r"undeliverable", r"delivery (has )?failed",
    r"permanent (fatal )?error", r"unable to deliver", r"failed permanently", r"returned to sender",
    r"address(es)? (had|failed)", r"delivery to the following",
)  # fmt: skip
DELAY = _any(
    r"(延迟|延误)(投递|送达|通知)?", r"暂(时|缓|未).{0,16}(投递|送达|发送)",
    r"(仍|还|将)会?继续(尝试|重试|投递|发送)", r"稍后(再次)?重试", r"无需重新发送",
    r"不(必|需要)重(新发送|发)", r"not yet been delivered", r"has been delayed",
    r"delivery (is |was )?delayed", r"will (be )?(retr|keep trying|continue)", r"do not need to resend",
    r"delayed mail", r"warning: could not send", r"still being retried",
    r"delivery attempts will continue", r"正在重试", r"多次尝试.{0,12}继续",
)  # fmt: skip
SUCCESS = _any(
    r"已成功(投递|送达|发送)", r"投递成功", r"邮件已送达", r"successfully delivered",
    r"delivery report.{0,20}success", r"was delivered to",
)  # fmt: skip
FULL = _any(
    r"邮箱(已|太|空间)?满", r"邮箱.{0,8}(容量|空间).{0,8}(不足|已满|超|满)",
    r"(容量|空间|超过|超出).{0,8}(不足|已满|上限|配额|限额)",
    r"超(出|过)?.{0,6}(邮箱)?(容量|配额|限额|空间)", r"mailbox.{0,30}(is )?(full|exceeded)",
    r"over (the )?quota", r"quota.{0,20}exceed", r"exceed.{0,30}quota",
    r"insufficient (disk |system )?(space|storage)", r"not enough (disk )?space", r"mailfull",
    r"storage allocation",
)  # fmt: skip
SOFT = _any(
    r"超时", r"连接.{0,12}(失败|不上|中断|被拒绝)", r"无法连接", r"网络(问题|故障|错误|繁忙)",
    r"(系统|服务器)(繁忙|忙|故障)", r"频率", r"过于频繁", r"并发", r"灰名单", r"稍后", r"暂时",
    r"timed? ?out", r"connection (refused|dropped|lost|frequency)", r"temporar", r"try again",
    r"greylist", r"graylist", r"too many (connections|messages|emails)", r"frequency", r"rate limit",
    r"throttl", r"service (is )?(currently )?unavailable", r"server busy", r"resources temporarily",
    r"no route to host", r"network unreachable", r"delivery time expired", r"message expired",
    r"retry time(out)? (not reached|exceeded)",
)  # fmt: skip
HARD = _any(
    r"(收件人|用户|帐号|账号|账户|地址|邮箱).{0,12}(不存在|有误|错误|无效|未找到|找不到|停用|禁用)",
    r"(收件人|用户|帐号|账号|账户|地址|邮箱).{0,12}(冻结|注销|未注册|不正确|没有找到)",
    r"(不存在|无效)的?(收件人|用户|帐号|账号|地址|邮箱)", r"没有(此|该|这个)(用户|收件人|账号|帐号)",
    r"查无此人", r"域名.{0,12}(不存在|错误|有误|无法解析|解析失败)",
    r"user (is )?(unknown|not found|does ?n[o']t exist)", r"unknown (user|recipient|mailbox|address)",
    r"no such (user|mailbox|address|recipient)",
    r"mailbox (is )?(unavailable|not found|disabled|inactive|does ?n[o']t exist|suspended)",
    r"(account|recipient).{0,30}(disabled|suspended|inactive|not exist|not found|unknown)",
    r"(does|do) ?n[o']t exist", r"address rejected", r"recipient (rejected|not found)",
    r"invalid (recipient|mailbox|user|address)", r"domain.{0,20}(not found|not exist)",
    r"host (not found|unknown)", r"relay(ing)? (access )?denied", r"不允许转发", r"垃圾邮件", r"黑名单",
    r"内容.{0,6}(拒|违规|被拒)", r"policy|spam|blocked|blacklist|content denied|prohibited", r"拒收",
    r"拒绝接收", r"被.{0,8}拒绝",
)  # fmt: skip

# ---- robots -----------------------------------------------------------------------------------------------------

PREFIX = re.compile(
    r"^\s*((re|fw|fwd|aw|tr|回复|答复|回覆|转发|轉寄)\s*(\[\d+\]|\(\d+\))?\s*[:：]\s*)+", re.IGNORECASE
)
AUTO_SUBJECT = _begins(
    r"(假期|休假|外出|离职|系统|邮件)?\s*自动(回复|答复|应答|回覆|回信|响应)",
    r"自動(回覆|回复|答覆)",
    r"automatic reply",
    r"auto[- ]?(reply|response|responder|answer)",
    r"out of (the )?office",
    r"ooo\b",
    r"vacation\b",
    r"away from (my )?(office|mail|desk)",
    r"absence",
    r"(我|本人)?(正在|已|现)?(休假|外出|出差)(中|期间|办公)",
    r"不在办公室",
)
AUTO_HINT = _any(
    r"自动(回复|答复|应答|回覆)", r"auto[- ]?(reply|response|matic reply)", r"out of (the )?office",
    r"休假", r"外出", r"度假", r"离职", r"出差", r"不在办公室", r"vacation", r"\bon leave\b",
    r"\bholiday\b",
)  # fmt: skip
AUTO_BODY = _any(
    r"自动(回复|答复|应答|发送|生成)", r"(请|敬请)勿(直接)?回复", r"系统(自动|邮件|发送)",
    r"(您|你)?(的|发来的|发的)?(邮件|来信|来件)(我|已|本人|我们).{0,6}收到",
    r"(正在|目前|现在|近期)?.{0,6}(休假|外出|出差|度假|离岗|病假|产假|学习培训)(中|期间)?.{0,20}(回复|处理|联系|查看|返回|回来)",
    r"无法(及时|立即|马上|第一时间)", r"不能(及时|立即|马上)(回复|处理|查看)", r"不在办公室",
    r"已(离职|调离|退休|不在本|不再负责|不再担任)", r"尽快(给|与|回复|联系|为)(您|你)",
    r"thank you for your (e-?mail|message)", r"i am (currently |now )?(out|away|on)",
    r"automat(ed|ic(ally)?)", r"do not reply", r"limited access to (my )?e-?mail",
    r"no longer (with|work)",
)  # fmt: skip
RECEIPT_SUBJECT = _begins(
    r"已读回执", r"已读", r"已阅读", r"未读", r"阅读回执", r"读信回执", r"读取回执", r"邮件回执", r"已阅回执",
    r"read[- ]receipt", r"return receipt", r"not read", r"read", r"displayed",
    ends=r"\s*(回执|receipt)?\s*[\]】]?\s*([:：]|回执|receipt|$)",
)  # fmt: skip
RECEIPT_BODY = _any(
    r"(阅读|读取|查看|显示|打开).{0,20}(时间|于|回执|邮件)", r"已(被)?(阅读|读取|打开|显示)",
    r"was (read|displayed|opened)", r"has been (read|displayed)", r"阅读回执", r"return receipt",
    r"is no guarantee that",
)  # fmt: skip
AUTO_HEADERS = (
    "x-autoreply", "x-autorespond", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
    "x-autoresponder", "x-auto-response", "x-autogenerated", "x-fc-machinegenerated",
    "x-post-messageclass", "autoresponder", "x-qq-auto-reply", "x-vacation",
    "x-ms-exchange-generated-message-source", "x-auto-response-suppress", "x-cron-env",
    "x-mailer-daemon", "x-failed-recipients",
)  # fmt: skip
LIST_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "x-mailing-list",
    "feedback-id",
    "x-campaign-id",
    "x-mailgun-sid",
)
