"""How the rows behind a number are said: stored codes by their words, days as officials write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from casework.counts.filing import FILING_LABELS
from casework.counts.tallies import SHANGHAI, Column
from casework.desk import Desk
from casework.lights.rungview import write_day
from casework.linkage.handover import names_of_sanction
from casework.linkage.meetings import KIND_LABELS as MEETING_LABELS
from casework.mail.mailbox import KIND_LABELS as MESSAGE_KIND_LABELS
from casework.paperwork.kinds import name_of_kind
from core.codes import (
    CAMPAIGN_KIND_LABELS,
    CHECK_RESULT_LABELS,
    LIGHT_LABELS,
    SEVERITY_LABELS,
)
from core.life.campaignlife import COUNTED_LABELS
from core.life.everymachine import MACHINES
from core.life.interviewlife import INTERVIEW_ROLE_LABELS
from core.life.matterlife import RESULT_LABELS
from core.life.periodlife import REPORT_KIND_LABELS
from core.life.rectification import CASE_ACT_LABELS, REQUEST_LABELS

Words = Mapping[Any, str]
# The lives whose subject in the audit is not the name of their table.
TABLES = {"case": "rectification", "request": "side_request", "matter": "litigation_matter"}
STATES: dict[str, Words] = {
    f"{TABLES.get(machine.code, machine.code)}.state": machine.state_labels for machine in MACHINES
}
LIGHTS = {code: f"{word}灯" for code, word in LIGHT_LABELS.items()}
# column -> the words for its codes
SAID: dict[str, Words] = {
    **STATES,
    "rectification.light": LIGHTS,
    "rung.light": LIGHTS,
    "audit_entry.act": CASE_ACT_LABELS,
    "check_record.result": CHECK_RESULT_LABELS,
    "finding.severity": SEVERITY_LABELS,
    "campaign.kind": CAMPAIGN_KIND_LABELS,
    "side_request.kind": REQUEST_LABELS,
    "message.kind": MESSAGE_KIND_LABELS,
    "filing.kind": FILING_LABELS,
    "report.kind": REPORT_KIND_LABELS,
    "meeting.kind": MEETING_LABELS,
    "matter_result.result": RESULT_LABELS,
    "field_count.what": COUNTED_LABELS,
    "interview_person.role": INTERVIEW_ROLE_LABELS,
}
# column -> how the rules of the office call a code of it
OF_RULES: dict[str, Callable[[Desk, str], str]] = {
    "document.kind": name_of_kind,
    "referral_sanction.kind": lambda desk, kind: names_of_sanction(desk).get(kind, kind),
}


def sayer(desk: Desk, column: Column) -> Callable[[object], str]:
    """Return what writes a value of a column in a line of the drill-down."""
    name, table = getattr(column, "name", ""), getattr(column, "table", None)
    place = f"{table.name}.{name}" if isinstance(table, sa.Table) else ""
    words = {str(code): word for code, word in SAID.get(place, {}).items()}
    of_rules = OF_RULES.get(place)
    after = "到期" if name == "due_on" else ""

    def say(value: object) -> str:
        if isinstance(value, datetime):
            value = value.astimezone(SHANGHAI).date()
        if isinstance(value, date):
            return write_day(value) + after
        return of_rules(desk, str(value)) if of_rules else words.get(str(value), str(value))

    return say
