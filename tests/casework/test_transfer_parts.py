"""Transfers: the study, limits and special reasons, materials and the print set, parts, results, consultations."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from casework.linkage import referrals
from casework.linkage.letters import Material, list_materials
from casework.linkage.linkageitems import NewItem
from casework.linkage.linkagewatch import watch_linkage
from casework.linkage.meetings import NewMeeting, record_meeting
from casework.linkage.packages import print_package
from casework.linkage.referrals import Outcome
from casework.linkage.referralviews import show_referral
from casework.linkage.splitting import split
from casework.paperwork.documents import find_document, seal_document, sign_documents
from casework.tasks import list_tasks
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from models.referral import Referral
from models.task import Task
from tests.casework.scene import PDF, Scene
from tests.casework.test_referrals import DIRECTOR, LINKAGE, STUDIED_BY, do, one, screening, studied

DAY, LATER = date(2026, 4, 20), date(2026, 4, 22)


def approved(scene: Scene) -> int:
    studied(scene)
    do(scene, "approve", DIRECTOR, note="同意")
    return one(scene).id or 0


def seal(scene: Scene, referral_id: int, today: date = LATER) -> None:
    with scene.open_desk(by=LINKAGE, today=today) as desk:
        number = referrals.find_referral(desk, referral_id).document_id or 0
    with scene.open_desk(by=DIRECTOR, today=today) as desk:
        sign_documents(desk, [number])
    with scene.open_desk(by=LINKAGE, today=today) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))


def sent(scene: Scene) -> int:
    number = approved(scene)
    seal(scene, number)
    do(scene, "send", today=LATER, channel="confidential_post", post_number="机要88", handed_to="案管室")
    return number


def received(scene: Scene) -> int:
    number = sent(scene)
    do(scene, "receipt", today=LATER, verdict="received", number="案管〔2026〕9号")
    return number


def tasks(scene: Scene) -> list[Task]:
    return [row for row in scene.rows(select(Task)) if row.subject == "referral"]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"participants": STUDIED_BY[:2]}, "人数不够"),
        ({"participants": (DIRECTOR, DIRECTOR, LINKAGE)}, "人数不够"),
        ({"participants": (*STUDIED_BY, "D001:head")}, "被督察单位"),
        ({"file": None}, "会议纪要"),
    ],
)
def test_a_study_needs_three_people_of_the_office_and_its_minutes(
    scene: Scene, given: dict[str, Any], what: str
) -> None:
    screening(scene)
    do(scene, "screen", receiver="discipline", opinion="涉嫌弄虚作假")
    whole = {"note": "研究", "participants": STUDIED_BY, "file": scene.file("会议纪要.pdf"), **given}
    with pytest.raises(InvalidInput, match=what):
        do(scene, "study", **whole)
    assert one(scene).state == "opinion"


def test_the_limit_of_the_transfer_counts_from_the_study_and_is_a_task_for_the_named(scene: Scene) -> None:
    studied(scene)
    assert (one(scene).participants, one(scene).transfer_by_on) == (
        "L-DIRECTOR、L-DEPUTY、P91",
        date(2026, 5, 13),
    )
    (task,) = tasks(scene)
    assert (task.confidential, task.role, task.due_on) == (True, "linkage", date(2026, 5, 13))
    for by, seen in (("P90", 0), ("D001:liaison", 0), (LINKAGE, 1), (DIRECTOR, 1)):
        with scene.open_desk(by=by, today=DAY, readonly=True) as desk:
            assert sum(row.subject == "referral" for row in list_tasks(desk)) == seen
    with scene.open_desk(readonly=True, today=date(2026, 5, 14)) as desk:
        assert referrals.watch(desk)["transfer_overdue"] == [one(scene).id]


def test_a_special_reason_stops_the_limit_and_ten_working_days_follow_it(scene: Scene) -> None:
    number = approved(scene)
    seal(scene, number)
    do(scene, "block", DIRECTOR, today=LATER, reason="专案组要求暂缓")
    with pytest.raises(InvalidInput):
        do(scene, "block", DIRECTOR, today=LATER, reason="再次")
    with pytest.raises(Refused, match="暂缓"):
        do(scene, "send", today=LATER, channel="hand")
    with scene.open_desk(readonly=True, today=date(2026, 6, 1)) as desk:
        assert referrals.watch(desk)["transfer_overdue"] == []
    do(scene, "unblock", today=date(2026, 6, 1))
    assert one(scene).transfer_by_on == date(2026, 6, 15)
    do(scene, "send", today=date(2026, 6, 2), channel="hand")
    assert [task.state for task in tasks(scene) if task.kind == "referral_transfer"] == ["done", "done"]


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("request_extension", {"until": "2026-05-15"}),
        ("object", {}),
        ("suspend", {"basis": "investigation"}),
    ],
)
def test_nothing_is_sent_while_a_request_is_pending_or_the_case_is_suspended(
    scene: Scene, act: str, values: dict[str, str]
) -> None:
    number = approved(scene)
    seal(scene, number)
    code = scene.rows(select(Referral))[0].case_id
    by = "L-DIRECTOR" if act == "suspend" else "D001:liaison"
    scene.act(_code(scene, code), act, by, LATER, note="理由", **values)
    with pytest.raises(Refused, match="暂缓移送"):
        do(scene, "send", today=LATER, channel="hand")
    assert one(scene).state == "approved"


def _code(scene: Scene, case_id: int) -> str:
    from models.campaign import Finding

    return str(scene.rows(select(Finding.code).where(Finding.id == case_id))[0])


def test_a_study_that_is_not_enough_goes_back_and_is_made_anew(scene: Scene) -> None:
    studied(scene)
    with pytest.raises(NotAllowed):
        do(scene, "send_back", reason="证据不足")
    do(scene, "send_back", DIRECTOR, reason="证据不足")
    row = one(scene)
    assert (row.state, row.studied_on, row.transfer_by_on) == ("screening", None, None)
    assert {task.state for task in tasks(scene)} == {"done"}


def test_an_approved_transfer_that_is_not_made_voids_its_letter(scene: Scene) -> None:
    approved(scene)
    do(scene, "decline", DIRECTOR, reason="异议成立")
    (letter,) = scene.documents("referral_letter")
    assert (one(scene).state, letter.state) == ("declined", "void")


def test_the_list_of_materials_is_counted_and_the_letter_follows_it(scene: Scene) -> None:
    number = approved(scene)
    proof = scene.file("询问笔录.pdf", b"%PDF-1.7 record")
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        with pytest.raises(InvalidInput, match="份数"):
            list_materials(desk, number, [Material("笔录", copies=0)])
        rows = list_materials(
            desk,
            number,
            [Material("询问笔录", 2, 5, original=True), Material("案卷", 1, 40)],
            [proof],
            anew=True,
        )
    assert [(row.copies, row.pages, bool(row.file)) for row in rows] == [(2, 5, True), (1, 40, False)]
    seal(scene, number)
    letter = scene.documents("referral_letter")[0]
    assert "2份（每份5页）" in (letter.content or "")
    with scene.open_desk(by=LINKAGE, today=LATER) as desk, pytest.raises(Refused, match="已经签发"):
        list_materials(desk, number, [Material("补充")])


def test_the_print_set_says_one_thing_is_marked_and_every_print_is_noted(
    scene: Scene, tmp_path: Path
) -> None:
    number = approved(scene)
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        list_materials(desk, number, [Material("询问笔录", 2, 5)], anew=True)
    seal(scene, number)
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        files = print_package(desk, number, tmp_path / "out")
    names = [Path(str(row["file"])).name for row in files]
    assert names == [
        "1移送函.pdf", "1移送函.docx", "2问题线索移送登记表.pdf", "2问题线索移送登记表.docx",
        "3证据材料清单.pdf", "3证据材料清单.docx", "4交接清单.pdf", "4交接清单.docx", "5回执.pdf", "5回执.docx",
    ]  # fmt: skip
    for row in files:
        assert Path(str(row["file"])).stat().st_mode & 0o077 == 0
    assert scene.told("referral", number)[-1] == "view"
    words = _words(tmp_path / "out" / f"移送材料-{number}" / "2问题线索移送登记表.docx")
    assert "工作秘密" in words
    assert "共2份10页" in words
    assert "P91" in words
    for by in ("P90", "D001:head"):
        with scene.open_desk(by=by, today=LATER) as desk, pytest.raises(NotFound):
            print_package(desk, number, tmp_path / "stolen")
    assert not (tmp_path / "stolen").exists()


def _words(path: Path) -> str:
    import zipfile

    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_there_is_no_print_set_before_the_approval(scene: Scene, tmp_path: Path) -> None:
    studied(scene)
    with scene.open_desk(by=LINKAGE, today=LATER) as desk, pytest.raises(Refused, match="尚未批准"):
        print_package(desk, one(scene).id or 0, tmp_path)


def test_a_split_part_goes_its_own_way_with_its_own_approval_letter_and_result(scene: Scene) -> None:
    number = received(scene)
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        with pytest.raises(InvalidInput, match="接收机关"):
            split(desk, number, receiver="newspaper", matter="公益诉讼部分")
        part = split(desk, number, receiver="procuratorate", matter="公益诉讼部分")
        part_id = part.id or 0
        assert (part.part, part.number, part.origin_id, part.state) == (2, 1, number, "study")
        assert (part.transfer_by_on, part.sent_on, part.feedback_due_on) == (date(2026, 4, 29), None, None)
    with scene.open_desk(by=DIRECTOR, today=LATER) as desk:
        referrals.approve(desk, part_id)
    seal(scene, part_id)
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        referrals.send(desk, part_id, channel="hand")
        referrals.receipt(desk, part_id, verdict="received")
        referrals.result(desk, part_id, note="已发检察建议", outcome=Outcome())
        shown = show_referral(desk, number)
    first, letter = scene.documents("referral_letter")
    assert (first.number, letter.number) == ("示法督移〔2026〕1号", "示法督移〔2026〕2号")
    assert "公益诉讼部分" in (letter.content or "")
    assert [row.state for row in scene.referrals()] == ["received", "closed"]
    assert shown["parts"] == [
        {"id": part_id, "part": 2, "receiver": "procuratorate", "matter": "公益诉讼部分", "state": "closed"}
    ]


def test_a_returned_transfer_goes_to_another_body_within_five_working_days(scene: Scene) -> None:
    number = sent(scene)
    do(scene, "receipt", today=LATER, verdict="returned", note="不属管辖")
    assert (one(scene).reroute_by_on, one(scene).receipt_note) == (date(2026, 4, 29), "不属管辖")
    assert any(task.due_on == date(2026, 4, 29) and task.state == "open" for task in tasks(scene))
    with scene.open_desk(by=LINKAGE, today=LATER) as desk:
        part = split(desk, number, receiver="inspection", matter="整改不力", instead=True)
        assert part.transfer_by_on == date(2026, 4, 29)
    assert [row.state for row in scene.referrals()] == ["closed", "study"]


def test_a_letter_that_was_accepted_may_still_be_passed_on(scene: Scene) -> None:
    received(scene)
    do(scene, "receipt", today=date(2026, 4, 27), verdict="passed_on", passed_to="市纪委监委")
    assert (one(scene).state, one(scene).passed_to, one(scene).feedback_due_on) == (
        "passed_on",
        "市纪委监委",
        None,
    )


def test_results_are_counted_by_kind_without_names_and_advice_becomes_tasks(scene: Scene) -> None:
    number = received(scene)
    first = Outcome(kinds={"party_warning": 2, "talk": 1})
    with pytest.raises(InvalidInput, match="没有这种"):
        do(scene, "result", today=date(2026, 5, 20), note="已立案", outcome=Outcome(kinds={"fine": 1}))
    do(scene, "result", today=date(2026, 5, 20), note="已立案", outcome=first, interim=True)
    assert one(scene).state == "resulted"
    with scene.open_desk(by=LINKAGE, today=date(2026, 6, 1)) as desk:
        referrals.result(
            desk, number, note="已办结", outcome=Outcome(criminal=1, kinds={"administrative_removal": 1}),
            advice=[NewItem("完善案件移送登记制度", "P90", date(2026, 7, 31))],
        )  # fmt: skip
        shown = show_referral(desk, number)
    row = one(scene)
    assert (row.state, row.organisational, row.disciplinary, row.criminal, row.educational) == (
        "closed",
        0,
        3,
        1,
        1,
    )
    assert [(one["kind"], one["people"]) for one in shown["sanctions"]] == [
        ("party_warning", 2), ("talk", 1), ("criminal", 1), ("administrative_removal", 1),
    ]  # fmt: skip
    with scene.open_desk(by="P90", today=date(2026, 6, 2), readonly=True) as desk:
        mine = [task for task in list_tasks(desk) if task.kind == "linkage_item"]
        assert [task.title for task in mine] == ["建章立制：完善案件移送登记制度"]
        with pytest.raises(NotFound):
            show_referral(desk, number)


def test_feedback_that_does_not_come_makes_a_consultation_and_urges_nobody(scene: Scene) -> None:
    number = received(scene)
    overdue = date(2026, 6, 8)
    for _ in range(2):
        with scene.open_desk(today=overdue) as desk:
            assert watch_linkage(desk)["feedback_overdue"] == 1
    (task,) = [row for row in tasks(scene) if row.kind == "referral_consult"]
    assert (task.due_on, task.confidential, task.role, task.owner) == (date(2026, 6, 12), True, "linkage", "")
    assert len(scene.messages()) == 3  # the notice to its three contacts, and nothing since
    with scene.open_desk(by=LINKAGE, today=overdue) as desk:
        meeting = NewMeeting("consultation", overdue, "线索办理情况会商", ["县纪委监委"], referral=number)
        with pytest.raises(InvalidInput, match="会议纪要"):
            record_meeting(desk, meeting, None)
        record_meeting(desk, meeting, scene.file("会商纪要.pdf"))
    assert [row.state for row in tasks(scene) if row.kind == "referral_consult"] == ["done"]


def test_a_late_screening_is_a_task_once(scene: Scene) -> None:
    screening(scene)
    for _ in range(2):
        with scene.open_desk(today=date(2026, 4, 24)) as desk:
            assert watch_linkage(desk)["screening_overdue"] == 1
    assert [row.kind for row in tasks(scene)] == ["referral_screening"]


def test_a_letter_of_referral_is_no_document_to_anybody_else(scene: Scene) -> None:
    approved(scene)
    (letter,) = scene.documents("referral_letter")
    for by in ("P90", "P05", "D001:head", None):
        with scene.open_desk(by=by, today=LATER, readonly=True) as desk, pytest.raises(NotFound) as refused:
            find_document(desk, letter.id or 0)
        assert refused.value.what == "没有这份文书"
