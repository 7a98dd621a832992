"""The life of a matter of administrative litigation (行政争议): kinds, results, states, acts, and who may act.

A matter is one proceeding under one number: a lawsuit in one instance, a review, a duty to perform, an advice. The
next instance is a matter of its own that names the one before it. Its light is not here: it is arithmetic over
facts (core/ladders/litigation.py); what ends the matter puts its light out.
"""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class MatterKind(StrEnum):
    LITIGATION = "litigation"
    REVIEW = "review"
    PERFORMANCE = "performance"
    JUDICIAL_ADVICE = "judicial_advice"
    PROCURATORIAL_ADVICE = "procuratorial_advice"


class Instance(StrEnum):
    FIRST = "first"
    SECOND = "second"
    RETRIAL = "retrial"


class Plaintiff(StrEnum):
    PERSON = "person"
    ENTERPRISE = "enterprise"
    GROUP = "group"


class Result(StrEnum):
    WON = "won"
    PARTLY_LOST = "partly_lost"
    LOST = "lost"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"


class PaperKind(StrEnum):
    """What is handed in on the way (过程材料)."""

    PROGRESS = "progress"
    LOSS_REPORT = "loss_report"
    APPEAL_OPINION = "appeal_opinion"
    RECAP = "recap"
    RECTIFICATION_PLAN = "rectification_plan"
    SELF_CORRECTION = "self_correction"


class Fault(StrEnum):
    """What a recap (复盘) of a lost matter says of responsibility; only a person says it."""

    NONE = "none"
    SLIGHT = "slight"
    GRAVE = "grave"


class MatterState(StrEnum):
    REGISTERED = "registered"
    HANDLING = "handling"
    DECIDED = "decided"
    APPEALED = "appealed"
    PERFORMING = "performing"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ANNULLED = "annulled"


class MatterAct(StrEnum):
    ASSESS = "assess"
    DECIDE = "decide"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    PERFORM = "perform"
    CLOSE = "close"
    ANNUL = "annul"
    REVISE = "revise"


_S, _A = MatterState, MatterAct
_ALIVE = (_S.REGISTERED, _S.HANDLING)
MATTER_MOVES = {
    (_S.REGISTERED, _A.ASSESS): _S.HANDLING,
    (_S.HANDLING, _A.ASSESS): _S.HANDLING,
    **{(state, _A.DECIDE): _S.DECIDED for state in _ALIVE},
    **{(state, _A.SETTLE): _S.SETTLED for state in _ALIVE},
    **{(state, _A.WITHDRAW): _S.WITHDRAWN for state in _ALIVE},
    **{(state, _A.PERFORM): _S.PERFORMING for state in (*_ALIVE, _S.DECIDED, _S.SETTLED)},
    (_S.DECIDED, _A.APPEAL): _S.APPEALED,
    (_S.PERFORMING, _A.SETTLE): _S.SETTLED,
    **{
        (state, _A.CLOSE): _S.CLOSED
        for state in (_S.DECIDED, _S.APPEALED, _S.PERFORMING, _S.SETTLED, _S.WITHDRAWN)
    },
    **{(state, _A.ANNUL): _S.ANNULLED for state in _ALIVE},
    **{(state, _A.REVISE): _S.HANDLING for state in (_S.DECIDED, _S.SETTLED, _S.WITHDRAWN)},
}
_OFFICE = frozenset({"officer", "leader", "director"})
_HEADS = frozenset({"leader", "director"})
MATTER = Machine(
    code="matter",
    thing="行政争议事项",
    moves=MATTER_MOVES,
    state_labels={
        _S.REGISTERED: "待评分",
        _S.HANDLING: "办理中",
        _S.DECIDED: "已裁判",
        _S.APPEALED: "已进入下一审级",
        _S.PERFORMING: "履行中",
        _S.SETTLED: "已和解",
        _S.WITHDRAWN: "已撤诉",
        _S.CLOSED: "已办结",
        _S.ANNULLED: "登记已撤销",
    },
    act_labels={
        _A.ASSESS: "评分",
        _A.DECIDE: "登记裁判（复议决定、答复）",
        _A.SETTLE: "登记和解",
        _A.WITHDRAW: "登记撤诉",
        _A.APPEAL: "登记进入下一审级",
        _A.PERFORM: "登记进入履行",
        _A.CLOSE: "核销归档",
        _A.ANNUL: "撤销登记",
        _A.REVISE: "更正裁判登记",
    },
    actors={
        _A.ASSESS: _OFFICE | {"reviewer"},
        **dict.fromkeys((_A.DECIDE, _A.SETTLE, _A.WITHDRAW, _A.APPEAL, _A.PERFORM), _OFFICE),
        _A.CLOSE: _HEADS,
        _A.ANNUL: frozenset({"director"}),
        _A.REVISE: frozenset({"director"}),
    },
)
OVER = frozenset({_S.CLOSED, _S.ANNULLED})
"""A matter in these states shows no light and is looked at no more."""

MATTER_KIND_LABELS = {
    MatterKind.LITIGATION: "行政诉讼",
    MatterKind.REVIEW: "行政复议",
    MatterKind.PERFORMANCE: "生效裁判履行",
    MatterKind.JUDICIAL_ADVICE: "司法建议",
    MatterKind.PROCURATORIAL_ADVICE: "检察建议",
}
INSTANCE_LABELS = {Instance.FIRST: "一审", Instance.SECOND: "二审", Instance.RETRIAL: "再审"}
PLAINTIFF_LABELS = {Plaintiff.PERSON: "个人", Plaintiff.ENTERPRISE: "企业", Plaintiff.GROUP: "群体"}
RESULT_LABELS = {
    Result.WON: "胜诉",
    Result.PARTLY_LOST: "部分败诉",
    Result.LOST: "败诉",
    Result.SETTLED: "和解",
    Result.WITHDRAWN: "撤诉",
    Result.ANSWERED: "已回复",
}
PAPER_KIND_LABELS = {
    PaperKind.PROGRESS: "化解进展报告",
    PaperKind.LOSS_REPORT: "败诉报告",
    PaperKind.APPEAL_OPINION: "上诉意见",
    PaperKind.RECAP: "复盘报告",
    PaperKind.RECTIFICATION_PLAN: "整改（履行）方案",
    PaperKind.SELF_CORRECTION: "自我纠错情况",
}
FAULT_LABELS = {Fault.NONE: "无责任", Fault.SLIGHT: "一般过失", Fault.GRAVE: "故意或重大过失"}

BAD = frozenset({Result.LOST, Result.PARTLY_LOST})
"""Results that count as lost; a settlement or a withdrawal never does (依法自我纠错、主动和解的不作为问责依据)."""
ACT_OF: dict[Result, MatterAct] = {
    Result.WON: _A.DECIDE,
    Result.PARTLY_LOST: _A.DECIDE,
    Result.LOST: _A.DECIDE,
    Result.ANSWERED: _A.DECIDE,
    Result.SETTLED: _A.SETTLE,
    Result.WITHDRAWN: _A.WITHDRAW,
}
_DISPUTE = frozenset({Result.WON, Result.PARTLY_LOST, Result.LOST, Result.SETTLED, Result.WITHDRAWN})
_ADVICE = frozenset({Result.ANSWERED})
RESULTS_OF: dict[MatterKind, frozenset[Result]] = {
    MatterKind.LITIGATION: _DISPUTE,
    MatterKind.REVIEW: _DISPUTE,
    MatterKind.PERFORMANCE: frozenset({Result.SETTLED}),
    MatterKind.JUDICIAL_ADVICE: _ADVICE,
    MatterKind.PROCURATORIAL_ADVICE: _ADVICE,
}
"""The results a kind of matter can have; a duty to perform ends by being performed, or by a settlement."""

FIRST_CLOCK: dict[tuple[MatterKind, Instance | None], tuple[str, str]] = {
    (MatterKind.LITIGATION, Instance.FIRST): ("defence_due", "litigation_defence"),
    (MatterKind.REVIEW, None): ("review_reply_due", "review_reply"),
    (MatterKind.JUDICIAL_ADVICE, None): ("advice_due", "judicial_advice_reply"),
    (MatterKind.PROCURATORIAL_ADVICE, None): ("advice_due", "procuratorial_advice_reply"),
}
"""{kind and instance: the date that runs from receipt, and the statutory clock that sets it}."""
