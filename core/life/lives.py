"""The lives of campaigns, findings, papers, mails, referrals and calendar years: an enum and a table of moves each."""

from __future__ import annotations

from enum import StrEnum


class CampaignState(StrEnum):
    PLANNED = "planned"
    APPROVED = "approved"
    OPEN = "open"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


class CampaignAct(StrEnum):
    APPROVE = "approve"
    OPEN = "open"
    CLOSE = "close"
    CALL_OFF = "call_off"


CAMPAIGN_MOVES = {
    (CampaignState.PLANNED, CampaignAct.APPROVE): CampaignState.APPROVED,
    (CampaignState.APPROVED, CampaignAct.OPEN): CampaignState.OPEN,
    (CampaignState.OPEN, CampaignAct.CLOSE): CampaignState.CLOSED,
    (CampaignState.PLANNED, CampaignAct.CALL_OFF): CampaignState.CALLED_OFF,
    (CampaignState.APPROVED, CampaignAct.CALL_OFF): CampaignState.CALLED_OFF,
}
CAMPAIGN_OVER = (CampaignState.CLOSED.value, CampaignState.CALLED_OFF.value)


class FindingState(StrEnum):
    PAPER = "paper"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class FindingAct(StrEnum):
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"


FINDING_MOVES = {
    (FindingState.PAPER, FindingAct.CONFIRM): FindingState.CONFIRMED,
    (FindingState.PAPER, FindingAct.WITHDRAW): FindingState.WITHDRAWN,
    (FindingState.CONFIRMED, FindingAct.WITHDRAW): FindingState.WITHDRAWN,
}


class DocumentState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SIGNED = "signed"
    SEALED = "sealed"
    ISSUED = "issued"
    SERVED = "served"
    VOID = "void"


class DocumentAct(StrEnum):
    SHEET = "sheet"
    APPROVE = "approve"
    RETURN = "return"
    EDIT = "edit"
    SIGN = "sign"
    SEAL = "seal"
    ISSUE = "issue"
    SERVE = "serve"
    VOID = "void"


_D, _T = DocumentState, DocumentAct
DOCUMENT_MOVES = {
    (_D.DRAFT, _T.SHEET): _D.IN_REVIEW,
    (_D.IN_REVIEW, _T.SHEET): _D.IN_REVIEW,
    (_D.DRAFT, _T.EDIT): _D.DRAFT,
    (_D.IN_REVIEW, _T.APPROVE): _D.IN_REVIEW,
    (_D.IN_REVIEW, _T.RETURN): _D.DRAFT,
    (_D.IN_REVIEW, _T.EDIT): _D.DRAFT,
    (_D.DRAFT, _T.SIGN): _D.SIGNED,
    (_D.IN_REVIEW, _T.SIGN): _D.SIGNED,
    (_D.SIGNED, _T.SEAL): _D.SEALED,
    (_D.SIGNED, _T.ISSUE): _D.ISSUED,
    (_D.SEALED, _T.ISSUE): _D.ISSUED,
    (_D.ISSUED, _T.SERVE): _D.SERVED,
    (_D.SERVED, _T.SERVE): _D.SERVED,
    (_D.DRAFT, _T.VOID): _D.VOID,
    (_D.IN_REVIEW, _T.VOID): _D.VOID,
    (_D.SIGNED, _T.VOID): _D.VOID,
    (_D.SEALED, _T.VOID): _D.VOID,
    (_D.ISSUED, _T.VOID): _D.VOID,
}
DOCUMENT_STATE_LABELS = {
    _D.DRAFT: "拟稿",
    _D.IN_REVIEW: "核稿",
    _D.SIGNED: "已签发",
    _D.SEALED: "已用印",
    _D.ISSUED: "已发出",
    _D.SERVED: "已送达",
    _D.VOID: "作废",
}


class MessageState(StrEnum):
    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


class MessageAct(StrEnum):
    CLAIM = "claim"
    ACCEPT = "accept"
    REJECT = "reject"
    DEFER = "defer"
    LOSE_TRACK = "lose_track"
    BOUNCE = "bounce"
    RETRY = "retry"
    RESEND = "resend"
    CANCEL = "cancel"


_M, _C = MessageState, MessageAct
MESSAGE_MOVES = {
    (_M.READY, _C.CLAIM): _M.SENDING,
    (_M.READY, _C.CANCEL): _M.CANCELLED,
    (_M.READY, _C.REJECT): _M.REJECTED,
    # After a restore the journal of the machine may tell that it went out.
    (_M.READY, _C.LOSE_TRACK): _M.UNKNOWN,
    (_M.SENDING, _C.ACCEPT): _M.ACCEPTED,
    (_M.SENDING, _C.REJECT): _M.REJECTED,
    (_M.SENDING, _C.DEFER): _M.READY,
    (_M.SENDING, _C.LOSE_TRACK): _M.UNKNOWN,
    (_M.UNKNOWN, _C.ACCEPT): _M.ACCEPTED,
    # What the sender itself, or the journal of its machine, says later.
    (_M.UNKNOWN, _C.REJECT): _M.REJECTED,
    (_M.UNKNOWN, _C.DEFER): _M.READY,
    (_M.UNKNOWN, _C.RESEND): _M.READY,
    (_M.ACCEPTED, _C.BOUNCE): _M.BOUNCED,
    (_M.UNKNOWN, _C.BOUNCE): _M.BOUNCED,
    (_M.BOUNCED, _C.RESEND): _M.READY,
    (_M.BOUNCED, _C.RETRY): _M.READY,
    (_M.REJECTED, _C.RESEND): _M.READY,
}
MESSAGE_STATE_LABELS = {
    _M.READY: "待发",
    _M.SENDING: "发送中",
    _M.ACCEPTED: "已投递",
    _M.REJECTED: "被拒收",
    _M.UNKNOWN: "结果不明",
    _M.BOUNCED: "被退回",
    _M.CANCELLED: "已取消",
}


class ReferralState(StrEnum):
    SCREENING = "screening"
    OPINION = "opinion"
    STUDY = "study"
    APPROVED = "approved"
    DECLINED = "declined"
    SENT = "sent"
    RECEIVED = "received"
    RETURNED = "returned"
    PASSED_ON = "passed_on"
    RESULTED = "resulted"
    CLOSED = "closed"


class ReferralAct(StrEnum):
    SCREEN = "screen"
    STUDY = "study"
    APPROVE = "approve"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    SEND = "send"
    RECEIPT = "receipt"
    RETURN = "return"
    PASS_ON = "pass_on"
    RESULT = "result"
    CLOSE = "close"


_R, _L = ReferralState, ReferralAct
REFERRAL_MOVES = {
    (_R.SCREENING, _L.SCREEN): _R.OPINION,
    (_R.SCREENING, _L.DECLINE): _R.DECLINED,
    (_R.OPINION, _L.STUDY): _R.STUDY,
    (_R.OPINION, _L.DECLINE): _R.DECLINED,
    (_R.OPINION, _L.SEND_BACK): _R.SCREENING,
    (_R.STUDY, _L.APPROVE): _R.APPROVED,
    (_R.STUDY, _L.DECLINE): _R.DECLINED,
    (_R.STUDY, _L.SEND_BACK): _R.SCREENING,
    (_R.APPROVED, _L.SEND): _R.SENT,
    (_R.APPROVED, _L.DECLINE): _R.DECLINED,
    (_R.SENT, _L.RECEIPT): _R.RECEIVED,
    (_R.SENT, _L.RETURN): _R.RETURNED,
    (_R.SENT, _L.PASS_ON): _R.PASSED_ON,
    (_R.RETURNED, _L.SEND): _R.SENT,
    (_R.RETURNED, _L.CLOSE): _R.CLOSED,
    (_R.RECEIVED, _L.RETURN): _R.RETURNED,
    (_R.RECEIVED, _L.PASS_ON): _R.PASSED_ON,
    (_R.RECEIVED, _L.RESULT): _R.RESULTED,
    (_R.PASSED_ON, _L.RECEIPT): _R.RECEIVED,
    (_R.PASSED_ON, _L.RETURN): _R.RETURNED,
    (_R.PASSED_ON, _L.PASS_ON): _R.PASSED_ON,
    (_R.PASSED_ON, _L.RESULT): _R.RESULTED,
    (_R.RESULTED, _L.RESULT): _R.RESULTED,
    (_R.RESULTED, _L.CLOSE): _R.CLOSED,
}
REFERRAL_STATE_LABELS = {
    _R.SCREENING: "线索筛查",
    _R.OPINION: "已提初核意见",
    _R.STUDY: "已集体研究",
    _R.APPROVED: "已批准移送",
    _R.DECLINED: "不予移送",
    _R.SENT: "已移送",
    _R.RECEIVED: "已接收",
    _R.RETURNED: "被退回",
    _R.PASSED_ON: "已转送",
    _R.RESULTED: "已反馈结果",
    _R.CLOSED: "已办结",
}


class CalendarState(StrEnum):
    """A year's table that was proposed (放假安排)."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    REPLACED = "replaced"


class CalendarAct(StrEnum):
    CONFIRM = "confirm"
    REJECT = "reject"
    REPLACE = "replace"


_Y, _A = CalendarState, CalendarAct
CALENDAR_MOVES = {
    (_Y.PROPOSED, _A.CONFIRM): _Y.IN_FORCE,
    (_Y.PROPOSED, _A.REJECT): _Y.REJECTED,
    (_Y.PROPOSED, _A.REPLACE): _Y.REPLACED,
}
CALENDAR_STATE_LABELS = {
    _Y.PROPOSED: "待第二人确认",
    _Y.IN_FORCE: "已生效",
    _Y.REJECTED: "已否决",
    _Y.REPLACED: "已被替换",
}
