"""A small random county in which every text, name and file carries a token of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any

from sqlmodel import col, select

from casework.accounts.sessions import begin_session
from casework.desk import Desk
from casework.rectification.evidence import write_content
from core.codes import Light
from core.life.leadlife import LeadState
from core.life.lives import DocumentState
from core.life.rectification import CaseState
from delivery.paper import Paper, Paragraph, write_paper
from models.account import Account
from models.campaign import Campaign
from models.lead import Lead
from models.meeting import CompartmentReader
from models.organisation import Person, Unit
from models.rectification import Evidence, Rectification
from models.task import Task
from tests import make
from tests.casework.scene import plan_json
from tests.console.proof.sightmodel import WAITING, Secret, Who

MARK = "KNR"
POOL = {
    "P01": {"inspector"}, "P02": {"inspector", "leader"}, "P03": {"inspector"}, "P05": {"verifier"},
    "P07": {"reviewer"}, "P08": {"inspector"}, "P90": {"officer"}, "P91": {"linkage"},
}  # fmt: skip
POSTS = {
    "L-SECTION": {"officer", "leader"}, "L-DEPUTY": {"director", "leader"},
    "L-DIRECTOR": {"director", "leader"}, "L-COUNTY": {"director", "leader"},
}  # fmt: skip
UNITS = ("D001", "D002", "T001")
ADMINS = {"@sysadmin": "system_admin", "@secadmin": "security_admin", "@auditor": "audit_admin"}
CAMPAIGNS = ("2026-ZH-01", "2026-ZX-02")
STATES = (
    CaseState.OPEN, CaseState.PLANNED, CaseState.RECTIFYING, CaseState.CLOSURE_APPLIED, CaseState.VERIFIED,
    CaseState.CLOSED, CaseState.LOOK_BACK,
)  # fmt: skip
NOTICED = date(2026, 6, 1)


@dataclass
class County:
    """A world: its secrets, its users, and the values by which its things are asked for."""

    seed: int
    secrets: list[Secret] = field(default_factory=list)
    visits: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    named: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=dict
    )  # how many rows there are of what an address begins with
    places: dict[tuple[str, str], frozenset[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def token(self, kind: str, **more: Any) -> str:
        """Return a new token and remember whose it is."""
        made = f"{MARK}{hashlib.sha256(f'{self.seed}/{len(self.secrets)}'.encode()).hexdigest()[:8]}"
        self.secrets.append(Secret(made, kind, **more))
        return made

    def mark_waiting(self, campaign: str) -> None:
        """Let the title of a campaign be known to verifiers too when one of its cases waits for them."""
        waiting = [one.state for one in self.secrets if one.campaign == campaign and one.state in WAITING]
        self.secrets = [
            replace(one, state=waiting[0])
            if one.kind == "campaign" and one.campaign == campaign and waiting
            else one
            for one in self.secrets
        ]

    def users(self) -> list[Who]:
        """Return every user: the pool, the posts, contacts of units, the administrators."""
        office = [
            Who(code, frozenset(roles), "", frozenset(self.visits.get(code, ())), frozenset(self.named.get(code, ())))
            for code, roles in (POOL | POSTS).items()
        ]  # fmt: skip
        contacts = [
            Who(f"{unit}:{post}", frozenset({"unit"}), unit) for unit in UNITS for post in ("liaison", "head")
        ]
        return [*office, *contacts, *(Who(code, frozenset({role})) for code, role in ADMINS.items())]


def build(desk: Desk, seed: int) -> County:
    """Write a county."""
    county = County(seed)
    draw = county.random
    people = {
        code: make.make_person(desk, code, name=f"某{code}", roles="、".join(sorted(roles)))
        for code, roles in POOL.items()
    }
    units = {code: make.make_unit(desk, code, name=f"示例县{code}局") for code in UNITS}
    for code in CAMPAIGNS:
        title = county.token(
            "campaign", campaign=code, told=True, unit="", places=frozenset((code, unit) for unit in UNITS)
        )
        campaign = make.make_campaign(desk, code, title=f"专项{title}", plan=plan_json())
        for unit in units.values():
            _visit(desk, county, campaign, unit, people)
        for number in range(draw.randint(2, 3)):
            _case(desk, county, campaign, draw.choice(list(units.values())), number + 1)
        _paper(desk, county, campaign, draw.choice(list(units.values())))
        county.mark_waiting(code)
    _leads(desk, county, list(units.values()))
    _tasks(desk, county)
    county.codes |= {"campaigns": list(CAMPAIGNS), "units": list(UNITS), "people": list(POOL)}
    papers = sum(one.kind == "document" for one in county.secrets)
    letters = sum(one.kind == "referral" for one in county.secrets)
    county.counts = {
        "documents": papers + letters,
        "letters": papers + letters,
        "visits": 6,
        "referrals": letters,
    }
    return county


def _visit(desk: Desk, county: County, campaign: Campaign, unit: Unit, people: dict[str, Person]) -> None:
    team = county.random.sample(["P01", "P02", "P03"], 2)
    make.make_visit(desk, campaign, unit, *(people[code] for code in team))
    place = (campaign.code, unit.code)
    county.places[place] = frozenset({place})
    for code in team:
        county.visits.setdefault(code, set()).add(place)


def _case(desk: Desk, county: County, campaign: Campaign, unit: Unit, number: int) -> None:
    draw = county.random
    state, served = draw.choice(STATES), draw.random() < 0.6
    facts: dict[str, Any] = {
        "unit": unit.code, "campaign": campaign.code, "state": state.value, "told": served,
        "places": county.places[campaign.code, unit.code],
    }  # fmt: skip
    code = f"{campaign.code}-{unit.code}-{number:02}"
    referral = _next_referral(county) if draw.random() < 0.5 else 0
    over = state in (CaseState.CLOSED, CaseState.LOOK_BACK)
    days = {
        "closed_on": NOTICED if over else None,
        "served_on": NOTICED if served else None,
        "signed_on": NOTICED,
    }
    texts = {"problem": f"未公示{county.token('case', **facts, number=referral)}。", "facts": ""}
    case = make.make_finding_and_case(desk, campaign, unit, code, state=state.value, finding=texts, **days)
    county.codes.setdefault("cases", []).append(code)
    make.make_request(desk, case, reason=f"需采购{county.token('case', **facts)}")
    _evidence(desk, county, case, facts)
    _papers(desk, county, campaign, unit, case, facts)
    if referral:
        _referral(desk, county, campaign, unit, case)


def _evidence(desk: Desk, county: County, case: Rectification, facts: dict[str, Any]) -> None:
    """Keep a file whose name and content carry tokens."""
    content = f"佐证 {county.token('case', **facts, shown=False)}".encode()
    digest = hashlib.sha256(content).hexdigest()
    write_content(desk.files, digest, content)
    make.store(desk, Evidence(
        office_id=desk.office_id, subject="case", subject_id=case.id, act="report_progress",
        name=f"{county.token('case', **facts)}.txt", sha256=digest, size=len(content), filed_on=NOTICED,
        filed_by=f"{facts['unit']}:liaison",
    ))  # fmt: skip


def _papers(
    desk: Desk, county: County, campaign: Campaign, unit: Unit, case: Rectification, facts: dict[str, Any]
) -> None:
    """Write an urging that went out with the notice, or a draft of which the unit knows nothing."""
    told = bool(facts["told"])
    state = DocumentState.SERVED if told else DocumentState.DRAFT
    title = county.token("document", **facts)
    said = {"content": _content(f"催办{title}")} if told else {}
    draft = make.make_document(
        desk, campaign, unit, "urging", case, state=state.value, title=f"催办{title}", **said
    )
    make.make_rung(desk, case, Light.YELLOW, NOTICED, document_id=draft.id)


def _referral(desk: Desk, county: County, campaign: Campaign, unit: Unit, case: Rectification) -> None:
    number = _next_referral(county)
    row = make.make_referral(desk, case, opinion=f"意见{county.token('referral', number=number)}")
    make.make_document(
        desk, campaign, unit, "referral_letter", case, state=DocumentState.DRAFT.value,
        title=f"移送{county.token('referral', number=number, shown=False)}", about="referral", about_id=row.id,
    )  # fmt: skip
    if county.random.random() < 0.6:
        assert row.id == number
        _name(desk, county, "P08", "referral", number)


def _content(title: str) -> str:
    """Return what a signed document froze."""
    paper = Paper(
        kind="urging", layout="letter", issuer="示例县督察办公室", number=None, title=title, addressee="单位",
        blocks=(Paragraph(text="请抓紧整改。"),), signature_name="示例县督察办公室", signed_on=NOTICED,
    )  # fmt: skip
    return write_paper(paper).decode()


def _next_referral(county: County) -> int:
    """Return the number that the next referral gets in the database."""
    return len({one.number for one in county.secrets if one.kind == "referral"}) + 1


def _name(desk: Desk, county: County, person: str, subject: str, number: int) -> None:
    make.store(desk, CompartmentReader(
        office_id=desk.office_id, person=person, subject=subject, subject_id=number, from_on=NOTICED,
        until_on=date(2026, 12, 31), granted_by="L-DIRECTOR", granted_on=NOTICED, reason="参与研判",
    ))  # fmt: skip
    county.named.setdefault(person, set()).add((subject, number))


def _paper(desk: Desk, county: County, campaign: Campaign, unit: Unit) -> None:
    """Write a working paper that the unit has not been told of."""
    text = county.token(
        "paper", unit=unit.code, campaign=campaign.code, places=county.places[campaign.code, unit.code]
    )
    make.make_finding(
        desk, campaign, unit, f"{campaign.code}-{unit.code}-90", problem=f"底稿{text}", state="paper",
        confirmed_by=None, confirmed_on=None,
    )  # fmt: skip


def _leads(desk: Desk, county: County, units: list[Unit]) -> None:
    for number in (1, 2, 3):
        closed, handler = county.random.random() < 0.4, county.random.choice(["P01", "P90"])
        facts: dict[str, Any] = {"closed": closed, "handler": handler, "number": number}
        unit = county.random.choice(units)
        row = make.store(desk, Lead(
            office_id=desk.office_id, year=2026, serial=number, number=f"示法督线〔2026〕{number}号",
            source="petition", line="party", state=LeadState.REGISTERED.value, compartment=closed,
            received_on=NOTICED, registered_on=NOTICED, registered_by="P90", unit_id=unit.id, handler=handler,
            title=f"反映{county.token('lead', **facts)}", text=f"内容{county.token('lead', **facts)}",
            route_due_on=date(2026, 6, 15),
        ))  # fmt: skip
        if closed and county.random.random() < 0.5:
            _name(desk, county, "P08", "lead", row.id or 0)


def _tasks(desk: Desk, county: County) -> None:
    """Write a task of the compartment; its number of a referral is one that nobody was named for."""
    text = county.token("referral", number=900, shown=False)
    make.store(desk, Task(
        office_id=desk.office_id, key="leak-1", kind="lead", title=f"办理{text}", subject="referral",
        subject_id=900, role="linkage", confidential=True, state="open", opened_on=NOTICED, due_on=date(2026, 7, 1),
    ))  # fmt: skip


def session_of(desk: Desk, who: Who) -> str:
    """Return the token of a session of a user; the account is opened where it is missing."""
    login = who.code.strip("@").lower().replace(":", ".")
    row = desk.session.exec(select(Account).where(col(Account.login) == login)).first()
    account = row or make.store(desk, Account(
        office_id=desk.office_id, login=login, name=f"账号{login}", state="active",
        holder=None if who.code.startswith("@") else who.code, admin=ADMINS.get(who.code),
        opened_by="test", opened_on=desk.today,
    ))  # fmt: skip
    return begin_session(desk, account, second_factor=True)
