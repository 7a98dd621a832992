"""The words of forms of acts on cases: conclusions to choose from, and what the note of each act is called."""

from __future__ import annotations

from core.life.rectification import CaseAct

Options = tuple[tuple[str, str], ...]
VERDICTS: dict[CaseAct, tuple[str, Options]] = {
    CaseAct.VERIFY: ("核查结论", (("passed", "通过"), ("failed", "未通过，退回补充整改"))),
    CaseAct.LOOK_BACK: ("回头看结论", (("held", "未反弹，归档"), ("rebounded", "反弹，重启整改"))),
    CaseAct.DECIDE_EXTENSION: ("审批结论", (("granted", "同意延期"), ("refused", "不同意"))),
    CaseAct.DECIDE_OBJECTION: (
        "复核结论",
        (("upheld", "异议成立，撤销问题"), ("rejected", "异议不成立"), ("changed", "变更原认定")),
    ),
    CaseAct.DECIDE_LONG_TERM: ("审批结论", (("granted", "同意"), ("refused", "不同意"))),
    CaseAct.REVIEW_STAGE: ("复核结论", (("met", "达到阶段目标"), ("missed", "未达到"))),
    CaseAct.SETTLE_COMPLAINT: ("核实结论", (("founded", "反映属实，退回整改"), ("unfounded", "反映不属实"))),
}
NOTES: dict[CaseAct, tuple[str, bool]] = {
    CaseAct.RETURN_PLAN: ("退回原因", True),
    CaseAct.VERIFY: ("核查意见（未通过的须写明补充整改要求）", False),
    CaseAct.CLOSE: ("审签意见", False),
    CaseAct.RETURN: ("补充整改要求", True),
    CaseAct.REQUEST_EXTENSION: ("申请理由", True),
    CaseAct.REQUEST_LONG_TERM: ("申请理由", True),
    CaseAct.DECIDE_EXTENSION: ("审批意见（不同意的须写明理由）", False),
    CaseAct.DECIDE_LONG_TERM: ("审批意见（不同意的须写明理由）", False),
    CaseAct.OBJECT: ("异议理由", True),
    CaseAct.DECIDE_OBJECTION: ("复核理由", True),
    CaseAct.SUSPEND: ("事由和依据", True),
    CaseAct.RECORD_COMPLAINT: ("反映内容（不写反映人）", True),
    CaseAct.SETTLE_COMPLAINT: ("核实情况", True),
    CaseAct.REOPEN: ("重启理由", True),
    CaseAct.WITHDRAW: ("撤销理由", True),
    CaseAct.FLAG: ("事实和依据", True),
    CaseAct.REVIEW_STAGE: ("复核情况", True),
    CaseAct.ADMIT_OBJECTION: ("正当理由", True),
    CaseAct.RELEASE: ("解除理由", True),
    CaseAct.LOOK_BACK: ("回头看情况", False),
    CaseAct.APPLY_CLOSURE: ("完成情况", False),
}
