"""What each act on a case will bring about, in a sentence for whoever is about to do it: state, clock, paper."""

from __future__ import annotations

from casework.desk import Desk
from casework.rectification.caselook import Look, ladder_for, review_for
from casework.rows import left_workdays
from core.codes import DocumentContent, Line
from core.errors import NotFound
from core.life.rectification import CaseAct, RequestKind
from core.rulebook import LEADER_ROLE_LABELS

# What an act brings whatever the case; those that depend on it are told by SAID below.
PLAIN: dict[CaseAct, str] = {
    CaseAct.ACKNOWLEDGE: "代单位登记签收：所涉文书记为已送达，之后的级次从送达起算。",
    CaseAct.SUBMIT_PLAN: "代单位登记整改方案：状态转为“方案待审”，由另一名人员审核。",
    CaseAct.APPROVE_PLAN: "方案生效，状态转为“整改中”；期限不变，单位按方案逐项报送进展。",
    CaseAct.RETURN_PLAN: "状态退回“待报方案”，单位看到退回原因后重新报送；期限照常计算。",
    CaseAct.REPORT_PROGRESS: "代单位登记进展：更新完成率，状态不变；写明进展的，可抵当期半月报告。",
    CaseAct.REQUEST_EXTENSION: "代单位登记延期申请：待主任审批，批准前原期限照常计算。",
    CaseAct.OBJECT: "代单位登记异议：转由未参与原认定的人员复核；规则规定中止的，期限自今日停止计算。",
    CaseAct.SUSPEND: "期限自办理之日起停止计算，灯色保持、不再升级，并定期提醒复核。",
    CaseAct.RESUME: "期限恢复计算，到期日按中止的工作日数顺延。",
    CaseAct.APPLY_CLOSURE: "代单位登记销号申请：计时停止，状态转为“申请销号”，等待核查。",
    CaseAct.RETURN: "状态退回“整改中”，期限和灯色继续计算；说明即补充整改要求，单位可见。",
    CaseAct.SCHEDULE_LOOK_BACK: "状态转为“待回头看”，临近日期时提醒核查人员。",
    CaseAct.LOOK_BACK: "未反弹的归档；反弹的重启为新一轮整改，重新起算期限并按规则亮灯。",
    CaseAct.REOPEN: "重启为新一轮整改：重新起算期限，按规则从高一级亮灯，编号和历史保留。",
    CaseAct.WITHDRAW: "问题和整改事项一并撤销，灯熄灭，未签发的级次单作废；不能恢复。",
    CaseAct.CORRECT_ON_SPOT: "记为现场核查通过，状态转为“已核查”，仍须另一名负责人批准销号。",
    CaseAct.FLAG: "按事件规则改变灯色，起草相应级次的文书待签发；灯色在本期限内保持。",
    CaseAct.WITHDRAW_REQUEST: "该申请作废，不再审批；因异议停止的期限恢复计算。",
    CaseAct.REQUEST_LONG_TERM: "代单位登记长期整改申请：批准后以各阶段复核日为期限，不再另批延期。",
    CaseAct.REVIEW_STAGE: "达到目标的，期限转到下一个复核日；未达到的，期限不变，逾期照常亮灯。",
    CaseAct.ADMIT_OBJECTION: "单位可在所定日期前提出异议；不影响现在的期限和灯色。",
    CaseAct.RELEASE: "解除锁定，可以办理下一步；期限一直照常计算。",
    CaseAct.RECORD_COMPLAINT: "登记后须先核实，才能批准销号；不记录反映人。",
    CaseAct.SETTLE_COMPLAINT: "属实的退回补充整改；不属实的，公示期满后可以批准销号。",
}


def consequence_of(desk: Desk, look: Look, act: CaseAct) -> str:
    """Return in a sentence what an act will bring about."""
    said = SAID.get(act)
    return said(desk, look) if said is not None else PLAIN.get(act, "")


def _paper(look: Look, content: DocumentContent) -> str:
    """Return the name of the document that is drafted, with its marks; nothing where the line has none."""
    try:
        return f"《{look.rules.document_with(content, Line(look.campaign.line)).name}》"
    except NotFound:
        return "答复文书"


def _verify(desk: Desk, look: Look) -> str:
    review = review_for(desk, look)
    who = f"{LEADER_ROLE_LABELS[review.approver]}及以上负责人" if review.approver else "负责人"
    days = review.public_notice_workdays
    then = f"公示{days}个工作日后由{who}批准销号" if days else f"由{who}批准销号"
    return f"通过：状态转为“已核查”，{then}；未通过：退回“整改中”，期限继续计算，须写明补充整改要求。"


def _close(desk: Desk, look: Look) -> str:
    light = "灯熄灭，" if look.case.light != "none" else ""
    paper = _paper(look, DocumentContent.CLOSURE)
    days = ladder_for(desk, look).clearing.observation_workdays
    return f"状态转为“已销号”，{light}起草{paper}待签发；之后观察{days}个工作日，按规则回头看。"


def _extension(_desk: Desk, look: Look) -> str:
    paper = _paper(look, DocumentContent.EXTENSION_REPLY)
    return f"同意：到期日改为所定日期，灯色按新期限重新计；不同意：原期限不变。两种情形都起草{paper}待签发。"


def _objection(_desk: Desk, look: Look) -> str:
    paper = _paper(look, DocumentContent.OBJECTION_REPLY)
    return (
        f"成立：撤销问题和整改事项；不成立：照原认定办理；变更：改程度或顺延期限。都起草{paper}待签发，"
        "因异议停止的期限恢复计算。"
    )


def _long_term(desk: Desk, look: Look) -> str:
    request = look.beside.open_request(RequestKind.LONG_TERM)
    first = (
        look.beside.stages_of(request)[0]["review_on"] if request and look.beside.stages_of(request) else None
    )
    day = f"首个复核日{first.month}月{first.day}日" if first else "首个复核日"
    left = left_workdays(desk, look.case.state, None, first)
    ahead = f"（还有{left}个工作日）" if left and left > 0 else ""
    return f"同意：期限改为{day}{ahead}，之后逐个阶段复核；不同意：原期限不变。"


SAID = {
    CaseAct.VERIFY: _verify,
    CaseAct.CLOSE: _close,
    CaseAct.DECIDE_EXTENSION: _extension,
    CaseAct.DECIDE_OBJECTION: _objection,
    CaseAct.DECIDE_LONG_TERM: _long_term,
}
