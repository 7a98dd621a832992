"""Handing mails over on one connection, with the journal on disk before and after the content of each.

So after a crash the journal tells for each mail whether it had begun; at most one a connection is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import DeliveryFailed, InvalidInput
from delivery.journal import Journal, Line, Mark
from delivery.smtp import Outcome, Phase, Receipt, SmtpSession
from system.failpoints import reach


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail as it is handed over.

    sha256    of its stored bytes, before links and codes were filled in
    number    of the document it carries, empty for none
    members   the Message-IDs of the mails inside, when it is a digest
    """

    message_id: str
    sender: str
    recipient: str
    mime: bytes
    sha256: str
    number: str = ""
    members: tuple[str, ...] = ()


class Handover:
    """One sender at work: its connection, its journal, and what stopped it.

    office, token   of the sender, for the journal
    now             the instant for the journal
    """

    def __init__(
        self, session: SmtpSession, journal: Journal, office: str, token: str, now: Callable[[], datetime]
    ) -> None:
        self.failure: Exception | None = None
        self._session = session
        self._journal = journal
        self._office = office
        self._token = token
        self._now = now

    def open(self) -> None:
        """Note that this sender begins; what the journal does not mention after this never began.

        raises   DeliveryFailed when the journal cannot be written
        """
        self._journal.write(self._line(Mark.OPEN))

    def carry(self, parcels: Sequence[Parcel], may_go: Callable[[], bool]) -> list[Receipt]:
        """Hand mails over one by one; return how the first ones ended, the others were not begun.

        What stops the sender is kept in `failure`, because the ends that are known must be settled first.
        may_go   asked before each mail
        """
        receipts: list[Receipt] = []
        for parcel in parcels:
            if self.failure is not None or not may_go():
                break
            try:
                receipts.append(self._hand_over(parcel))
            except Exception as error:  # noqa: BLE001  whatever it is, the others of the batch are settled first
                self.failure = error
            if receipts and receipts[-1].outcome is Outcome.DEFERRED and receipts[-1].phase is Phase.CONNECT:
                break  # the server is gone: the others are not tried one by one
        return receipts

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _hand_over(self, parcel: Parcel) -> Receipt:
        """Hand one mail over; what is raised was raised before its content went out."""
        begun = False

        def begin() -> None:
            nonlocal begun
            reach("sender.before_content")
            self._journal.write(self._line(Mark.BEGIN, parcel))
            begun = True
            reach("sender.after_beginning_is_written")

        try:
            receipt = self._session.send(parcel.sender, parcel.recipient, parcel.mime, begin)
        except InvalidInput as error:
            return Receipt(Outcome.REJECTED, f"未能投递：{error}", Phase.MAIL)
        except Exception as error:
            if not begun:  # nothing can have arrived: the run is stopped and the mail stays ready
                raise
            receipt = Receipt(Outcome.UNKNOWN, f"{type(error).__name__}: {error}"[:300], Phase.DATA)
        reach("sender.after_answer")
        if begun:
            self._note_end(parcel, receipt)
        return receipt

    def _note_end(self, parcel: Parcel, receipt: Receipt) -> None:
        """Write the answer down; it is known here in any case, so a full disk stops the sender but loses nothing."""
        try:
            self._journal.write(self._line(Mark.END, parcel, receipt))
        except DeliveryFailed as error:
            self.failure = error
        reach("sender.after_end_is_written")

    def _line(self, mark: Mark, parcel: Parcel | None = None, receipt: Receipt | None = None) -> Line:
        at = self._now().astimezone(UTC).isoformat()
        if parcel is None:
            return Line(mark, self._office, self._token, at)
        return Line(
            mark, self._office, self._token, at, parcel.message_id, parcel.recipient, parcel.sha256, parcel.number,
            receipt.outcome.value if receipt else "", receipt.reply if receipt else "", parcel.members,
        )  # fmt: skip
