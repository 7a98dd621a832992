"""The search: what shares a number is all found, the newest first, and nothing is found twice as two things."""

from __future__ import annotations

from casework.search import only_hit, search
from core.life.rectification import CaseState
from tests.casework.conftest import TODAY, OpenDesk
from tests.make import (
    make_campaign,
    make_finding,
    make_finding_and_case,
    make_person,
    make_referral,
    make_unit,
)

CODE = "2026-ZH-01-D001-01"


def hits_of(open_desk: OpenDesk, by: str, text: str) -> dict[str, list[str]]:
    """Return {kind: the addresses that somebody finds}."""
    with open_desk(by=by, readonly=True) as desk:
        return {group.key: [hit.address for hit in group.hits] for group in search(desk, text)}


def test_all_parts_of_a_referral_are_found_by_the_number_of_their_case(open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        make_person(desk, "P91", roles="linkage")
        case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE)
        first = make_referral(desk, case, part=1).id
        second = make_referral(desk, case, part=2).id

    assert hits_of(open_desk, "P91", CODE)["referrals"] == [f"/referrals/{second}", f"/referrals/{first}"]


def test_there_are_others_when_more_parts_share_a_number_than_are_shown(open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        case = make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE)
        for part in range(1, 10):
            make_referral(desk, case, part=part)

    with open_desk(by="L-DIRECTOR", readonly=True) as desk:
        groups = search(desk, CODE)
    referrals = next(group for group in groups if group.key == "referrals")
    assert (len(referrals.hits), referrals.more) == (8, True)
    assert only_hit(groups) == f"/cases/{CODE}"
    assert only_hit((referrals,)) == ""  # one of several is nobody's guess


def test_an_upheld_objection_is_found_as_its_case_only(open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        campaign, unit = make_campaign(desk), make_unit(desk)
        make_finding_and_case(
            desk, campaign, unit, CODE, finding={"state": "withdrawn"}, state=CaseState.WITHDRAWN.value,
            withdrawn_on=TODAY,
        )  # fmt: skip
        make_finding(
            desk, campaign, unit, f"{CODE}-底稿", state="paper", confirmed_by=None, confirmed_on=None
        )

    found = hits_of(open_desk, "L-DIRECTOR", CODE)
    assert found == {"cases": [f"/cases/{CODE}"], "papers": [f"/findings/{CODE}-底稿"]}
