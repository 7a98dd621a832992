"""Working papers become findings only by another person's confirmation, and only findings become cases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from casework.inspection.findings import confirm_all, confirm_findings, list_findings, withdraw_finding
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from models.rectification import Rectification
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, Scene

DAY = date(2026, 4, 1)


def write_papers(scene: Scene, *opinions: str) -> list[str]:
    """Write working papers of P01 with these opinions of the unit; return their numbers."""
    with scene.open_desk(today=DAY) as desk:
        campaign, unit = make.make_campaign(desk), make.make_unit(desk)
        make.make_person(desk, "P01", roles="inspector、leader")
        make.make_person(desk, "P02", roles="reviewer")
        make.make_person(desk, "P03", roles="inspector")
        codes = [f"{CODE}-D001-{n:02}" for n, _ in enumerate(opinions, 1)]
        for code, opinion in zip(codes, opinions, strict=True):
            make.make_finding(
                desk, campaign, unit, code, state="paper", unit_opinion=opinion, confirmed_by=None, confirmed_on=None
            )  # fmt: skip
    return codes


def test_a_confirmed_paper_opens_its_case(scene: Scene, open_desk: OpenDesk) -> None:
    (code,) = write_papers(scene, "confirmed")
    with open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, [code])
    finding, case = scene.finding(code), scene.case(code)
    assert (finding.state, finding.confirmed_by, finding.confirmed_on) == ("confirmed", "P02", DAY)
    assert (case.state, case.severity, case.due_on, case.light) == ("open", "major", None, "none")
    assert (scene.told("finding", finding.id), scene.told("case", case.id)) == (["confirm"], ["open"])


def test_who_found_a_problem_does_not_confirm_it(scene: Scene, open_desk: OpenDesk) -> None:
    (code,) = write_papers(scene, "confirmed")
    with pytest.raises(NotAllowed, match="本人"), open_desk(by="P01", today=DAY) as desk:
        confirm_findings(desk, [code])
    with pytest.raises(NotAllowed, match="无权"), open_desk(by="P03", today=DAY) as desk:
        confirm_findings(desk, [code])
    assert scene.rows(select(Rectification)) == []


@pytest.mark.parametrize("opinion", ["contested", "refused_to_sign"])
def test_a_paper_the_unit_did_not_confirm_needs_a_reason(
    scene: Scene, open_desk: OpenDesk, opinion: str
) -> None:
    (code,) = write_papers(scene, opinion)
    with pytest.raises(InvalidInput, match="复核理由"), open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, [code], "  ")
    assert scene.finding(code).state == "paper"
    with open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, [code], "已复核案卷")
    assert scene.case(code).state == "open"


def test_several_are_confirmed_together_or_not_at_all(scene: Scene, open_desk: OpenDesk) -> None:
    codes = write_papers(scene, "confirmed", "contested")
    with pytest.raises(InvalidInput), open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, codes)
    assert {scene.finding(code).state for code in codes} == {"paper"}


def test_confirming_all_leaves_contested_ones_for_review(scene: Scene, open_desk: OpenDesk) -> None:
    write_papers(scene, "confirmed", "contested", "confirmed")
    with open_desk(by="P02", today=DAY) as desk:
        assert len(confirm_all(desk, CODE)) == 2
        told = list_findings(desk, campaign=CODE)
        assert [row["state"] for row in told] == ["confirmed", "paper", "confirmed"]
        assert [row["id"] for row in list_findings(desk, state="paper")] == [f"{CODE}-D001-02"]


def test_a_finding_is_confirmed_once(scene: Scene, open_desk: OpenDesk) -> None:
    (code,) = write_papers(scene, "confirmed")
    with open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, [code])
    with pytest.raises(IllegalMove) as refused, open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, [code])
    assert refused.value.allowed == ("withdraw",)
    with pytest.raises(NotFound), open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, ["2026-ZH-01-D001-99"])


def test_withdrawing_a_finding_withdraws_its_case_and_puts_its_light_out(
    scene: Scene, open_desk: OpenDesk
) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    with open_desk(today=date(2026, 5, 20)) as desk:
        case = desk.session.exec(select(Rectification)).one()
        case.light = "red"
    with open_desk(by="L-DIRECTOR", today=date(2026, 5, 21)) as desk:
        withdraw_finding(desk, code, "事实不清")
    case = scene.case(code)
    assert (scene.finding(code).state, case.state, case.light, case.next_due_on) == (
        "withdrawn",
        "withdrawn",
        "none",
        None,
    )


def test_a_withdrawal_needs_its_reason_and_its_role(scene: Scene, open_desk: OpenDesk) -> None:
    (code,) = write_papers(scene, "contested")
    with pytest.raises(InvalidInput, match="理由"), open_desk(by="P02", today=DAY) as desk:
        withdraw_finding(desk, code, "")
    with pytest.raises(NotAllowed), open_desk(by="P03", today=DAY) as desk:
        withdraw_finding(desk, code, "证据不足")
    with open_desk(by="P02", today=DAY) as desk:
        assert withdraw_finding(desk, code, "证据不足").state == "withdrawn"
    with pytest.raises(IllegalMove), open_desk(by="P02", today=DAY) as desk:
        confirm_findings(desk, [code], "又要认定")
