"""What has to be added after a closure was sent back (补充整改要求), as long as it is what holds."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from core.life.rectification import CLOCK_RUNS, CaseState
from models.handling import Verification
from models.rectification import Rectification


def requirements_of(desk: Desk, case: Rectification) -> str:
    """Return the words of the last return of the present round; empty once closure was applied for again."""
    if CaseState(case.state) not in CLOCK_RUNS:
        return ""
    last = desk.session.exec(
        select(Verification)
        .where(col(Verification.case_id) == case.id, col(Verification.round) == case.round)
        .order_by(col(Verification.number).desc())
    ).first()
    if last is None or last.verdict == "passed":
        return ""
    text = last.opinion.strip()
    return text if text.endswith(("。", "！", "？")) else f"{text}。"
