"""A small random county in which every text, name and file carries a token of its own: what comes of its visits.

What lies beside the visits (leads, lawsuits, meetings, reports, people) is written by leakoffice.py.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlmodel import col, select

from casework.accounts.hashing import digest, make_token
from casework.accounts.sessions import begin_session
from casework.desk import Desk
from casework.rectification.evidence import write_content
from core.codes import Light
from core.life.lives import DocumentState
from core.life.rectification import CaseState
from delivery.paper import Paper, Paragraph, write_paper
from models.account import Account, PortalLink, WebSession
from models.campaign import Campaign
from models.document import Document, ServiceRecord
from models.handling import Complaint, Measure, RectificationPlan, Verification
from models.meeting import CompartmentReader
from models.message import Message, MessageBody
from models.note import ContactNote
from models.organisation import Person, Unit
from models.rectification import Evidence, Rectification
from tests import make
from tests.casework.scene import plan_json
from tests.console.proof.sightmodel import Secret, Who

MARK = "KNR"
POOL = {
    "P01": {"inspector"}, "P02": {"inspector", "leader"}, "P03": {"inspector"}, "P04": {"leader"},
    "P05": {"verifier"}, "P07": {"reviewer"}, "P08": {"inspector"}, "P90": {"officer"}, "P91": {"linkage"},
}  # fmt: skip
POSTS = {
    "L-SECTION": {"officer", "leader"}, "L-DEPUTY": {"director", "leader"},
    "L-DIRECTOR": {"director", "leader"}, "L-COUNTY": {"director", "leader"},
}  # fmt: skip
UNITS = ("D001", "D002", "T001")
GUESTS = {
    "D001": "shilixian.example",
    "T001": "elsewhere.example",
}  # whose liaison comes in by a link: their domain
ADMINS = {"@sysadmin": "system_admin", "@secadmin": "security_admin", "@auditor": "audit_admin"}
CAMPAIGNS = ("2026-ZH-01", "2026-ZX-02")
STATES = (
    CaseState.OPEN, CaseState.PLANNED, CaseState.RECTIFYING, CaseState.CLOSURE_APPLIED, CaseState.VERIFIED,
    CaseState.CLOSED, CaseState.LOOK_BACK,
)  # fmt: skip
WAITING = (CaseState.CLOSURE_APPLIED, CaseState.VERIFIED, CaseState.LOOK_BACK)
NOTICED = date(2026, 6, 1)
PLACE = frozenset({"officer", "director", "reviewer", "linkage", "inspector"})
OUTBOX = frozenset({"officer", "director", "leader"})
NOBODY = frozenset({"nobody"})
PAGES = frozenset(
    {"officer", "director", "reviewer", "linkage", "leader", "inspector", "verifier"}
)  # of the office
LETTER = {  # what people wrote of a referral for its letter
    "receiver_name": "县纪委监委",
    "values": {
        **dict.fromkeys(("source", "subject", "facts", "verified", "opinion"), "见材料"),
        "materials": [],
    },
}
REGISTER = frozenset({"officer", "leader", "director", "reviewer", "linkage"})
SHEETS = PAGES - {"linkage"}  # the contact of a partner sees what was shared, and no checklist


@dataclass
class County:
    """A world: its secrets, its users, and the values by which its things are asked for."""

    seed: int
    secrets: list[Secret] = field(default_factory=list)
    visits: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    named: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)  # {what an address begins with: how many there are}
    referrals: int = 0
    waiting: set[str] = field(
        default_factory=set
    )  # units and campaigns of which something waits to be verified

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def token(self, what: str, **more: Any) -> str:
        """Return a new token and remember whose it is."""
        made = f"{MARK}{hashlib.sha256(f'{self.seed}/{len(self.secrets)}'.encode()).hexdigest()[:8]}"
        self.secrets.append(Secret(made, what, **more))
        return made

    def mark_titles(self) -> None:
        """Let campaigns and units be known to those who know of something of theirs: verifiers, who was named."""
        abouts = {
            code: frozenset(
                number
                for one in self.secrets
                if any(code == place[0] for place in one.places)
                for number in one.about
            )
            for code in CAMPAIGNS
        }
        self.secrets = [
            replace(one, about=abouts.get(one.what.partition(" ")[2], one.about)) for one in self.secrets
        ]
        self.secrets = [
            replace(one, waits=True) if one.what.partition(" ")[2] in self.waiting else one
            for one in self.secrets
        ]

    def users(self) -> list[Who]:
        """Return every user: the pool, the posts, contacts of units with accounts and by link, the administrators."""
        office = [
            Who(code, frozenset(roles), "", frozenset(self.visits.get(code, ())), frozenset(self.named.get(code, ())))
            for code, roles in (POOL | POSTS).items()
        ]  # fmt: skip
        contacts = [
            Who(f"{unit}:{post}", frozenset({"unit", "account"}), unit)
            for unit in UNITS
            for post in ("liaison", "head")
        ]
        guests = [
            Who(f"{unit}:liaison", frozenset({"unit"}), unit, outside=domain != GUESTS["D001"])
            for unit, domain in GUESTS.items()
        ]
        admins = [Who(code, frozenset({role})) for code, role in ADMINS.items()]
        return [*office, *contacts, *guests, *admins]

    def user(self, code: str) -> Who:
        """Return the user of a code, with an account where there are two."""
        return next(who for who in self.users() if who.code == code)


def build(desk: Desk, seed: int) -> County:
    """Write a county."""
    from tests.console.proof.leakoffice import fill_office

    county = County(seed)
    draw = county.random
    people = {code: _person(desk, county, code, roles) for code, roles in POOL.items()}
    units = {code: _unit(desk, county, code) for code in UNITS}
    for code in CAMPAIGNS:
        title = county.token(
            f"campaign {code}", told=True, places=frozenset((code, unit) for unit in UNITS),
            shown=REGISTER | {"inspector"},
        )  # fmt: skip
        campaign = make.make_campaign(desk, code, title=f"专项{title}", plan=plan_json())
        for unit in units.values():
            _visit(desk, county, campaign, unit, people)
        for number in range(draw.randint(2, 3)):
            _case(desk, county, campaign, draw.choice(list(units.values())), number + 1)
        _paper(desk, county, campaign, draw.choice(list(units.values())))
    fill_office(desk, county, people, units)
    for unit in GUESTS:
        _link(desk, county, units[unit])
    county.mark_titles()
    county.codes |= {"campaigns": list(CAMPAIGNS), "units": list(UNITS), "people": list(POOL)}
    return county


def _person(desk: Desk, county: County, code: str, roles: set[str]) -> Person:
    mail = county.token(
        f"mailbox of {code}", kind="own", doors=REGISTER, people=frozenset({code}), shown=NOBODY
    )
    return make.make_person(
        desk, code, name=f"某{code}", roles="、".join(sorted(roles)), email=f"{mail}@shilixian.example"
    )


def _unit(desk: Desk, county: County, code: str) -> Unit:
    places = frozenset((campaign, code) for campaign in CAMPAIGNS)
    facts: dict[str, Any] = {"units": frozenset({code}), "told": True, "places": places}
    facts["people"] = frozenset(
        {"@sysadmin", "@secadmin"}
    )  # who open accounts and grant them know whose they are
    name = county.token(
        f"contact {code}", shown=frozenset({"officer", "director", "reviewer", "linkage"}), **facts
    )
    facts["people"] = frozenset()
    mail = county.token(f"mailbox {code}", shown=frozenset({"officer", "director"}), **facts)
    return make.make_unit(
        desk, code, name=f"示例县{code}局", liaison_name=f"联络员{name}", head_name="负责人",
        liaison_email=f"{mail}@{GUESTS.get(code, 'shilixian.example')}",
    )  # fmt: skip


def _visit(desk: Desk, county: County, campaign: Campaign, unit: Unit, people: dict[str, Person]) -> None:
    team = county.random.sample(["P01", "P02", "P03"], 2)
    place = (campaign.code, unit.code)
    place_token = county.token("place of a visit", places=frozenset({place}), shown=PLACE)
    visit = make.make_visit(
        desk, campaign, unit, *(people[code] for code in team), place=f"会议室{place_token}"
    )
    for code in team:
        county.visits.setdefault(code, set()).add(place)
    text = county.token("row of a checklist", places=frozenset({place}), doors=SHEETS)
    make.make_check(
        desk, visit, result="failed", severity="minor", problem=f"抽查{text}", inspector=team[0],
        unit_opinion="confirmed",
    )  # fmt: skip


# ---- cases ---------------------------------------------------------------------------------------------------------


def _case(desk: Desk, county: County, campaign: Campaign, unit: Unit, number: int) -> None:
    draw = county.random
    state, told = draw.choice(STATES), draw.random() < 0.6
    county.referrals += (referred := draw.random() < 0.5)
    facts: dict[str, Any] = {
        "units": frozenset({unit.code}), "places": frozenset({(campaign.code, unit.code)}), "told": told,
        "waits": state in WAITING, "work_secret": (secret := draw.random() < 0.3) and told,
    }  # fmt: skip
    if state in WAITING:
        county.waiting |= {campaign.code, unit.code}
    over = state in (CaseState.CLOSED, CaseState.LOOK_BACK)
    days = {
        "closed_on": NOTICED if over else None, "served_on": NOTICED if told else None, "signed_on": NOTICED,
    }  # fmt: skip
    problem = county.token(
        "problem of a case", about=frozenset({county.referrals}) if referred else frozenset(), **facts
    )
    texts = {
        "problem": f"未公示{problem}。",
        "facts": f"现场{county.token('facts of a case', **facts, shown=PAGES)}",
    }
    code = f"{campaign.code}-{unit.code}-{number:02}"
    case = make.make_finding_and_case(desk, campaign, unit, code, state=state.value, finding=texts, **days)
    county.codes.setdefault("cases", []).append(code)
    make.make_request(
        desk, case, asked_by=f"{unit.code}:liaison", reason=f"需采购{county.token('request', **facts)}"
    )
    _handling(desk, county, case, facts)
    keep(desk, county, "case", case.id, facts, by=f"{unit.code}:liaison", act="report_progress")
    keep(desk, county, "case", case.id, inside(facts), by="P90", act="verify")
    _papers(desk, county, campaign, unit, case, facts, secret)
    if referred:
        _referral(desk, county, campaign, unit, case)


def inside(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of what the office keeps to itself."""
    return {**facts, "told": False}


def _handling(desk: Desk, county: County, case: Rectification, facts: dict[str, Any]) -> None:
    """Write a plan, a verification, a complaint, a note, and what the log keeps of them."""
    own = {"office_id": desk.office_id, "case_id": case.id}
    plan = make.store(desk, RectificationPlan(
        **own, version=1, round=1, state="submitted", subject="本单位", submitted_on=NOTICED,
        submitted_by=f"{next(iter(facts['units']))}:liaison",
    ))  # fmt: skip
    make.store(desk, Measure(plan_id=plan.id, number=1, text=f"修订{county.token('measure', **facts)}"))
    make.store(desk, Verification(
        **own, number=1, round=1, verified_on=NOTICED, manner="on_site", verdict="passed", verified_by="P05",
        opinion=f"核查{county.token('opinion of a verifier', **inside(facts))}",
    ))  # fmt: skip
    make.store(desk, Complaint(
        **own, number=1, state="open", received_on=NOTICED, received_by="P90",
        text=f"反映{county.token('complaint', **inside(facts))}",
    ))  # fmt: skip
    note(desk, county, "case", case.id, case.unit_id, inside(facts))
    said = county.token("progress in the log", **facts)
    desk.record("case", case.id, "report_progress", unit_id=case.unit_id, percent=40, note=f"进展{said}")
    words = county.token("words of a decision", **inside(facts))
    desk.record(
        "case", case.id, "decide_extension", unit_id=case.unit_id, verdict="granted", note=f"同意{words}"
    )


def note(
    desk: Desk, county: County, subject: str, number: int, unit_id: int | None, facts: dict[str, Any]
) -> None:
    """Write a note of a call, as the verb does: a row and an entry of the log."""
    text = f"电话{county.token(f'note about a {subject}', **facts)}"
    make.store(desk, ContactNote(
        office_id=desk.office_id, subject=subject, subject_id=number, unit_id=unit_id, kind="telephone",
        on_day=NOTICED, text=text, written_by="P90", entered_at=desk.now,
    ))  # fmt: skip
    desk.record(subject, number, "note", unit_id=unit_id, note=text)


def keep(
    desk: Desk, county: County, subject: str, number: int, facts: dict[str, Any], *, by: str, act: str
) -> Evidence:
    """Keep a file whose name and content carry tokens."""
    content = f"佐证 {county.token(f'file of a {subject}', **facts)}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    write_content(desk.files, sha256, content)
    row: Evidence = make.store(desk, Evidence(
        office_id=desk.office_id, subject=subject, subject_id=number, act=act,
        name=f"{county.token(f'name of a file of a {subject}', **facts)}.txt", sha256=sha256, size=len(content),
        filed_on=NOTICED, filed_by=by,
    ))  # fmt: skip
    return row


def _papers(
    desk: Desk,
    county: County,
    campaign: Campaign,
    unit: Unit,
    case: Rectification,
    facts: dict[str, Any],
    secret: bool,
) -> None:
    """Write an urging that went out by mail, or a draft of which the unit knows nothing."""
    told = bool(facts["told"])
    state = DocumentState.SERVED if told else DocumentState.DRAFT
    title = f"催办{county.token('document', **facts)}"
    said = {"content": content_of(title)} if told else {}
    draft = make.make_document(
        desk, campaign, unit, "urging", case, state=state.value, title=title,
        secrecy="work_secret" if secret else "internal", **said,
    )  # fmt: skip
    make.make_rung(desk, case, Light.YELLOW, NOTICED, document_id=draft.id)
    if told:
        proof = keep(desk, county, "document", draft.id or 0, inside(facts), by="P90", act="serve")
        make.store(desk, ServiceRecord(
            document_id=draft.id, channel="hand", served_on=NOTICED, recorded_by="P90", recorded_at=desk.now,
            note=f"交{county.token('note of a service', **inside(facts))}", file_sha256=proof.sha256,
        ))  # fmt: skip
        mail(
            desk,
            county,
            unit,
            inside(facts),
            document_id=draft.id,
            kind="document",
            key=f"document/{draft.id}",
        )


def mail(desk: Desk, county: County, unit: Unit, facts: dict[str, Any], **more: Any) -> Message:
    """Write a mail that no server has answered for, with its bytes."""
    reply = county.token("answer of a mail server", **{**facts, "shown": frozenset({"officer", "director"})})
    number = len(county.secrets)
    row: Message = make.store(desk, Message(
        office_id=desk.office_id, message_id=f"<{number}@x.example>", recipient_name="联络员", state="unknown",
        recipient=unit.liaison_email, domain="x.example", queued_at=desk.now, not_before=desk.now, attempts=1,
        smtp_reply=f"451 {reply}",
        **{**more, "key": f"{desk.office.code}/{more['key']}/{number}/liaison"},
    ))  # fmt: skip
    body = county.token("words of a mail", **{**facts, "doors": OUTBOX})
    mime = f"Subject: mail\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()
    make.store(desk, MessageBody(
        message_id=row.id, subject="mail", sha256=hashlib.sha256(mime).hexdigest(), mime=mime
    ))  # fmt: skip
    return row


def content_of(title: str, said: str = "请抓紧整改。") -> str:
    """Return what a signed document froze."""
    paper = Paper(
        kind="urging", layout="letter", issuer="示例县督察办公室", number=None, title=title, addressee="单位",
        blocks=(Paragraph(text=said),), signature_name="示例县督察办公室", signed_on=NOTICED,
    )  # fmt: skip
    return write_paper(paper).decode()


def _referral(desk: Desk, county: County, campaign: Campaign, unit: Unit, case: Rectification) -> None:
    number = county.referrals
    row = make.make_referral(
        desk, case, opinion=f"意见{county.token('opinion', kind='referral', number=number)}"
    )
    assert row.id == number
    title = county.token("letter of a referral", kind="referral", number=number, shown=NOBODY)
    make.make_document(
        desk, campaign, unit, "referral_letter", case, state=DocumentState.DRAFT.value, title=f"移送{title}",
        about="referral", about_id=row.id, inputs=json.dumps(LETTER),
    )  # fmt: skip
    keep(desk, county, "referral", number, {"kind": "referral", "number": number}, by="P91", act="study")
    if county.random.random() < 0.6:
        name(desk, county, "P08", "referral", number)


def name(desk: Desk, county: County, person: str, subject: str, number: int) -> None:
    """Name somebody who may know of one matter of the compartment."""
    make.store(desk, CompartmentReader(
        office_id=desk.office_id, person=person, subject=subject, subject_id=number, from_on=NOTICED,
        until_on=date(2026, 12, 31), granted_by="L-DIRECTOR", granted_on=NOTICED,
        reason=f"参与研判{county.token('why somebody was named', kind='linkage', shown=NOBODY)}",
    ))  # fmt: skip
    county.named.setdefault(person, set()).add((subject, number))


def _paper(desk: Desk, county: County, campaign: Campaign, unit: Unit) -> None:
    """Write a working paper that the unit has not been told of."""
    text = county.token("working paper", places=frozenset({(campaign.code, unit.code)}))
    make.make_finding(
        desk, campaign, unit, f"{campaign.code}-{unit.code}-90", problem=f"底稿{text}", state="paper",
        confirmed_by=None, confirmed_on=None,
    )  # fmt: skip
    county.codes.setdefault("findings", []).append(f"{campaign.code}-{unit.code}-90")


# ---- users ---------------------------------------------------------------------------------------------------------


def _link(desk: Desk, county: County, unit: Unit) -> None:
    """Write the link by which the liaison of a unit comes in, with the paper it is about."""
    campaign = desk.session.exec(select(Campaign).where(col(Campaign.code) == CAMPAIGNS[0])).one()
    facts: dict[str, Any] = {"units": frozenset({unit.code}), "told": True}
    title = f"提示{county.token('document of a link', **facts)}"
    paper: Document = make.make_document(
        desk, campaign, unit, "prompt", title=title, content=content_of(title)
    )
    message = mail(
        desk, county, unit, inside(facts), document_id=paper.id, kind="document", key=f"document/{paper.id}"
    )
    secret = make_token()
    link = make.store(desk, PortalLink(
        office_id=desk.office_id, document_id=paper.id, message_id=message.id, holder=f"{unit.code}:liaison",
        recipient=unit.liaison_email, token_sha256=digest(secret), made_at=desk.now,
        expires_at=desk.now + timedelta(days=30),
    ))  # fmt: skip
    county.codes.setdefault("n", []).append(secret)
    county.codes[f"link {unit.code}"] = [str(link.id)]


def session_of(desk: Desk, county: County, who: Who) -> str:
    """Return the token of a session of a user; the account is opened where it is missing."""
    if who.unit and "account" not in who.roles:
        secret = make_token()
        make.store(desk, WebSession(
            token_sha256=digest(secret), portal_link_id=int(county.codes[f"link {who.unit}"][0]), begun_at=desk.now,
            seen_at=desk.now, expires_at=desk.now + timedelta(hours=8), address="10.1.1.1", browser="",
        ))  # fmt: skip
        return secret
    login = who.code.strip("@").lower().replace(":", ".")
    row = desk.session.exec(select(Account).where(col(Account.login) == login)).first()
    account = row or make.store(desk, Account(
        office_id=desk.office_id, login=login, name=f"账号{login}", state="active",
        holder=None if who.code.startswith("@") else who.code, admin=ADMINS.get(who.code),
        opened_by="test", opened_on=desk.today,
    ))  # fmt: skip
    return begin_session(desk, account, second_factor=True)
