"""The facts about a unit that scoring rules may name: what each is called, its unit word, and what it means.

A finding that was withdrawn or overturned, and a case that is suspended, is in none of them; lateness is that of the
due date as it was extended in time.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactWord:
    """One fact; `definition` is what a unit reads when it asks why."""

    label: str
    unit: str
    definition: str


UNIT_FACTS: dict[str, FactWord] = {
    "checks": FactWord("检查事项", "次", "检查过的事项，“不适用”和“未检查”的不计"),
    "failed_checks": FactWord("不合格事项", "次", "检查结果为不合格的事项"),
    "findings": FactWord("认定问题", "个", "认定的问题；撤销、异议成立的不计"),
    "grave_findings": FactWord("严重问题", "个", "认定的严重问题；撤销、异议成立的不计"),
    "due_cases": FactWord(
        "到期整改事项", "件", "到期日在本期、已到期或已销号的整改事项；撤销、中止计时的不计"
    ),
    "due_done": FactWord("到期事项中已销号", "件", "到期整改事项中现已销号的"),
    "in_time": FactWord("按期完成", "件", "到期整改事项中，在（批准延期后的）到期日前申请销号并已销号的"),
    "overdue": FactWord("逾期", "件", "到期整改事项中，超过（批准延期后的）到期日未完成或到期后才完成的"),
    "grave_overdue": FactWord("严重问题逾期", "件", "逾期事项中程度为严重的"),
    "returned": FactWord("销号被退回", "次", "销号申请退回或核查未通过；撤销的事项不计"),
    "rebounds": FactWord("反弹", "次", "销号后重新启动整改；撤销的事项不计"),
    "top_lights": FactWord("亮红灯、黑灯", "次", "亮红灯、黑灯的次数；撤销、现中止计时的事项不计"),
    "reports_asked": FactWord("应报自查报告", "份", "定了期限、已到期或已报送的自查报告"),
    "reports_in_time": FactWord("按时报送自查报告", "份", "不晚于期限报送的自查报告"),
    "filings_asked": FactWord("应报年度报告、述法", "份", "登记了期限、已到期或已报送的年度报告和述法报告"),
    "filings_in_time": FactWord("按时报送年度报告、述法", "份", "不晚于期限报送的年度报告和述法报告"),
    "institutions": FactWord("建章立制", "项", "整改中建立、修订的制度"),
    "on_spot": FactWord("当场纠正", "次", "督察时当场纠正的问题"),
}
