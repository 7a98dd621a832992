"""What the notice of an interview says: when, where, who asks and who is asked, from the interview itself."""

from __future__ import annotations

from sqlmodel import col, select

from casework.paperwork.subjects import Subject, Values
from core.life.interviewlife import InterviewRole, describe_people
from models.interview import Interview, InterviewPerson

REPLY_WORKDAYS = 5


def interview_values(subject: Subject) -> Values:
    """Return the values of a 约谈通知书; a person's own words (`values` of the draft) go before them."""
    interview = subject.desk.session.get_one(Interview, subject.document.about_id)
    query = select(InterviewPerson).where(
        col(InterviewPerson.interview_id) == interview.id, col(InterviewPerson.invited) > 0
    )
    people = subject.desk.session.exec(query.order_by(col(InterviewPerson.id)))
    said = {
        "interviewee": describe_people((InterviewRole(row.role), row.name, row.invited) for row in people),
        "reason": interview.reason,
        "held_on": interview.planned_on.isoformat(),
        "held_at": interview.planned_at,
        "place": interview.place,
        "interviewer": interview.interviewer,
        "reply": subject.period(REPLY_WORKDAYS, "workday", "约谈结束", interview.planned_on),
    }
    given = subject.inputs.get("values", {})
    return {
        **({} if subject.findings() else {"cases": []}),
        **{name: value for name, value in said.items() if name not in given},
    }
