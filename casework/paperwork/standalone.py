"""Documents without a campaign: about a lead, a matter in court, an interview, a meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from casework.desk import Desk
from casework.lights.climbing import rules_of_document
from casework.paperwork.drafts import CaseOnDocument, Place, write_draft
from casework.rulesets.library import freeze_current
from core.codes import DOCUMENT_CONTENT_LABELS, LINE_LABELS, DocumentContent, Line
from core.errors import InvalidInput
from core.rulebook import DocumentRule
from core.text.secrecy import refuse_state_secrets
from models.audit import canonical_json
from models.document import Document

__all__ = ["draft_outside", "rules_of_document"]
OF_A_CAMPAIGN = frozenset({DocumentContent.ANNOUNCEMENT, DocumentContent.FINDINGS})


def draft_outside(
    desk: Desk,
    kind: str,
    line: Line,
    unit_id: int,
    *,
    about: tuple[str, int],
    inputs: Mapping[str, object] | None = None,
    cases: Sequence[CaseOnDocument] = (),
    author: str | None = None,
    opened_on: date | None = None,
) -> Document:
    """Draft a document that belongs to no campaign; the rules in use today are frozen for it.

    kind        the code of a document rule in use today; raises NotFound
    about       what it is about: the audit subject and the id of the row
    inputs      what the author gives beyond what the row tells; a person's words stand under `values`
    author      SYSTEM for a letter that follows from a decision, so that whoever decided may also sign it
    opened_on   the day on which the matter was opened, by which its law is chosen; None for today
    raises      InvalidInput for a kind that only a campaign has, or that the line may not issue
    """
    rule = desk.rules.document(kind)
    _check_kind(rule, line)
    given: dict[str, object] = dict(inputs or {})
    if opened_on is not None:
        given["opened_on"] = opened_on.isoformat()
    refuse_state_secrets(canonical_json(given), "文书取值")
    place = Place(line, unit_id, _frozen_today(desk), None, *about)
    return write_draft(desk, rule, place, inputs=given, cases=cases, author=author)


def _frozen_today(desk: Desk) -> str:
    """Freeze the rules in use without any catalogue: a problem is read in the catalogue of its own campaign."""
    return freeze_current(desk.session, desk.rules, {}, desk.now)


def _check_kind(rule: DocumentRule, line: Line) -> None:
    if rule.content in OF_A_CAMPAIGN:
        raise InvalidInput(
            f"{rule.name}须在督察批次中拟制",
            found=f"{rule.code}（{DOCUMENT_CONTENT_LABELS[rule.content]}）",
            expected="不属批次的文书",
            remedy="在批次中拟制（ducha notice draft 批次编码）",
        )
    if not rule.serves(line):
        raise InvalidInput(
            f"{rule.name}不用于本条线",
            found=f"{LINE_LABELS[line]}线",
            expected=f"{rule.line} 线",
            remedy="改用本条线的文书",
        )
