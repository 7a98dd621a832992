"""What a document without a campaign says of its own matter: one composer for each thing it can be about.

A composer takes the document with everything around it and returns values that are laid over those every document
of its content has; the row is found by `subject.document.about_id`.
"""

from __future__ import annotations

from collections.abc import Callable

from casework.litigation.sheets import matter_values
from casework.paperwork.interviewvalues import interview_values
from casework.paperwork.subjects import Subject, Values

ABOUT: dict[str, Callable[[Subject], Values]] = {
    "interview": interview_values,
    "matter": matter_values,
}
"""{audit subject, such as `lead` or `matter`: composer}."""


def about_values(subject: Subject) -> Values:
    """Return what is known of the matter of a document; nothing for a document of a campaign."""
    compose = ABOUT.get(subject.document.about or "")
    return compose(subject) if compose is not None else {}
