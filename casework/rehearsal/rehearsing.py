"""A rehearsal (预演): what people are assumed to do on each simulated day, done with the verbs of everyday work.

The units keep silent, which is the worst case; the office loses no time. Whatever is refused is noted once and left, so
that a rehearsal also shows which documents could not be signed. The edge gives a database of which nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Actor, Desk
from casework.inspection.campaigns import approve_campaign, find_campaign, open_campaign
from casework.inspection.findings import confirm_findings
from casework.lights.climbing import rules_of_document
from casework.paperwork.documents import find_document, seal_document, sign_documents
from casework.paperwork.kinds import is_hidden
from casework.paperwork.notices import cases_without_notice, draft_notices
from casework.paperwork.papers import store_file, stored_file, wants_answer
from casework.paperwork.reviewing import assume_reviewed
from casework.paperwork.serving import serve_document
from casework.paperwork.signing import signing_level
from casework.rehearsal.rehearsalplan import Asked, Refusal
from casework.rehearsal.rehearsalvisits import return_workbooks
from core.codes import UnitOpinion
from core.errors import Refused
from core.life.lives import CAMPAIGN_OVER, CampaignState, DocumentState, FindingState
from models.base import key_of, table_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.message import Message
from models.rectification import Rectification

OFFICER = Actor("rehearsal-officer", "预演经办", frozenset({"officer"}))
APPROVER = Actor("rehearsal-director", "预演批准", frozenset({"director"}))
SEALED = b"%PDF-1.7\n% rehearsal\n%%EOF\n"
UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
OpenDesk = Callable[..., AbstractContextManager[Desk]]
Deed = Callable[[Desk, int], object]


@dataclass(slots=True)
class Cast:
    """The people of a rehearsal; what is refused undoes only itself.

    began_as      the state of the campaign before the rehearsal
    gone_before   documents that had gone out by then; `last_mail` is the newest mail queued by then
    """

    open_desk: OpenDesk
    asked: Asked
    folder: Path
    refusals: list[Refusal] = field(default_factory=list)
    given_up: set[int] = field(default_factory=set)
    today: date = date.min
    began_as: str = ""
    gone_before: frozenset[int] = frozenset()
    last_mail: int = 0

    def begin(self) -> None:
        """Note what has gone out, and open the campaign when it is not open yet.

        raises   NotFound; Refused for a closed campaign, or when it cannot be opened
        """
        scheme = self.folder / "scheme.pdf"
        scheme.write_bytes(SEALED)
        with self.open_desk() as desk:
            campaign = find_campaign(desk, self.asked.code)
            state = self.began_as = campaign.state
            _refuse_closed(campaign)
            self.gone_before = _gone(desk, campaign)
            self.last_mail = desk.session.exec(select(sa.func.max(col(Message.id)))).one() or 0
            _let_others_sleep(desk, campaign)
            if state == CampaignState.PLANNED:
                desk.actor = APPROVER
                approve_campaign(desk, self.asked.code, scheme)
            if state != CampaignState.OPEN:
                desk.actor = OFFICER
                open_campaign(desk, self.asked.code)

    def act(self) -> None:
        """Do what the people of the office do on this day; nothing on a day off."""
        with self.open_desk(readonly=True) as desk:
            self.today = desk.today
            works = desk.calendar.is_workday(desk.today)
        if works:
            self._try("交回检查表", lambda desk: return_workbooks(desk, self.asked.code, self.asked.findings))
            self._try("认定问题", self._confirm)
            self._try("拟制通知书", self._draft)
            for signer, numbers in self._waiting().items():
                self._do_all("签发", numbers, _sign if signer else _no_signer, signer)
            self._do_all("用印", self._numbers(DocumentState.SIGNED), self._seal)
            self._do_all("送达", self._numbers(DocumentState.ISSUED), _serve)

    def _do_all(self, what: str, numbers: Sequence[int], do: Deed, by: str | None = None) -> None:
        """Do one thing to some documents, together when nothing is refused, else one by one."""
        if not numbers:
            return
        try:
            with self._desk(by) as desk:
                for number in numbers:
                    do(desk, number)
        except Refused:
            for number in numbers:
                done = self._try(f"文书{number}{what}", partial(_with_number, do, number), by)
                if not done:
                    self.given_up.add(number)

    def _try(self, what: str, do: Callable[[Desk], object], by: str | None = None) -> bool:
        """Do one thing in a transaction of its own and return whether it was done; a refusal is noted once."""
        try:
            with self._desk(by) as desk:
                do(desk)
        except Refused as error:
            refusal = Refusal(self.today, what, str(error)[:300])
            if (what, refusal.error) not in {(one.what, one.error) for one in self.refusals}:
                self.refusals.append(refusal)
            return False
        return True

    @contextmanager
    def _desk(self, by: str | None) -> Iterator[Desk]:
        """Open the desk of a post of the office, or of the officer of the rehearsal."""
        with self.open_desk(by=by) as desk:
            if by is None:
                desk.actor = OFFICER
            yield desk

    def _confirm(self, desk: Desk) -> None:
        """Confirm what units have agreed to; contested papers wait for a review by people."""
        query = (
            select(Finding.code)
            .where(
                col(Finding.campaign_id) == find_campaign(desk, self.asked.code).id,
                col(Finding.state) == FindingState.PAPER.value,
                col(Finding.unit_opinion) == UnitOpinion.CONFIRMED.value,
                col(Finding.found_on) < desk.today,
            )
            .order_by(col(Finding.code))
        )
        confirm_findings(desk, desk.session.exec(query).all())

    def _draft(self, desk: Desk) -> None:
        """Draft the notices of new problems; a campaign out of an old ledger has no plan and tells nobody."""
        campaign = find_campaign(desk, self.asked.code)
        if campaign.plan != "{}" and cases_without_notice(desk, key_of(campaign)):
            draft_notices(desk, self.asked.code)

    def _waiting(self) -> dict[str | None, list[int]]:
        """Return the documents to be signed today by the post that signs them, None where there is no such post."""
        wait = 1 if self.asked.signed == "next" else 0
        found: dict[str | None, list[int]] = {}
        with self.open_desk(readonly=True) as desk:
            for document in self._documents(desk, *UNSIGNED):
                if desk.calendar.between(document.drafted_on, desk.today) >= wait:
                    found.setdefault(_signer(desk, document), []).append(key_of(document))
        return found

    def _seal(self, desk: Desk, number: int) -> None:
        path = self.folder / "sealed.pdf"
        path.write_bytes(SEALED)
        seal_document(desk, number, path)

    def _numbers(self, state: DocumentState) -> list[int]:
        """Return the signed documents in a state; an automatic reminder is not served by anybody."""
        with self.open_desk(readonly=True) as desk:
            return [
                key_of(document)
                for document in self._documents(desk, state.value)
                if document.signed_on is not None
            ]

    def _documents(self, desk: Desk, *states: str) -> Iterator[Document]:
        """Yield the campaign's documents in some states that go to units and have not been given up."""
        campaign = find_campaign(desk, self.asked.code)
        query = (
            select(Document)
            .where(col(Document.campaign_id) == campaign.id, col(Document.state).in_(states))
            .order_by(col(Document.id))
        )
        for document in desk.session.exec(query):
            if key_of(document) not in self.given_up and not is_hidden(document):
                yield document


def _refuse_closed(campaign: Campaign) -> None:
    if campaign.state in CAMPAIGN_OVER:
        raise Refused(
            "督察批次已经办结或取消，没有可预演的",
            found=f"{campaign.code} 状态 {campaign.state}",
            expected="尚未办结的批次",
            remedy="运行 ducha campaign show 查看各批次状态",
        )


def _gone(desk: Desk, campaign: Campaign) -> frozenset[int]:
    query = select(Document.id).where(
        col(Document.campaign_id) == campaign.id, col(Document.issued_on).is_not(None)
    )
    return frozenset(number for number in desk.session.exec(query) if number is not None)


def _let_others_sleep(desk: Desk, campaign: Campaign) -> None:
    """Keep the sweep from the cases of other campaigns: they change nothing here and would cost time."""
    case = table_of(Rectification)
    desk.session.connection().execute(
        sa.update(case)
        .where(case.c.office_id == desk.office_id, case.c.campaign_id != campaign.id)
        .values(next_due_on=None)
    )


def _signer(desk: Desk, document: Document) -> str | None:
    """Return the lowest post of the office that may sign a document; None when there is none."""
    needed = signing_level(desk, document, rules_of_document(desk, document).document(document.kind))
    able = [
        (post.role.rank, code)
        for code, post in desk.office_rules.leaders.items()
        if post.role.may_sign(needed) and code != document.drafted_by
    ]
    return min(able)[1] if able else None


def _with_number(do: Deed, number: int, desk: Desk) -> None:
    do(desk, number)


def _sign(desk: Desk, number: int) -> None:
    """Sign a document; what would be printed then is left to the real day."""
    document = find_document(desk, number)
    for role in ("pdf", "answer") if wants_answer(document) else ("pdf",):
        if stored_file(desk, document, role) is None:
            store_file(desk, document, role, "rehearsal.pdf", SEALED)
    assume_reviewed(desk, document)
    sign_documents(desk, [number])


def _serve(desk: Desk, number: int) -> None:
    serve_document(desk, number, "hand", desk.today)


def _no_signer(desk: Desk, number: int) -> None:
    raise Refused(
        f"文书{number}没有够级别的签发人",
        found="、".join(desk.office_rules.leaders),
        expected="单位文件 leaders 中有相应级别的岗位",
        remedy="在单位文件中补充岗位",
    )
