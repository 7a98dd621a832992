"""Delegation of signature: who, for whom, what, and within which days; nobody lends on or signs their own draft."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from casework.paperwork.documents import sign_documents
from casework.paperwork.notices import draft_notices
from casework.staff.delegations import Wish, add_delegation, list_delegations, revoke_delegation
from casework.upkeep.doctor import examine
from core.codes import Light
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from models.delegation import Delegation
from models.document import Document
from models.record import AuditEntry
from models.rectification import Evidence, Rectification
from tests.casework.scene import CODE, Scene

MAJOR = ("D001", "E24", "major")
DAY, UNTIL, AFTER = date(2026, 4, 8), date(2026, 4, 30), date(2026, 5, 6)


def lend(scene: Scene, by: str = "L-DIRECTOR", today: date = DAY, **changes: Any) -> int:
    kept: dict[str, Any] = {
        "principal": "L-DIRECTOR", "delegate": "L-SECTION", "documents": ("feedback_notice",), "acts": ("close",),
        "from_on": DAY, "until_on": UNTIL, "reason": "因公出差", "file": None,
    }  # fmt: skip
    with scene.open_desk(by=by, today=today) as desk:
        return add_delegation(desk, Wish(**{**kept, **changes})).id or 0


def draft(scene: Scene, by: str = "P90", today: date = DAY) -> int:
    with scene.open_desk(by=by, today=today) as desk:
        return draft_notices(desk, CODE)[0].id or 0


def sign(scene: Scene, number: int, by: str, today: date = DAY) -> Document:
    with scene.open_desk(by=by, today=today) as desk:
        sign_documents(desk, [number])
    return scene.documents("feedback_notice")[0]


def lending(scene: Scene, today: date = DAY) -> tuple[int, int]:
    with scene.open_desk(today=today) as desk:
        one = next(one for one in examine(desk).invariants if one.id == "INV-15")
    return one.checked, one.broken


def test_a_delegate_signs_for_the_post_and_the_document_says_for_whom(scene: Scene) -> None:
    scene.confirm(MAJOR)
    number = draft(scene)
    with pytest.raises(NotAllowed, match="级别"):
        sign(scene, number, "L-SECTION")
    lend(scene)
    signed = sign(scene, number, "L-SECTION")
    assert (signed.signed_by, signed.signed_for, signed.state) == ("L-SECTION", "L-DIRECTOR", "signed")
    query = select(AuditEntry).where(col(AuditEntry.subject) == "document", col(AuditEntry.act) == "sign")
    assert json.loads(scene.rows(query)[0].detail)["signed_for"] == "L-DIRECTOR"
    assert lending(scene) == (1, 0)


def test_a_person_of_the_pool_may_be_a_delegate(scene: Scene) -> None:
    scene.confirm(MAJOR)
    lend(scene, delegate="P07")
    assert sign(scene, draft(scene), "P07").signed_for == "L-DIRECTOR"


def test_whoever_signs_on_their_own_power_signs_for_nobody(scene: Scene) -> None:
    scene.confirm(MAJOR)
    lend(scene, delegate="L-COUNTY", principal="L-DIRECTOR")
    assert sign(scene, draft(scene), "L-COUNTY").signed_for is None


def test_before_its_days_after_them_for_other_kinds_and_when_revoked_it_counts_for_nothing(
    scene: Scene,
) -> None:
    scene.confirm(MAJOR)
    number = draft(scene)
    one = lend(scene, from_on=date(2026, 4, 10))
    for today in (DAY, AFTER):
        with pytest.raises(NotAllowed):
            sign(scene, number, "L-SECTION", today)
    other = lend(scene, documents=("prompt",))
    with pytest.raises(NotAllowed):
        sign(scene, number, "L-SECTION")
    for lent in (one, other):
        with scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
            revoke_delegation(desk, lent, "提前返岗")
    with pytest.raises(NotAllowed):
        sign(scene, number, "L-SECTION", date(2026, 4, 10))
    with pytest.raises(IllegalMove), scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
        revoke_delegation(desk, one, "再次撤回")


def test_a_delegate_signs_neither_the_own_draft_nor_that_of_the_one_who_lent(scene: Scene) -> None:
    scene.confirm(MAJOR)
    lend(scene, delegate="P90")
    number = draft(scene, by="P90")
    with pytest.raises(NotAllowed):
        sign(scene, number, "P90")


def test_a_draft_of_the_lender_is_not_signed_by_the_delegate(scene: Scene) -> None:
    scene.confirm(MAJOR)
    lend(scene, delegate="P07")
    number = draft(scene, by="L-DIRECTOR")
    with pytest.raises(NotAllowed):
        sign(scene, number, "P07")


def test_a_closure_is_decided_for_the_director_and_noted_so(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "submit_plan", "D001:liaison", DAY, measures="逐项整改")
    scene.act(code, "approve_plan", "P90", DAY)
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Rectification, scene.case(code).id).highest_light = Light.RED.value
    scene.act(code, "apply_closure", "D001:liaison", DAY, files=(scene.file(),), note="完成")
    scene.act(code, "verify", "P05", DAY, verdict="passed", second="P06")
    with pytest.raises(NotAllowed, match="级别"):
        scene.act(code, "close", "L-DEPUTY", DAY)
    lend(scene, delegate="L-DEPUTY")
    scene.act(code, "close", "L-DEPUTY", DAY)
    query = select(AuditEntry).where(col(AuditEntry.subject) == "case", col(AuditEntry.act) == "close")
    assert json.loads(scene.rows(query)[0].detail)["signed_for"] == "L-DIRECTOR"
    assert lending(scene) == (1, 0)


def test_a_person_without_the_role_decides_only_what_was_lent(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(NotAllowed):
        scene.act(code, "suspend", "P07", DAY, note="等待法院裁判")
    lend(scene, delegate="P07", acts=("suspend",))
    scene.act(code, "suspend", "P07", DAY, note="等待法院裁判")
    assert scene.case(code).suspended_on == DAY


def test_a_signature_without_a_delegation_is_found_by_the_doctor(scene: Scene) -> None:
    scene.confirm(MAJOR)
    lend(scene)
    signed = sign(scene, draft(scene), "L-SECTION")
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Document, signed.id).signed_for = "L-COUNTY"
    assert lending(scene) == (1, 1)


def test_what_is_lent_by_others_needs_the_signed_paper(scene: Scene) -> None:
    scene.settle()
    with pytest.raises(InvalidInput, match="授权书"):
        lend(scene, by="P90")
    with pytest.raises(NotAllowed):
        lend(scene, by="P01", file=scene.file("授权书.pdf"))
    with pytest.raises(NotAllowed, match="被授权人"):
        lend(scene, by="L-DEPUTY", delegate="L-DEPUTY", file=scene.file("授权书.pdf"))
    lend(scene, by="P90", file=scene.file("授权书.pdf"))
    assert [row.subject for row in scene.rows(select(Evidence))] == ["delegation"]


@pytest.mark.parametrize(
    "changes",
    [
        {"principal": "P90"}, {"delegate": "L-DIRECTOR"}, {"delegate": "D001:head"}, {"documents": (), "acts": ()},
        {"documents": ("referral_letter",)}, {"documents": ("nothing",)}, {"acts": ("verify",)}, {"reason": " "},
        {"until_on": date(2026, 4, 1)}, {"from_on": date(2026, 4, 1)}, {"reason": "机密★五年"},
    ],
)  # fmt: skip
def test_a_delegation_that_cannot_be_meant_is_not_written(scene: Scene, changes: dict[str, Any]) -> None:
    scene.settle()
    with pytest.raises((InvalidInput, NotAllowed)):
        lend(scene, by=str(changes.get("principal", "L-DIRECTOR")), **changes)
    assert scene.rows(select(Delegation)) == []


def test_units_neither_see_nor_revoke_delegations(scene: Scene) -> None:
    scene.settle()
    number = lend(scene)
    with scene.open_desk(by="D001:head", today=DAY) as desk:
        assert list_delegations(desk) == []
        with pytest.raises(NotFound):
            revoke_delegation(desk, number, "无")
    with scene.open_desk(by="P90", today=AFTER) as desk:
        assert len(list_delegations(desk)) == 1
        assert list_delegations(desk, AFTER) == []
