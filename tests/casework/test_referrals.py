"""Linkage: people decide, nothing is mailed, nothing is shown to the unit, and declining is a normal end."""

from __future__ import annotations

from datetime import date

import pytest

from casework.linkage import referrals
from casework.linkage.referrals import Outcome
from casework.linkage.screening import open_screening_by_hand
from casework.paperwork.documents import seal_document, sign_documents
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from models.referral import Referral
from tests.casework.scene import PDF, Scene

MAJOR = ("D001", "E24", "major")
DAY, LATER = date(2026, 4, 20), date(2026, 4, 22)
LINKAGE, DIRECTOR = "P91", "L-DIRECTOR"
STUDIED_BY = (DIRECTOR, "L-DEPUTY", LINKAGE)


def screening(scene: Scene, *, serve: bool = True) -> str:
    """Bring a case to a screening; return its number."""
    (code,) = scene.notify(MAJOR, serve=serve)
    scene.act(code, "flag", "P90", DAY, note="佐证系伪造", event="E1")
    return code


def one(scene: Scene) -> Referral:
    return scene.referrals()[0]


def do(scene: Scene, verb: str, by: str = LINKAGE, today: date = DAY, **given: object) -> None:
    with scene.open_desk(by=by, today=today) as desk:
        getattr(referrals, verb)(desk, one(scene).id, **given)


def studied(scene: Scene, *, serve: bool = True) -> str:
    code = screening(scene, serve=serve)
    do(scene, "screen", receiver="discipline", opinion="涉嫌弄虚作假")
    study(scene)
    return code


def study(scene: Scene, note: str = "集体研究同意移送") -> None:
    do(scene, "study", note=note, participants=STUDIED_BY, file=scene.file("会议纪要.pdf"))


def sent(scene: Scene) -> None:
    studied(scene)
    do(scene, "approve", DIRECTOR, note="同意")
    number = one(scene).document_id or 0
    with scene.open_desk(by=DIRECTOR, today=LATER) as desk:
        sign_documents(desk, [number])
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        seal_document(desk, number, scene.file("移送函.pdf", PDF))
    do(scene, "send", today=LATER, channel="hand", file=scene.file("签收单.pdf"))


def test_the_whole_way_from_screening_to_result(scene: Scene) -> None:
    sent(scene)
    letter = scene.documents("referral_letter")[0]
    assert (letter.number, letter.secrecy, letter.drafted_by) == (
        "示法督移〔2026〕1号",
        "work_secret",
        "system",
    )
    assert "示例县监察委员会" in (letter.content or "")
    do(scene, "receipt", today=LATER, verdict="received", number="案管〔2026〕9号")
    row = one(scene)
    assert (row.state, row.receipt_number, row.feedback_due_on) == (
        "received",
        "案管〔2026〕9号",
        date(2026, 6, 5),
    )
    do(
        scene,
        "result",
        today=date(2026, 6, 1),
        note="已处理",
        outcome=Outcome(organisational=1, disciplinary=2),
    )
    row = one(scene)
    assert (row.state, row.organisational, row.disciplinary, row.criminal) == ("closed", 1, 2, 0)
    assert scene.told("referral", row.id) == [
        "open", "screen", "study", "approve", "send", "receipt", "result", "close"
    ]  # fmt: skip


def test_nothing_about_a_referral_is_mailed(scene: Scene) -> None:
    sent(scene)
    letter = scene.documents("referral_letter")[0]
    assert letter.state == "issued"
    assert [m for m in scene.messages() if m.document_id == letter.id] == []


def test_a_unit_and_people_who_are_not_named_see_nothing(scene: Scene) -> None:
    screening(scene)
    for by in ("D001:liaison", "D001:head", "P90", "P05", "P07"):
        with pytest.raises(NotAllowed), scene.open_desk(by=by, today=DAY, readonly=True) as desk:
            referrals.list_referrals(desk)
        with pytest.raises(NotFound), scene.open_desk(by=by, today=DAY, readonly=True) as desk:
            referrals.find_referral(desk, one(scene).id or 0)
    with scene.open_desk(by=LINKAGE, today=DAY, readonly=True) as desk:
        (row,) = referrals.list_referrals(desk, state="screening")
        assert referrals.list_referrals(desk, state="sent") == []
    assert (row["trigger"], row["screen_by_on"]) == ("E1", "2026-04-23")


def test_who_gave_the_opinion_does_not_approve_and_only_the_principal_officer_does(scene: Scene) -> None:
    screening(scene)
    do(scene, "screen", "L-COUNTY", receiver="discipline", opinion="涉嫌弄虚作假")
    study(scene)
    with pytest.raises(NotAllowed, match="本人"):
        do(scene, "approve", "L-COUNTY")
    with pytest.raises(NotFound):  # a section head does not even learn that there is one
        do(scene, "approve", "L-SECTION")
    with pytest.raises(NotAllowed, match="主要负责人"):
        do(scene, "approve", "L-DEPUTY")
    with pytest.raises(NotAllowed):
        do(scene, "approve", LINKAGE)
    do(scene, "approve", DIRECTOR)
    assert (one(scene).state, one(scene).approved_by) == ("approved", DIRECTOR)


def test_nothing_is_approved_before_the_notice_is_served(scene: Scene) -> None:
    studied(scene, serve=False)
    with pytest.raises(Refused, match="送达"):
        do(scene, "approve", DIRECTOR)
    assert (one(scene).state, scene.documents("referral_letter")) == ("study", [])


def test_nothing_is_approved_while_a_request_is_pending(scene: Scene) -> None:
    code = studied(scene)
    scene.act(code, "object", "D001:liaison", DAY, note="佐证为真")
    with pytest.raises(Refused, match="未办结"):
        do(scene, "approve", DIRECTOR)
    scene.act(code, "decide_objection", "P07", DAY, verdict="rejected", note="鉴定属伪造")
    do(scene, "approve", DIRECTOR)
    assert one(scene).state == "approved"


def test_no_step_is_skipped(scene: Scene) -> None:
    screening(scene)
    minutes = scene.file("会议纪要.pdf")
    for verb, by, given in (
        ("study", LINKAGE, {"note": "研究", "participants": STUDIED_BY, "file": minutes}),
        ("receipt", LINKAGE, {"verdict": "received"}),
        ("result", LINKAGE, {"note": "已处理", "outcome": Outcome()}),
        ("approve", DIRECTOR, {}),
    ):
        with pytest.raises(IllegalMove) as refused:
            do(scene, verb, by, **given)
        assert refused.value.allowed == ("screen", "decline")
    with pytest.raises(Refused, match="移送函"):
        do(scene, "send", channel="hand")
    assert one(scene).state == "screening"


def test_a_letter_goes_by_hand_and_only_sealed(scene: Scene) -> None:
    studied(scene)
    do(scene, "approve", DIRECTOR)
    with pytest.raises(InvalidInput, match="机要"):
        do(scene, "send", channel="email")
    with pytest.raises(Refused, match="尚未签发"):
        do(scene, "send", channel="hand")
    assert one(scene).sent_on is None


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_declining_with_a_reason_is_a_normal_end_at_every_step(scene: Scene, steps: int) -> None:
    code = screening(scene)
    if steps > 0:
        do(scene, "screen", receiver="discipline", opinion="不构成违纪")
    if steps > 1:
        study(scene, "集体研究不予移送")
    with pytest.raises(InvalidInput, match="理由"):
        do(scene, "decline", DIRECTOR, reason=" ")
    with pytest.raises(NotAllowed):
        do(scene, "decline", LINKAGE, reason="不构成")
    do(scene, "decline", DIRECTOR, reason="不构成违纪")
    assert (one(scene).state, one(scene).decision_note) == ("declined", "不构成违纪")
    scene.act(code, "flag", "P90", LATER, note="再次伪造", event="E1")
    assert [(r.number, r.state) for r in scene.referrals()] == [(1, "declined"), (2, "screening")]


def test_a_returned_letter_is_sent_again_and_one_passed_on_gets_its_receipt(scene: Scene) -> None:
    sent(scene)
    with pytest.raises(InvalidInput, match="回执"):
        do(scene, "receipt", today=LATER, verdict="lost")
    do(scene, "receipt", today=LATER, verdict="returned")
    do(scene, "send", today=LATER, channel="confidential_post")
    do(scene, "receipt", today=LATER, verdict="passed_on")
    assert (one(scene).state, one(scene).feedback_due_on) == ("passed_on", None)
    do(scene, "receipt", today=LATER, verdict="received")
    with pytest.raises(InvalidInput, match="人数"):
        do(scene, "result", today=LATER, note="已处理", outcome=Outcome(criminal=-1))
    assert one(scene).state == "received"


def test_words_and_receivers_are_checked(scene: Scene) -> None:
    screening(scene)
    with pytest.raises(InvalidInput, match="接收机关"):
        do(scene, "screen", receiver="newspaper", opinion="涉嫌")
    with pytest.raises(InvalidInput, match="初核意见"):
        do(scene, "screen", receiver="discipline", opinion="")
    do(scene, "screen", receiver="inspection", opinion="屡查屡犯")
    with pytest.raises(InvalidInput, match="集体研究"):
        do(scene, "study", note="")
    study(scene, "研究同意移交")
    do(scene, "approve", DIRECTOR)
    assert len(scene.documents("hand_over_letter")) == 1


def test_late_screenings_and_results_are_listed_for_our_own_contact(scene: Scene) -> None:
    screening(scene)
    with scene.open_desk(readonly=True, today=date(2026, 4, 23)) as desk:
        assert referrals.watch(desk)["screening_overdue"] == []
    with scene.open_desk(readonly=True, today=date(2026, 4, 24)) as desk:
        assert referrals.watch(desk)["screening_overdue"] == [one(scene).id]


def test_feedback_that_does_not_come_is_listed(scene: Scene) -> None:
    sent(scene)
    do(scene, "receipt", today=LATER, verdict="received")
    with scene.open_desk(readonly=True, today=date(2026, 6, 8)) as desk:
        assert referrals.watch(desk)["feedback_overdue"] == [one(scene).id]
    assert len(scene.messages()) == 3  # the notice to its three contacts, and nothing since


def test_a_person_may_open_a_screening_where_the_items_own_condition_is_met(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="理由"), scene.open_desk(by="P90", today=DAY) as desk:
        open_screening_by_hand(desk, code, " ")
    with scene.open_desk(by="P90", today=DAY) as desk:
        open_screening_by_hand(desk, code, "拒不履行生效裁判")
    with pytest.raises(Refused, match="在办"), scene.open_desk(by="P90", today=DAY) as desk:
        open_screening_by_hand(desk, code, "再次启动")
    assert (one(scene).state, one(scene).trigger) == ("screening", "item")
    assert scene.told("referral", one(scene).id) == ["open", "reason"]
