"""Which acts a person is offered on a document: those that its state, its kind and their roles allow.

The verbs decide again when an act is done; here they are asked before, so that a page shows only what can be done,
and says why the rest cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casework.desk import Desk
from casework.paperwork.answers import GONE_OUT
from casework.paperwork.answers import RECORDERS as REPLY_RECORDERS
from casework.paperwork.documents import refuse_running, sealers, signer_for
from casework.paperwork.kinds import drafters_of, is_editable, is_hidden
from casework.paperwork.paperless import has_paper
from casework.paperwork.reviewing import DRAFTERS, NEEDED, REVIEWERS, STEP_LABELS, UNSIGNED
from casework.paperwork.serving import CHANNELS, RECORDERS
from core.codes import DocumentContent
from core.errors import DuchaError
from core.life.lives import DOCUMENT_MOVES, DocumentAct, DocumentState
from core.life.moves import acts_from
from core.rulebook import DocumentRule
from models.document import Document, DocumentApproval

BY_OFFICE = tuple(one for one in CHANNELS if one not in ("acknowledgement", "portal"))
MAILERS = ("officer", "director")


@dataclass(frozen=True, slots=True)
class Offers:
    """The acts on a document that the actor may do now; the `why_not` tell what keeps them from an act they look for.

    reads   whether it is noted that they looked: they may review it, or sign it now or once it is reviewed
    steps   the steps of review they may give
    """

    reads: bool
    sign: bool
    why_not_sign: str
    steps: tuple[str, ...]
    give_back: bool
    review: bool  # send to review, or again
    edit: bool
    seal: bool
    serve: bool
    reply: bool
    answer: bool  # the opinions one by one
    workbook: bool  # bring the unit's answer workbook
    mail: bool
    void: bool
    why_not_void: str


def offers_on(
    desk: Desk, document: Document, rule: DocumentRule, approvals: Sequence[DocumentApproval]
) -> Offers:
    """Return what the actor may do with a document that they see."""
    can = set(acts_from(DOCUMENT_MOVES, DocumentState(document.state)))
    gone_out = document.state in GONE_OUT and not is_hidden(document) and has_paper(document)
    drafts = _is(desk, drafters_of(document, DRAFTERS))
    findings = document.content_kind == DocumentContent.FINDINGS
    unsigned = document.state in UNSIGNED
    refused = _refusal(lambda: signer_for(desk, document, rule, approvals)) if unsigned else None
    not_mine = f"{refused.what}，{refused.remedy}" if refused else ""
    why_not = not_mine or _lacking(rule, approvals) if unsigned else ""
    director = _is(desk, ("director",)) and DocumentAct.VOID in can and not is_hidden(document)
    running = _refusal(lambda: refuse_running(desk, document)) if director and not unsigned else None
    authors = {row.by for row in approvals if row.step == "drafted"} | {document.drafted_by}
    steps = () if desk.actor.code in authors or DocumentAct.APPROVE not in can else _steps(desk, rule)
    return Offers(
        reads=unsigned and (not not_mine or bool(steps)),
        sign=unsigned and not why_not,
        why_not_sign=why_not,
        steps=steps,
        give_back=DocumentAct.RETURN in can and _is(desk, REVIEWERS["reviewed"]),
        review=DocumentAct.SHEET in can and drafts,
        edit=DocumentAct.EDIT in can and drafts and is_editable(document),
        seal=DocumentAct.SEAL in can and rule.sealed and _is(desk, sealers(document)),
        serve=gone_out and _is(desk, RECORDERS),
        reply=gone_out and _is(desk, (*REPLY_RECORDERS, "inspector")),
        answer=gone_out and rule.counted is not None and _is(desk, (*REPLY_RECORDERS, "inspector")),
        workbook=gone_out and findings and _is(desk, ("officer",)),
        mail=gone_out and rule.mailed and _is(desk, MAILERS),
        void=director and not running,
        why_not_void=running.what if running else "",
    )


def _steps(desk: Desk, rule: DocumentRule) -> tuple[str, ...]:
    """The steps that the kind asks for come first; 核稿 may always be given, 法制审核 where it is asked for."""
    asked = NEEDED[rule.review] or ("reviewed",)
    return tuple(one for one in asked if _is(desk, REVIEWERS[one]))


def _lacking(rule: DocumentRule, approvals: Sequence[DocumentApproval]) -> str:
    """Return which step of review still keeps a document from being signed."""
    given = {row.step for row in approvals if row.void_on is None}
    lacking = [STEP_LABELS[one] for one in NEEDED[rule.review] if one not in given]
    return f"还没有{'、'.join(lacking)}" if lacking else ""


def _refusal(ask: Callable[[], object]) -> DuchaError | None:
    try:
        ask()
    except DuchaError as error:
        return error
    return None


def _is(desk: Desk, roles: Sequence[str]) -> bool:
    return not desk.actor.roles.isdisjoint(roles)
