"""Letters of authorisation (督察授权书, 一次一授权): one for each team and visit, for its people and days alone.

source: the custom of 巡察 (一次一授权); the office's own rule file rules/documents/authorisation_letter.yaml
"""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.inspection.visits import team_of
from casework.paperwork.drafts import draft_document
from casework.staff.people import join, require_role, split
from casework.staff.teams import renewal_key
from casework.staff.teamviews import live_letters
from casework.tasks import finish_for
from core.errors import Refused
from core.life.lives import CampaignState
from models.base import key_of
from models.campaign import Campaign, Visit
from models.document import Document
from models.organisation import Person
from models.pool import Authorisation

KIND = "authorisation_letter"
METHODS = "可以听取汇报、查阅和复制资料、个别谈话、实地走访"


def authorise_teams(desk: Desk, code: str, visit_id: int | None = None) -> list[Document]:
    """Draft a letter for every visit to come whose present team has none; a team that changed gets a new one.

    raises   Refused for a campaign that is not open, and while a letter for the former team is signed and not void
    """
    require_role(desk, ("officer", "director"), "拟制督察授权书")
    campaign = find_campaign(desk, code)
    if campaign.state != CampaignState.OPEN.value:
        raise Refused(
            "督察批次没有启动，不能出具授权书",
            found=f"{code} 状态 {campaign.state}",
            expected="状态 open",
            remedy="启动批次后出具（ducha campaign open）",
        )
    query = (
        select(Visit)
        .where(col(Visit.campaign_id) == campaign.id, col(Visit.to_on) >= desk.today)
        .order_by(col(Visit.from_on), col(Visit.id))
    )
    visits = [one for one in desk.session.exec(query) if visit_id in (None, one.id)]
    return [letter for visit in visits if (letter := _authorise(desk, campaign, visit)) is not None]


def _authorise(desk: Desk, campaign: Campaign, visit: Visit) -> Document | None:
    team = team_of(desk, visit)
    codes = tuple(person.code for person in team)
    live = live_letters(desk, visit)
    if any(split(letter.team) == codes for letter, _document in live):
        return None
    old = [document for _letter, document in live]
    if old:
        numbers = "、".join(document.number or f"文书{document.id}" for document in old)
        raise Refused(
            "原督察组的授权书仍有效",
            found=numbers,
            expected="先作废原授权书",
            remedy=f"运行 ducha notice void {old[0].id} --reason 人员更换",
        )
    document = draft_document(
        desk, KIND, campaign, visit.unit_id, inputs={"values": _values(visit, team), "visit": visit.id}
    )
    row = Authorisation(
        office_id=desk.office_id, visit_id=key_of(visit), document_id=key_of(document), team=join(codes),
        drafted_by=desk.actor.code, drafted_on=desk.today,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    former = select(Authorisation.id).where(col(Authorisation.visit_id) == visit.id)
    for letter in desk.session.exec(former.where(col(Authorisation.id) != row.id)).all():
        finish_for(desk, renewal_key(visit, letter or 0), "已重新出具")
    desk.record(
        "visit", key_of(visit), "authorise", unit_id=visit.unit_id, document=document.id, team=list(codes)
    )
    return document


def _values(visit: Visit, team: list[Person]) -> dict[str, object]:
    return {
        "leader": team[0].name,
        "from_on": visit.from_on.isoformat(),
        "to_on": visit.to_on.isoformat(),
        "team": [
            {"name": person.name, "role": "成员" if index else "组长"} for index, person in enumerate(team)
        ],
        "scope": f"依据督察方案对{len(split(visit.items))}项内容开展督察，{METHODS}",
    }
