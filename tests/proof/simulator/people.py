"""The people of a simulation: each morning they look at what there is to do, and do some of it during the day.

They know nothing that is not in the database, so they find their way after a crash or a restore as real people do. What
somebody else did meanwhile is refused when they come to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.outbox import resolve
from casework.paperwork.documents import find_document, seal_document, sign_documents, void_document
from casework.paperwork.kinds import rule_of_kind
from casework.paperwork.serving import serve_document
from casework.paperwork.signing import signing_level
from casework.rectification.cases import act_on_case
from core.codes import Light
from core.errors import DuchaError
from core.life.rectification import RequestKind, RequestState
from core.rulebook import LeaderRole
from models.campaign import Finding
from models.document import Document
from models.message import Message
from models.organisation import Unit
from models.rectification import Rectification, SideRequest
from tests.proof.simulator.county import COUNTY, DEPUTY, DIRECTOR, OFFICER, REVIEWER, SECOND, VERIFIERS, Round
from tests.proof.simulator.fibers import Process
from tests.proof.simulator.mailserver import MailServer
from tests.proof.simulator.office import SimulatedOffice

SIGNERS = {LeaderRole.SECTION: DEPUTY, LeaderRole.DEPUTY: DEPUTY, LeaderRole.DIRECTOR: DIRECTOR}
PAGES = "pages"
FIRST, LAST = 8.9, 17.9  # hours of the day at which people work


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody has in mind to do today."""

    by: str
    what: str
    do: Callable[[Desk], object]


@dataclass(slots=True)
class People:
    """Everybody before a screen: the office and the contacts of the units."""

    office: SimulatedOffice
    server: MailServer
    rounds: list[Round]

    def live(self) -> None:
        """Look at what there is to do today and put it into the day."""
        from tests.proof.simulator.calendarwork import calendar_deeds  # they use the deeds of this module
        from tests.proof.simulator.fieldwork import field_deeds

        with self.office.desk(readonly=True) as desk:
            deeds = [*self._mails(desk), *self._papers(desk), *self._cases(desk)]
            deeds += field_deeds(self.office, desk, self.rounds)
            deeds += calendar_deeds(self.office, desk)
        today = self.office.today()
        for deed in deeds:
            at = self.office.seconds_of(today, self.office.dice.uniform(FIRST, LAST))
            self.office.scheduler.at(at, partial(self._sit_down, deed))

    def _sit_down(self, deed: Deed) -> None:
        pages = self.office.processes.get(PAGES)
        if pages is None or not pages.alive:
            pages = self.office.bear(PAGES)  # the service starts it again at once
        self.office.scheduler.start(deed.by, pages, partial(carry_out, self.office, deed, pages))

    def _likely(self, share: float) -> bool:
        return self.office.dice.random() < share

    # ---- mails -----------------------------------------------------------------------------------------------

    def _mails(self, desk: Desk) -> Iterator[Deed]:
        """Ask the units about every mail whose end is unknown, and send some once more that came back."""
        query = select(Message.message_id).where(col(Message.state) == "unknown")
        for name in desk.session.exec(query.order_by(col(Message.id))):
            for officer in (OFFICER, SECOND):  # so that it is done today though a page may fail
                yield Deed(officer, "settle mail", partial(self._settle, name))

        returned = select(Message.id).where(
            col(Message.state) == "bounced", col(Message.carried_by).is_(None)
        )
        for number in desk.session.exec(returned.order_by(col(Message.id))):
            if self._likely(0.1):
                yield Deed(OFFICER, "send again", lambda d, n=number: resolve(d, n, "resend"))

    def _settle(self, name: str, desk: Desk) -> None:
        message = desk.session.exec(select(Message).where(col(Message.message_id) == name)).first()
        if message is None or message.state != "unknown":
            return  # somebody else has, or a restore made it forgotten
        carrier = desk.session.get(Message, message.carried_by) if message.carried_by else None
        arrived = self.server.arrived(carrier.message_id if carrier else name)
        resolve(desk, message.id or 0, "accepted" if arrived else "resend")

    # ---- papers ----------------------------------------------------------------------------------------------

    def _papers(self, desk: Desk) -> Iterator[Deed]:
        query = select(Document.id, Document.state, Document.serial).where(
            col(Document.state).in_(("draft", "signed", "issued")), col(Document.content_kind) != "referral"
        )
        for number, state, serial in desk.session.exec(query.order_by(col(Document.id))):
            assert number is not None  # stored
            if state == "draft" and self._likely(0.6):
                yield Deed(_signer(desk, number), "sign", partial(_sign, number))
            elif state == "draft" and self._likely(0.01):
                yield Deed(DIRECTOR, "void", lambda d, n=number: void_document(d, n, "不再需要"))
            elif state == "signed" and self._likely(0.7):
                yield Deed(OFFICER, "seal", partial(self._seal, number))
            elif state == "issued" and serial is not None and self._likely(0.4):
                yield Deed(SECOND, "serve", lambda d, n=number: serve_document(d, n, "hand", d.today))

    def _seal(self, number: int, desk: Desk) -> None:
        seal_document(desk, number, self.office.folder / "sealed.pdf")

    # ---- cases -----------------------------------------------------------------------------------------------

    def _cases(self, desk: Desk) -> Iterator[Deed]:
        pending = self._requests(desk)
        query = (
            select(Rectification, Finding.code, Unit.code)
            .join(Finding, col(Finding.id) == col(Rectification.id))
            .join(Unit, col(Unit.id) == col(Rectification.unit_id))
            .where(col(Rectification.state) != "withdrawn")
        )
        for case, code, unit in desk.session.exec(query.order_by(col(Rectification.id))):
            # A unit that does nothing by itself lets its case climb to the top.
            silent = Random(f"{self.office.plan.seed}/{code}").random() < 0.25 and case.light != Light.BLACK
            for share, by, act, values in _choices(desk, case, unit, pending.get(case.id, {})):
                if self._likely(share * (0.1 if silent and ":" in by else 1.0)):
                    yield Deed(by, act, partial(self._act, code, act, values))

    def _requests(self, desk: Desk) -> dict[int, dict[str, SideRequest]]:
        found: dict[int, dict[str, SideRequest]] = {}
        query = select(SideRequest).where(col(SideRequest.state) == RequestState.REQUESTED.value)
        for row in desk.session.exec(query.order_by(col(SideRequest.id))):
            found.setdefault(row.case_id, {})[row.kind] = row
        return found

    def _act(self, code: str, act: str, values: dict[str, str], desk: Desk) -> None:
        files = (
            (self.office.folder / "proof.pdf",)
            if act in ("apply_closure", "verify", "correct_on_spot")
            else ()
        )
        act_on_case(desk, code, act, note="按规定办理", files=files, values=values)


Choice = tuple[float, str, str, dict[str, str]]


def _choices(desk: Desk, case: Rectification, unit: str, pending: dict[str, SideRequest]) -> Iterator[Choice]:
    """Yield what somebody may do about a case today: how likely, who, which act, with what."""
    liaison = f"{unit}:liaison"
    if case.signed_on is None:
        return  # the unit has not heard of it
    if case.suspended_on is not None:
        yield 0.1, OFFICER, "resume", {}
        return
    if case.state in ("open", "planned", "rectifying"):
        yield from _while_running(desk, case, unit, pending)
    if case.state == "open":
        yield 0.5 if case.served_on is None else 0.02, liaison, "acknowledge", {}
        yield 0.2, liaison, "submit_plan", {"measures": "逐项整改"}
        yield 0.003, OFFICER, "correct_on_spot", {}
    elif case.state == "planned":
        yield 0.5, SECOND, "approve_plan", {}
        yield 0.08, OFFICER, "return_plan", {}
    elif case.state == "rectifying":
        yield 0.1, liaison, "report_progress", {"percent": "60"}
        yield 0.07, liaison, "apply_closure", {}
    else:
        yield from _towards_the_end(desk, case)


def _while_running(
    desk: Desk, case: Rectification, unit: str, pending: dict[str, SideRequest]
) -> Iterator[Choice]:
    if RequestKind.EXTENSION in pending:
        yield 0.5, f"{unit}:leader", "endorse", {"verdict": "agreed"}
        yield 0.4, DIRECTOR, "decide_extension", {"verdict": "granted" if case.id % 3 else "refused"}
    elif case.due_on is not None:
        until = desk.calendar.after(case.due_on, 1 + case.id % 4).isoformat()
        yield 0.03, f"{unit}:liaison", "request_extension", {"until": until}
    if RequestKind.OBJECTION in pending:
        yield 0.4, REVIEWER, "decide_objection", {"verdict": "rejected" if case.id % 4 else "upheld"}
    else:
        yield 0.02, f"{unit}:liaison", "object", {}
    yield 0.003, DIRECTOR, "suspend", {}
    yield 0.001, DIRECTOR, "withdraw", {}
    yield 0.003, OFFICER, "flag", {"event": ("E1", "E2", "E3", "E4", "E8")[case.id % 5]}


def _towards_the_end(desk: Desk, case: Rectification) -> Iterator[Choice]:
    high = case.highest_light in (Light.RED, Light.BLACK)
    if case.state == "closure_applied":
        values = {"verdict": "failed" if case.id % 5 == 0 and case.returns == 0 else "passed"}
        yield (
            0.4,
            VERIFIERS[0],
            "verify",
            {**values, **({"second": VERIFIERS[1], "manner": "on_site"} if high else {})},
        )
        yield 0.03, OFFICER, "return", {}
    elif case.state == "verified":
        yield 0.5, COUNTY if case.highest_light == Light.BLACK else DIRECTOR, "close", {}
        yield 0.02, OFFICER, "return", {}
    elif case.state == "closed":
        yield (
            0.3,
            OFFICER,
            "schedule_look_back",
            {"on": (desk.today + timedelta(20 + case.id % 40)).isoformat()},
        )
    elif case.state == "look_back":
        yield 0.05, VERIFIERS[1], "look_back", {"verdict": "rebounded" if case.id % 4 == 0 else "held"}
    elif case.state == "archived":
        yield 0.001, OFFICER, "reopen", {}


def _signer(desk: Desk, number: int) -> str:
    document = find_document(desk, number)
    return SIGNERS.get(signing_level(desk, document, rule_of_kind(desk, document)), COUNTY)


def _sign(number: int, desk: Desk) -> None:
    sign_documents(desk, [number])


def carry_out(office: SimulatedOffice, deed: Deed, pages: Process) -> None:
    """Do one deed at one desk, as a page does; what is refused leaves nothing."""
    said: Any = "done"
    try:
        with office.edge(pages.host).desk(by=deed.by) as desk:
            deed.do(desk)
    except DuchaError as error:
        said = f"{type(error).__name__}: {error.what}"
    except Exception as error:  # noqa: BLE001  # whatever a page does not know is a fault of the product
        office.fail(f"{deed.by} {deed.what}: {type(error).__name__}: {str(error)[:300]}")
        said = type(error).__name__
    office.note(deed.by, deed.what, str(said))
