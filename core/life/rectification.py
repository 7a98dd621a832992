"""The life of a rectification case (整改事项): states, acts, who may act, and the one table of moves.

Lateness is not here: it is arithmetic over dates (core/ladders/ladder.py). Only acts change the state.
"""

from __future__ import annotations

from enum import StrEnum

from core.errors import IllegalMove, InvalidInput
from core.life.moves import acts_from, step


class CaseState(StrEnum):
    OPEN = "open"
    PLANNED = "planned"
    RECTIFYING = "rectifying"
    CLOSURE_APPLIED = "closure_applied"
    VERIFIED = "verified"
    CLOSED = "closed"
    LOOK_BACK = "look_back"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


class CaseAct(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    SUBMIT_PLAN = "submit_plan"
    APPROVE_PLAN = "approve_plan"
    RETURN_PLAN = "return_plan"
    REPORT_PROGRESS = "report_progress"
    REQUEST_EXTENSION = "request_extension"
    DECIDE_EXTENSION = "decide_extension"
    OBJECT = "object"
    DECIDE_OBJECTION = "decide_objection"
    SUSPEND = "suspend"
    RESUME = "resume"
    APPLY_CLOSURE = "apply_closure"
    VERIFY = "verify"
    RETURN = "return"
    CLOSE = "close"
    SCHEDULE_LOOK_BACK = "schedule_look_back"
    LOOK_BACK = "look_back"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    CORRECT_ON_SPOT = "correct_on_spot"
    FLAG = "flag"
    ENDORSE = "endorse"
    WITHDRAW_REQUEST = "withdraw_request"
    REQUEST_LONG_TERM = "request_long_term"
    DECIDE_LONG_TERM = "decide_long_term"
    REVIEW_STAGE = "review_stage"
    ADMIT_OBJECTION = "admit_objection"
    REFER = "refer"
    RELEASE = "release"
    RECORD_COMPLAINT = "record_complaint"
    SETTLE_COMPLAINT = "settle_complaint"


class RequestKind(StrEnum):
    EXTENSION = "extension"
    OBJECTION = "objection"
    SUSPENSION = "suspension"
    LONG_TERM = "long_term"


class RequestState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CASE_STATE_LABELS = {
    CaseState.OPEN: "待报方案",
    CaseState.PLANNED: "方案待审",
    CaseState.RECTIFYING: "整改中",
    CaseState.CLOSURE_APPLIED: "申请销号",
    CaseState.VERIFIED: "已核查",
    CaseState.CLOSED: "已销号",
    CaseState.LOOK_BACK: "待回头看",
    CaseState.ARCHIVED: "已归档",
    CaseState.WITHDRAWN: "已撤销",
}
REQUEST_LABELS = {
    RequestKind.EXTENSION: "延期申请", RequestKind.OBJECTION: "异议",
    RequestKind.SUSPENSION: "中止计时", RequestKind.LONG_TERM: "长期整改申请",
}  # fmt: skip
REQUEST_STATE_LABELS = {
    RequestState.REQUESTED: "待办理", RequestState.GRANTED: "同意",
    RequestState.REFUSED: "不同意", RequestState.WITHDRAWN: "已撤回",
}  # fmt: skip
CASE_ACT_LABELS = {
    CaseAct.ACKNOWLEDGE: "签收",
    CaseAct.SUBMIT_PLAN: "报送整改方案",
    CaseAct.APPROVE_PLAN: "审核同意方案",
    CaseAct.RETURN_PLAN: "退回方案",
    CaseAct.REPORT_PROGRESS: "报送进展",
    CaseAct.REQUEST_EXTENSION: "申请延期",
    CaseAct.DECIDE_EXTENSION: "审批延期",
    CaseAct.OBJECT: "提出异议",
    CaseAct.DECIDE_OBJECTION: "办理异议",
    CaseAct.SUSPEND: "中止计时",
    CaseAct.RESUME: "恢复计时",
    CaseAct.APPLY_CLOSURE: "申请销号",
    CaseAct.VERIFY: "核查验收",
    CaseAct.RETURN: "退回补充整改",
    CaseAct.CLOSE: "批准销号",
    CaseAct.SCHEDULE_LOOK_BACK: "确定回头看日期",
    CaseAct.LOOK_BACK: "回头看",
    CaseAct.REOPEN: "反弹重启",
    CaseAct.WITHDRAW: "撤销",
    CaseAct.CORRECT_ON_SPOT: "当场纠正",
    CaseAct.FLAG: "登记升级事件",
    CaseAct.ENDORSE: "单位负责人审核申请",
    CaseAct.WITHDRAW_REQUEST: "撤回申请",
    CaseAct.REQUEST_LONG_TERM: "申请长期整改",
    CaseAct.DECIDE_LONG_TERM: "审批长期整改",
    CaseAct.REVIEW_STAGE: "复核阶段目标",
    CaseAct.ADMIT_OBJECTION: "准许逾期异议",
    CaseAct.REFER: "转线索",
    CaseAct.RELEASE: "解除锁定",
    CaseAct.RECORD_COMPLAINT: "登记公示反映",
    CaseAct.SETTLE_COMPLAINT: "核实公示反映",
}

_S, _A = CaseState, CaseAct
_RUNNING = (_S.OPEN, _S.PLANNED, _S.RECTIFYING)
_UNSETTLED = (*_RUNNING, _S.CLOSURE_APPLIED, _S.VERIFIED)
_SIDE_ACTS = (
    _A.REPORT_PROGRESS, _A.REQUEST_EXTENSION, _A.DECIDE_EXTENSION, _A.OBJECT, _A.DECIDE_OBJECTION, _A.SUSPEND,
    _A.RESUME, _A.FLAG, _A.ENDORSE, _A.WITHDRAW_REQUEST, _A.REQUEST_LONG_TERM, _A.DECIDE_LONG_TERM, _A.REVIEW_STAGE,
    _A.ADMIT_OBJECTION,
)  # fmt: skip
MOVES: dict[tuple[CaseState, CaseAct], CaseState] = {
    (_S.OPEN, _A.ACKNOWLEDGE): _S.OPEN,
    (_S.OPEN, _A.SUBMIT_PLAN): _S.PLANNED,
    (_S.OPEN, _A.CORRECT_ON_SPOT): _S.VERIFIED,
    (_S.PLANNED, _A.ACKNOWLEDGE): _S.PLANNED,
    (_S.PLANNED, _A.SUBMIT_PLAN): _S.PLANNED,
    (_S.PLANNED, _A.APPROVE_PLAN): _S.RECTIFYING,
    (_S.PLANNED, _A.RETURN_PLAN): _S.OPEN,
    (_S.RECTIFYING, _A.ACKNOWLEDGE): _S.RECTIFYING,
    (_S.RECTIFYING, _A.SUBMIT_PLAN): _S.PLANNED,
    (_S.RECTIFYING, _A.APPLY_CLOSURE): _S.CLOSURE_APPLIED,
    **{(state, act): state for state in _RUNNING for act in _SIDE_ACTS},
    **{(state, _A.WITHDRAW): _S.WITHDRAWN for state in _RUNNING},
    **{(state, act): state for state in _UNSETTLED for act in (_A.REFER, _A.RELEASE)},
    (_S.CLOSURE_APPLIED, _A.VERIFY): _S.VERIFIED,
    (_S.CLOSURE_APPLIED, _A.RETURN): _S.RECTIFYING,
    (_S.CLOSURE_APPLIED, _A.FLAG): _S.CLOSURE_APPLIED,
    (_S.CLOSURE_APPLIED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.VERIFIED, _A.CLOSE): _S.CLOSED,
    (_S.VERIFIED, _A.RETURN): _S.RECTIFYING,
    (_S.VERIFIED, _A.FLAG): _S.VERIFIED,
    (_S.VERIFIED, _A.RECORD_COMPLAINT): _S.VERIFIED,
    (_S.VERIFIED, _A.SETTLE_COMPLAINT): _S.VERIFIED,
    (_S.CLOSED, _A.SCHEDULE_LOOK_BACK): _S.LOOK_BACK,
    (_S.CLOSED, _A.REOPEN): _S.RECTIFYING,
    (_S.LOOK_BACK, _A.SCHEDULE_LOOK_BACK): _S.LOOK_BACK,
    (_S.LOOK_BACK, _A.LOOK_BACK): _S.ARCHIVED,
    (_S.LOOK_BACK, _A.REOPEN): _S.RECTIFYING,
    (_S.ARCHIVED, _A.REOPEN): _S.RECTIFYING,
}
CLOCK_RUNS = frozenset(_RUNNING)
_WHILE_SUSPENDED = frozenset({
    _A.RESUME, _A.REPORT_PROGRESS, _A.FLAG, _A.WITHDRAW, _A.DECIDE_OBJECTION, _A.RELEASE, _A.WITHDRAW_REQUEST,
})  # fmt: skip
# Acts whose record lies elsewhere, in a compartment of its own: the case and its timeline do not tell of them.
QUIET = frozenset({_A.REFER, _A.RELEASE})
SETTLED = frozenset({_S.CLOSED, _S.LOOK_BACK, _S.ARCHIVED, _S.WITHDRAWN})

# An act with a verdict that says no is carried out as the act that undoes the step.
_TURNED: dict[tuple[CaseAct, str], CaseAct] = {
    (_A.VERIFY, "failed"): _A.RETURN,
    (_A.LOOK_BACK, "rebounded"): _A.REOPEN,
    (_A.DECIDE_OBJECTION, "upheld"): _A.WITHDRAW,
    (_A.SETTLE_COMPLAINT, "founded"): _A.RETURN,
}
VERDICTS: dict[CaseAct, tuple[str, ...]] = {
    _A.VERIFY: ("passed", "failed"),
    _A.LOOK_BACK: ("held", "rebounded"),
    _A.DECIDE_EXTENSION: ("granted", "refused"),
    _A.DECIDE_OBJECTION: ("upheld", "rejected", "changed"),
    _A.ENDORSE: ("agreed", "declined"),
    _A.DECIDE_LONG_TERM: ("granted", "refused"),
    _A.REVIEW_STAGE: ("met", "missed"),
    _A.SETTLE_COMPLAINT: ("founded", "unfounded"),
}
# What `case act --set` takes, by act; a key with a star must be given.
KEYS: dict[CaseAct, tuple[str, ...]] = {
    _A.SUBMIT_PLAN: ("measures", "owner", "until", "goal", "subject", "verifier_unit", "horizon", "evidence"),
    _A.REPORT_PROGRESS: ("percent*", "text", "measure", "evidence"),
    _A.REQUEST_EXTENSION: ("until*",),
    _A.DECIDE_EXTENSION: ("verdict*", "until"),
    _A.DECIDE_OBJECTION: ("verdict*", "severity", "until"),
    _A.SUSPEND: ("basis",),
    _A.APPLY_CLOSURE: ("done", "evidence"),
    _A.VERIFY: ("verdict*", "second", "manner"),
    _A.SCHEDULE_LOOK_BACK: ("on*",),
    _A.LOOK_BACK: ("verdict*",),
    _A.REOPEN: ("until",),
    _A.FLAG: ("event*",),
    _A.CORRECT_ON_SPOT: ("evidence",),
    _A.ENDORSE: ("verdict*",),
    _A.WITHDRAW_REQUEST: ("kind*",),
    _A.REQUEST_LONG_TERM: ("until*", "stages*"),
    _A.DECIDE_LONG_TERM: ("verdict*",),
    _A.REVIEW_STAGE: ("verdict*",),
    _A.ADMIT_OBJECTION: ("until*",),
    _A.SETTLE_COMPLAINT: ("number*", "verdict*"),
}


class Role(StrEnum):
    """Who somebody is towards a case."""

    UNIT = "unit"
    INSPECTOR = "inspector"
    LEADER = "leader"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    VERIFIER = "verifier"
    DIRECTOR = "director"
    LINKAGE = "linkage"


_OFFICE = frozenset({Role.OFFICER, Role.DIRECTOR})
_UNIT_OR_OFFICER = frozenset({Role.UNIT, Role.OFFICER})
ACTORS: dict[CaseAct, frozenset[Role]] = {
    _A.ACKNOWLEDGE: _UNIT_OR_OFFICER,
    _A.SUBMIT_PLAN: _UNIT_OR_OFFICER,
    _A.APPROVE_PLAN: _OFFICE | {Role.LEADER, Role.REVIEWER},
    _A.RETURN_PLAN: _OFFICE | {Role.LEADER, Role.REVIEWER},
    _A.REPORT_PROGRESS: _UNIT_OR_OFFICER,
    _A.REQUEST_EXTENSION: _UNIT_OR_OFFICER,
    _A.DECIDE_EXTENSION: frozenset({Role.DIRECTOR}),
    _A.OBJECT: _UNIT_OR_OFFICER,
    _A.DECIDE_OBJECTION: frozenset({Role.DIRECTOR, Role.REVIEWER}),
    _A.SUSPEND: frozenset({Role.DIRECTOR}),
    _A.RESUME: _OFFICE,
    _A.APPLY_CLOSURE: _UNIT_OR_OFFICER,
    _A.VERIFY: frozenset({Role.VERIFIER, Role.INSPECTOR, Role.LEADER}),
    _A.RETURN: _OFFICE | {Role.VERIFIER, Role.LEADER},
    _A.CLOSE: frozenset({Role.DIRECTOR}),
    _A.SCHEDULE_LOOK_BACK: _OFFICE,
    _A.LOOK_BACK: frozenset({Role.VERIFIER, Role.INSPECTOR, Role.LEADER}),
    _A.REOPEN: _OFFICE,
    _A.WITHDRAW: frozenset({Role.DIRECTOR}),
    _A.CORRECT_ON_SPOT: frozenset({Role.INSPECTOR, Role.LEADER, Role.OFFICER}),
    _A.FLAG: _OFFICE | {Role.VERIFIER, Role.INSPECTOR, Role.LEADER, Role.REVIEWER},
    _A.ENDORSE: frozenset({Role.UNIT}),
    _A.WITHDRAW_REQUEST: _UNIT_OR_OFFICER,
    _A.REQUEST_LONG_TERM: _UNIT_OR_OFFICER,
    _A.DECIDE_LONG_TERM: frozenset({Role.DIRECTOR}),
    _A.REVIEW_STAGE: _OFFICE | {Role.VERIFIER, Role.LEADER},
    _A.ADMIT_OBJECTION: frozenset({Role.DIRECTOR, Role.REVIEWER}),
    _A.REFER: _OFFICE | {Role.REVIEWER, Role.LINKAGE},
    _A.RELEASE: frozenset({Role.DIRECTOR}),
    _A.RECORD_COMPLAINT: _OFFICE,
    _A.SETTLE_COMPLAINT: _OFFICE,
}


def effective_act(act: CaseAct, verdict: str | None) -> CaseAct:
    """Return the act that is carried out once its verdict is known; raise InvalidInput for an unknown verdict."""
    choices = VERDICTS.get(act)
    if choices is None:
        return act
    if verdict not in choices:
        raise InvalidInput(
            f"操作 {act} 的结论不正确",
            found=verdict or "未填写",
            expected=" 或 ".join(choices),
            remedy=f"加上 --set verdict={choices[0]}",
        )
    return _TURNED.get((act, verdict), act)


def move_case(state: CaseState, act: CaseAct, *, suspended: bool = False) -> CaseState:
    """Return the state after an act; a suspended case takes only what does not need its clock.

    raises   IllegalMove naming the acts that are possible now
    """
    allowed = possible_acts(state, suspended=suspended)
    if act in allowed:
        return step(MOVES, state, act, "整改事项")
    if suspended:
        raise IllegalMove("整改事项", state, act, allowed, why="已中止计时")
    raise IllegalMove("整改事项", state, act, allowed, why="未中止计时" if act is _A.RESUME else "")


def possible_acts(state: CaseState, *, suspended: bool = False) -> tuple[str, ...]:
    """Return the codes of the acts a case may take now."""
    acts = acts_from(MOVES, state)
    if suspended:
        return tuple(a for a in acts if a in _WHILE_SUSPENDED)
    return tuple(a for a in acts if a != "resume")
