"""Every life of ducha in one list: what the state diagrams, their table and the tests of every move are made from.

A life that has its own file brings its machine; those of `core/life/lives.py` get their words and roles here.
"""

from __future__ import annotations

from core.life.accountlife import ACCOUNT
from core.life.archivelife import ARCHIVE
from core.life.campaignlife import INQUIRY, OCCURRENCE, SCOPE_CHANGE
from core.life.caselife import CASE
from core.life.declarationlife import DECLARATION
from core.life.delegationlife import DELEGATION
from core.life.freezelife import FREEZE
from core.life.halflife import HALF_REPORT
from core.life.inboundlife import INBOUND
from core.life.incominglife import INCOMING
from core.life.interviewlife import INTERVIEW
from core.life.leadlife import LEAD, LEAD_EXTENSION
from core.life.lives import (
    CALENDAR_MOVES,
    CALENDAR_STATE_LABELS,
    CAMPAIGN_MOVES,
    DOCUMENT_MOVES,
    DOCUMENT_STATE_LABELS,
    FINDING_MOVES,
    MESSAGE_MOVES,
    MESSAGE_STATE_LABELS,
    CalendarAct,
    CampaignAct,
    CampaignState,
    DocumentAct,
    FindingAct,
    FindingState,
    MessageAct,
)
from core.life.machines import Machine
from core.life.matterlife import MATTER
from core.life.periodlife import PERIOD, REPORT
from core.life.referrallife import REFERRAL
from core.life.sidelife import COMPLAINT, PLAN, REQUEST
from core.life.tasklife import TASK
from core.life.unitlife import UNIT_CHANGE


def _roles(text: str) -> frozenset[str]:
    return frozenset(text.split())


_P, _PA = CampaignState, CampaignAct
CAMPAIGN = Machine(
    code="campaign",
    thing="督察批次",
    moves=CAMPAIGN_MOVES,
    state_labels={
        _P.PLANNED: "已编制",
        _P.APPROVED: "已批准",
        _P.OPEN: "实施中",
        _P.CLOSED: "已办结",
        _P.CALLED_OFF: "已取消",
    },
    act_labels={_PA.APPROVE: "批准督察方案", _PA.OPEN: "启动", _PA.CLOSE: "办结", _PA.CALL_OFF: "取消批次"},
    actors={
        _PA.APPROVE: _roles("director"),
        _PA.OPEN: _roles("officer director"),
        _PA.CLOSE: _roles("director"),
        _PA.CALL_OFF: _roles("director"),
    },
)
_F, _FA = FindingState, FindingAct
FINDING = Machine(
    code="finding",
    thing="问题",
    moves=FINDING_MOVES,
    state_labels={_F.PAPER: "督察底稿", _F.CONFIRMED: "已认定", _F.WITHDRAWN: "已撤销"},
    act_labels={_FA.CONFIRM: "认定", _FA.WITHDRAW: "撤销"},
    actors={
        _FA.CONFIRM: _roles("officer director reviewer leader"),
        _FA.WITHDRAW: _roles("director reviewer"),
    },
)
_T = DocumentAct
DOCUMENT = Machine(
    code="document",
    thing="文书",
    moves=DOCUMENT_MOVES,
    state_labels=DOCUMENT_STATE_LABELS,
    act_labels={
        _T.SHEET: "送核",
        _T.APPROVE: "核稿通过",
        _T.RETURN: "退回修改",
        _T.EDIT: "修改文稿",
        _T.SIGN: "签发",
        _T.SEAL: "登记用印",
        _T.ISSUE: "发出",
        _T.SERVE: "送达",
        _T.VOID: "作废",
    },
    actors={
        _T.SHEET: _roles("officer director leader"),
        _T.APPROVE: _roles("officer director leader reviewer"),
        _T.RETURN: _roles("officer director leader reviewer"),
        _T.EDIT: _roles("officer director leader"),
        _T.SIGN: _roles("director leader"),
        _T.SEAL: _roles("officer director"),
        _T.SERVE: _roles("unit officer director leader inspector"),
        _T.VOID: _roles("director"),
    },
)
_C = MessageAct
MESSAGE = Machine(
    code="message",
    thing="邮件",
    moves=MESSAGE_MOVES,
    state_labels=MESSAGE_STATE_LABELS,
    act_labels={
        _C.CLAIM: "取出待发",
        _C.ACCEPT: "记为已投递",
        _C.REJECT: "记为拒收",
        _C.DEFER: "稍后再发",
        _C.LOSE_TRACK: "结果不明",
        _C.BOUNCE: "收到退信",
        _C.RETRY: "自动再发一次",
        _C.RESEND: "重发",
        _C.CANCEL: "取消",
    },
    actors={_C.ACCEPT: _roles("officer director"), _C.RESEND: _roles("officer director")},
)
_Y = CalendarAct
CALENDAR = Machine(
    code="calendar",
    thing="年度工作日历",
    moves=CALENDAR_MOVES,
    state_labels=CALENDAR_STATE_LABELS,
    act_labels={_Y.CONFIRM: "确认", _Y.REJECT: "否决", _Y.REPLACE: "被新表替换"},
    actors={_Y.CONFIRM: _roles("officer director"), _Y.REJECT: _roles("officer director")},
)

MACHINES: tuple[Machine, ...] = (
    *(CAMPAIGN, SCOPE_CHANGE, OCCURRENCE, INQUIRY, DECLARATION, FINDING),
    *(CASE, PLAN, REQUEST, COMPLAINT, FREEZE, HALF_REPORT),
    *(DOCUMENT, DELEGATION, MESSAGE, INBOUND, INTERVIEW),
    *(REFERRAL, LEAD, LEAD_EXTENSION, INCOMING, MATTER),
    *(CALENDAR, UNIT_CHANGE, PERIOD, REPORT, ARCHIVE, TASK, ACCOUNT),
)
# What each act and each state is called, by the subject under which the audit has it.
ACT_WORDS = {
    (machine.code, act.value): label for machine in MACHINES for act, label in machine.act_labels.items()
}
STATE_WORDS = {
    (machine.code, str(state)): label for machine in MACHINES for state, label in machine.state_labels.items()
}
