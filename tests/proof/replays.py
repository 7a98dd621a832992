"""Old histories: acts with their dates as they were recorded once, replayed by the program as it is today.

A history is a file of JSON lines: first the acts, then what they came to. `python -m tests.proof.replays` plays every
script of `scripts.py` and writes the files anew; that is an act of its own, for a change of what ducha does on purpose.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.linkage import referrals
from casework.mail.outbox import resolve
from casework.mail.settling import finish
from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case
from core.life.lives import MessageAct
from delivery.smtp import Outcome
from flows.edge import Edge
from flows.jobs import run_sweep
from models.document import Document
from models.message import Message
from models.record import AuditEntry
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import PDF, Scene
from tests.casework.test_deadlines import Day
from tests.databases import open_database
from tests.make import claim_next, settle

FOLDER = Path(__file__).parent / "histories"
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Player:
    """Plays acts on a scene; each verb is a method and takes what stands in the line beside `on` and `do`."""

    engine: sa.Engine
    settings: Settings
    scene: Scene

    def play(self, acts: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Play acts one by one; return what they came to."""
        for line in acts:
            given = {key: value for key, value in line.items() if key not in ("on", "do")}
            verb: Callable[..., None] = getattr(self, f"do_{line['do']}")
            verb(date.fromisoformat(line["on"]), **given)
        return [json.loads(json.dumps(one, default=str)) for one in self.outcome()]

    def do_notify(self, on: date, found: list[list[str]], serve: bool = True) -> None:
        self.scene.notify(*((one[0], one[1], one[2]) for one in found), serve=serve, on=on)

    def do_act(
        self, on: date, case: str, act: str, by: str, note: str, proof: bool, values: dict[str, str]
    ) -> None:
        files = (self.scene.file(),) if proof else ()
        with self.scene.open_desk(by=by, today=on) as desk:
            act_on_case(desk, case, act, note=note, files=files, values=values)

    def do_sweep(self, on: date) -> None:
        run_sweep(Edge(self.engine, self.settings, Day(on, explicit=True)))

    def do_issue(self, on: date) -> None:
        """Sign, seal and serve every draft to a unit."""
        waiting = select(Document.id).where(
            col(Document.state) == "draft", col(Document.content_kind) != "referral"
        )
        for number in self.scene.rows(waiting.order_by(col(Document.id))):
            with self.scene.open_desk(by="L-COUNTY", today=on) as desk:
                state = sign_documents(desk, [number])[0].state
            with self.scene.open_desk(by="P90", today=on) as desk:
                if state == "signed":
                    seal_document(desk, number, self.scene.file("盖章.pdf", PDF))
                serve_document(desk, number, "hand", on)

    def do_serve(self, on: date, document: int, channel: str) -> None:
        with self.scene.open_desk(by="P90", today=on) as desk:
            serve_document(desk, document, channel, on, note="两名见证人在场")

    def do_post(self, on: date, ends: list[str]) -> None:
        """Send every mail that is ready; they end as given, the rest are accepted."""
        left = list(ends)
        with self.scene.open_desk(today=on) as desk:
            while (claim := claim_next(desk)) is not None:
                settle(desk, claim, Outcome(left.pop(0)) if left else Outcome.ACCEPTED, "as recorded")

    def do_bounce(self, on: date, mail: int) -> None:
        with self.scene.open_desk(today=on) as desk:
            finish(desk, desk.session.get_one(Message, mail), MessageAct.BOUNCE, "5.1.1 no such user")

    def do_resolve(self, on: date, mail: int, verdict: str) -> None:
        with self.scene.open_desk(by="P90", today=on) as desk:
            resolve(desk, mail, verdict)

    def do_refer(self, on: date, verb: str, by: str, minutes: bool = False, **given: Any) -> None:
        more = {"file": self.scene.file("会议纪要.pdf")} if minutes else {}
        with self.scene.open_desk(by=by, today=on) as desk:
            getattr(referrals, verb)(desk, 1, **given, **more)

    def outcome(self) -> Iterator[Line]:
        """Yield lights, numbers, states and the acts of the audit chain."""
        for finding in self.scene.rows(sa.text("SELECT code FROM finding ORDER BY code")):
            code = finding[0]
            case = self.scene.case(code)
            rungs = [f"{one.fired_on} {one.code} {one.light}" for one in self.scene.rungs(code)]
            yield {"is": "case", "code": code, "state": case.state, "round": case.round, "due_on": case.due_on,
                   "light": case.light, "highest": case.highest_light, "look_on": case.next_due_on,
                   "rungs": rungs}  # fmt: skip
        for row in self.scene.documents():
            yield {"is": "document", "kind": row.kind, "number": row.number, "state": row.state,
                   "signed_on": row.signed_on, "served_on": row.served_on}  # fmt: skip
        for mail in self.scene.messages():
            yield {
                "is": "mail",
                "kind": mail.kind,
                "to": mail.recipient,
                "state": mail.state,
                "tried": mail.attempts,
            }
        for referral in self.scene.referrals():
            yield {
                "is": "referral",
                "number": referral.number,
                "state": referral.state,
                "trigger": referral.trigger,
            }
        entries = select(AuditEntry).order_by(col(AuditEntry.shard), col(AuditEntry.seq))
        for one in self.scene.rows(entries):
            yield {"is": "act", "on": one.on_day, "by": one.actor, "of": f"{one.subject} {one.subject_id}",
                   "act": one.act, "to": one.to_state}  # fmt: skip


def play_anew(acts: Sequence[Mapping[str, Any]], kind: str = "sqlite") -> list[Line]:
    """Play acts on an empty database of a kind."""
    with (
        tempfile.TemporaryDirectory(prefix="ducha-history-") as name,
        open_database(kind, Path(name)) as engine,
    ):
        folder = Path(name)
        settings = Settings(rules=RULES_DIR, files=folder / "files")
        return Player(engine, settings, Scene(open_desks_on(engine, settings), folder)).play(acts)


def read_history(path: Path) -> tuple[list[Line], list[Line]]:
    """Return the acts of a history and what they came to."""
    lines: list[Line] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [one for one in lines if "do" in one], [one for one in lines if "is" in one]


def record() -> None:
    """Play every script and write its history."""
    from tests.proof.scripts import SCRIPTS

    for name, acts in SCRIPTS.items():
        lines = [*acts, *play_anew(acts)]
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
        (FOLDER / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    record()
