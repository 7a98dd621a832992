"""Matters of litigation to their end: 三个一, reports, two instances, performance, filing, sheets, the doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from casework.litigation.clocks import set_given
from casework.litigation.ending import appeal
from casework.litigation.files import find_matter
from casework.litigation.filing import annul, close, perform, revise
from casework.litigation.lights import refresh
from casework.litigation.listing import show_matter
from casework.litigation.matterlist import list_matters
from casework.litigation.ones import hand_in, set_ones
from casework.paperwork.documents import sign_documents
from casework.paperwork.papers import paper_of
from casework.upkeep.doctor import examine
from core.errors import IllegalMove, InvalidInput, NotAllowed, Refused
from core.life.matterlife import Fault, Instance, MatterKind, PaperKind, Result
from models.halfreport import HalfReport
from models.matter import MatterDate, MatterSheet
from tests.casework.court import ENTRY, NUMBER, PLAN, REVIEW, SECOND, Court


def titles(court: Court, number: str = NUMBER) -> list[str]:
    return [task.title.removeprefix(number).strip() for task in court.tasks(number)]


# ---- 三个一 and reports ------------------------------------------------------------------------------------------


def test_three_ones_are_whole_settle_their_task_and_are_renewed_for_a_higher_colour(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    with court.scene.open_desk(by="D001:head", today=date(2026, 3, 5)) as desk:
        file = find_matter(desk, NUMBER)
        with pytest.raises(InvalidInput, match="不完整"):
            set_ones(desk, file, replace(PLAN, members=(" ",), leader_post=""))
        set_ones(desk, file, PLAN)
    assert not [one for one in court.tasks() if one.kind == "matter_ones"]

    court.event(date(2026, 3, 6), "J7")
    with court.scene.open_desk(readonly=True) as desk:
        (row,) = list_matters(desk)
    assert (row["light"], row["ones_missing"]) == ("red", True)
    assert [one.kind for one in court.tasks() if one.kind == "matter_ones"]


def halves(court: Court) -> list[HalfReport]:
    rows: list[HalfReport] = court.scene.rows(select(HalfReport).order_by(col(HalfReport.id)))
    return rows


def test_a_lit_matter_owes_a_report_for_each_half_month_and_a_dark_one_owes_none(court: Court) -> None:
    court.register()
    court.register(number="不亮灯", instance=Instance.SECOND)
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    assert court.watch(date(2026, 3, 13))["half_reports"] == 0  # the half is not over

    assert court.watch(date(2026, 3, 16))["half_reports"] == 1
    (owed,) = halves(court)
    assert (owed.subject, owed.number, owed.light, owed.due_on) == (
        "matter",
        NUMBER,
        "yellow",
        date(2026, 3, 16),
    )
    assert owed.cc == "committee、deputy"
    assert court.watch(date(2026, 3, 17))["half_reports"] == 0

    with court.scene.open_desk(by="D001:head", today=date(2026, 3, 16)) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.PROGRESS, "已核对证据", next_steps="提交答辩状")
    (sent,) = halves(court)
    assert (sent.state, sent.text, sent.next_steps) == ("sent", "已核对证据", "提交答辩状")


def test_progress_told_within_the_half_is_the_report_of_the_half(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    with court.scene.open_desk(by="P90", today=date(2026, 3, 13)) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.PROGRESS, "已核对证据")
    court.watch(date(2026, 3, 17))
    (sent,) = halves(court)
    assert (sent.state, sent.sent_on, sent.sent_by) == ("sent", date(2026, 3, 13), "P90")


def test_a_new_colour_is_reported_at_once_and_copied_in_writing_to_the_leaders(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    (node,) = [one for one in court.tasks() if one.kind == "matter_node"]
    assert node.due_on == date(2026, 3, 4)
    assert "县委县政府主要领导、分管领导" in node.title

    with court.scene.open_desk(by="D001:head", today=date(2026, 3, 5)) as desk:
        paper = hand_in(desk, find_matter(desk, NUMBER), PaperKind.PROGRESS, "已成立专班")
        assert paper.copied_to == "县委县政府主要领导、分管领导"
    kinds = [one.kind for one in court.tasks()]
    assert "matter_node" not in kinds
    assert kinds.count("matter_copy") == 1


def test_black_is_reported_every_three_working_days(court: Court) -> None:
    court.register()
    court.event(date(2026, 3, 6), "J6", basis="庭审笔录")
    (owed,) = [one for one in court.tasks() if one.kind == "matter_progress"]
    assert owed.due_on == date(2026, 3, 11)


# ---- the whole story ---------------------------------------------------------------------------------------------


def lose_the_first_instance(court: Court) -> None:
    """From receipt to a judgment served on Monday 20 April: yellow by its score, red for want of an attendee."""
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利", F3="依据已废止", F5="同案不同罚")
    assert court.matter().light == "yellow"  # 43 points
    court.fact(date(2026, 3, 11), "defence_submitted")
    with court.scene.open_desk(by="P90", today=date(2026, 3, 11)) as desk:
        file = find_matter(desk, NUMBER)
        set_given(desk, file, "hearing", date(2026, 4, 2))
        refresh(desk, file)
    court.watch(date(2026, 3, 31))  # two working days before the hearing nobody is named
    assert court.matter().light == "red"
    court.fact(date(2026, 4, 1), "attendee_named")
    served = date(2026, 4, 20)
    court.result(served, Result.LOST, decided_on=date(2026, 4, 15), served_on=served)


def go_on_to_appeal(court: Court) -> None:
    """The unit appeals on 24 April."""
    with court.scene.open_desk(by="P90", today=date(2026, 4, 24)) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.APPEAL_OPINION, "一审判决适用法律错误，建议上诉")
        entry = replace(ENTRY, number=SECOND, instance=Instance.SECOND, received_on=date(2026, 4, 24))
        appeal(desk, find_matter(desk, NUMBER), entry, "被告")


def test_a_review_that_was_won_shows_no_light(court: Court) -> None:
    court.register(date(2026, 1, 5), number=REVIEW, kind=MatterKind.REVIEW, instance=None, forum="县政府")
    court.fact(date(2026, 1, 9), "review_replied", REVIEW)
    assert court.result(date(2026, 2, 10), Result.WON, REVIEW).light == "none"


def test_a_lost_judgment_is_black_and_asks_for_four_things_by_their_days(court: Court) -> None:
    lose_the_first_instance(court)
    matter = court.matter()
    assert (matter.state, matter.light, matter.highest_light) == ("decided", "black", "black")
    assert court.sheets() == [
        ("yellow", "litigation_urging"),
        ("red", "litigation_supervision"),
        ("black", "litigation_order"),
    ]
    due = {task.title.rsplit("：", 1)[-1]: task.due_on for task in court.tasks() if " J8 " in task.title}
    # counted from 20 April over the holiday and the working Saturday of 9 May
    assert due == {
        "报告": date(2026, 4, 22),
        "提出上诉意见": date(2026, 4, 27),
        "复盘": date(2026, 5, 7),
        "报整改方案": date(2026, 5, 20),
    }


def test_from_a_lost_judgment_over_the_appeal_to_performance(court: Court) -> None:
    lose_the_first_instance(court)
    go_on_to_appeal(court)
    assert (court.matter().state, court.matter().light) == ("appealed", "black")
    assert not [task for task in court.tasks() if "提出上诉意见" in task.title]
    court.result(date(2026, 6, 30), Result.LOST, SECOND)
    assert court.matter().light == "black"  # the loss stands

    with court.scene.open_desk(by="P90", today=date(2026, 7, 1)) as desk:
        perform(desk, find_matter(desk, SECOND), date(2026, 8, 14), note="判决载明")
    court.watch(date(2026, 7, 31))  # ten working days before 14 August
    assert court.matter(SECOND).light == "yellow"
    court.watch(date(2026, 8, 15))
    assert court.matter(SECOND).light == "red"
    court.fact(date(2026, 8, 20), "judgment_performed", SECOND)
    court.watch(date(2026, 9, 10))
    assert court.matter(SECOND).light == "red"  # it never turns black once performed


def test_a_reversal_on_appeal_puts_out_both_instances(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST)
    with court.scene.open_desk(by="P90", today=date(2026, 4, 24)) as desk:
        entry = replace(ENTRY, number=SECOND, instance=Instance.SECOND, received_on=date(2026, 4, 24))
        appeal(desk, find_matter(desk, NUMBER), entry, "被告")

    court.result(date(2026, 6, 30), Result.WON, SECOND)

    assert [court.matter(one).light for one in (NUMBER, SECOND)] == ["none", "none"]
    with court.scene.open_desk(readonly=True) as desk:
        assert [one["code"] for one in show_matter(desk, NUMBER)["events"]] == ["J1", "J10"]
        assert show_matter(desk, SECOND)["previous"] == NUMBER


def test_withdrawing_ones_own_appeal_lets_a_loss_stand(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST)
    with court.scene.open_desk(by="P90", today=date(2026, 4, 24)) as desk:
        entry = replace(ENTRY, number=SECOND, instance=Instance.SECOND, received_on=date(2026, 4, 24))
        appeal(desk, find_matter(desk, NUMBER), entry, "被告")
    court.result(date(2026, 5, 30), Result.WITHDRAWN, SECOND)
    assert [court.matter(one).light for one in (NUMBER, SECOND)] == ["black", "none"]


def test_a_lost_matter_is_filed_only_when_nothing_is_owed(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST)
    today = date(2026, 4, 28)
    with pytest.raises(NotAllowed), court.scene.open_desk(by="P90", today=today) as desk:
        close(desk, find_matter(desk, NUMBER))
    with pytest.raises(Refused) as refused, court.scene.open_desk(by="L-DEPUTY", today=today) as desk:
        close(desk, find_matter(desk, NUMBER))
    for owed in ("上诉期至2026年5月6日", "“三个一”", "复盘", "方案"):
        assert owed in refused.value.found

    with court.scene.open_desk(by="P90", today=today) as desk:
        file = find_matter(desk, NUMBER)
        with pytest.raises(InvalidInput, match="复盘报告须写明"):
            hand_in(desk, file, PaperKind.RECAP, "程序有瑕疵")
        hand_in(desk, file, PaperKind.RECAP, "程序有瑕疵", fault=Fault.SLIGHT)
        hand_in(desk, file, PaperKind.RECTIFICATION_PLAN, "建立法制审核清单")
        set_ones(desk, file, PLAN)
    with court.scene.open_desk(by="L-DEPUTY", today=date(2026, 5, 7)) as desk:
        close(desk, find_matter(desk, NUMBER), "未上诉，判决生效")
    matter = court.matter()
    assert (matter.state, matter.light, matter.highest_light, matter.next_due_on) == (
        "closed",
        "none",
        "black",
        None,
    )
    assert court.tasks() == []
    with pytest.raises(IllegalMove):
        court.event(date(2026, 5, 8), "J7")


def test_a_result_registered_by_mistake_is_undone_by_another_director(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST, by="L-DIRECTOR")
    with pytest.raises(NotAllowed), court.scene.open_desk(by="L-DIRECTOR", today=date(2026, 4, 21)) as desk:
        revise(desk, find_matter(desk, NUMBER), "登错案号")
    with court.scene.open_desk(by="L-COUNTY", today=date(2026, 4, 21)) as desk:
        revise(desk, find_matter(desk, NUMBER), "登错案号")
    assert court.matter().state == "handling"
    assert court.result(date(2026, 4, 22), Result.WON, decided_on=date(2026, 4, 20)).state == "decided"


def test_a_matter_registered_twice_is_annulled_and_shows_no_light(court: Court) -> None:
    court.register()
    court.watch(date(2026, 3, 18))
    with court.scene.open_desk(by="L-DIRECTOR", today=date(2026, 3, 18)) as desk:
        with pytest.raises(InvalidInput, match="须写明理由"):
            annul(desk, find_matter(desk, NUMBER), "")
        annul(desk, find_matter(desk, NUMBER), "与另一件重复")
    matter = court.matter()
    assert (matter.state, matter.light, matter.next_due_on) == ("annulled", "none", None)
    assert court.tasks() == []


@pytest.mark.parametrize(
    ("kind", "result"),
    [(MatterKind.JUDICIAL_ADVICE, Result.LOST), (MatterKind.REVIEW, Result.ANSWERED)],
)
def test_a_kind_has_only_the_results_it_can_have(court: Court, kind: MatterKind, result: Result) -> None:
    court.register(kind=kind, instance=None)
    with pytest.raises(InvalidInput, match="没有这种结果"):
        court.result(date(2026, 3, 9), result)


def test_a_review_that_was_lost_is_red_and_asks_for_the_recap(court: Court) -> None:
    court.register(number=REVIEW, kind=MatterKind.REVIEW, instance=None)
    assert court.result(date(2026, 3, 20), Result.LOST, REVIEW).light == "red"
    (task,) = [one for one in court.tasks(REVIEW) if " J17 " in one.title]
    assert task.due_on == date(2026, 4, 3)


def test_answering_an_advice_ends_it(court: Court) -> None:
    court.register(number="检建1号", kind=MatterKind.PROCURATORIAL_ADVICE, instance=None)
    court.watch(date(2026, 4, 20))  # two months from 2 March; ten working days before
    assert court.matter("检建1号").light == "yellow"
    court.result(date(2026, 4, 22), Result.ANSWERED, "检建1号")
    assert [one for one in court.tasks("检建1号") if one.kind == "matter_fact"] == []


# ---- sheets and the doctor ---------------------------------------------------------------------------------------


def test_a_sheet_says_why_by_which_day_and_what_it_never_asks_for(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F3="依据已废止", F5="同案不同罚")
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 4)) as desk:
        (document,) = court.scene.documents("litigation_prompt")
        told = str(paper_of(desk, document))
    for said in (
        NUMBER,
        "评分23分",
        "自收到起诉状副本之日起15日内",
        "2026年3月17日",
        "自签发之日起3个工作日内，即2026年3月9日前",
        "不评价法院裁判",
        "《中华人民共和国行政诉讼法》第三条、第三十四条、第六十七条",
    ):
        assert said in told


def test_the_sheet_of_a_review_cites_no_law_of_lawsuits(court: Court) -> None:
    court.register(number=REVIEW, kind=MatterKind.REVIEW, instance=None)
    court.watch(date(2026, 3, 12))
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 12)) as desk:
        (document,) = court.scene.documents("litigation_urging")
        told = str(paper_of(desk, document))
    assert "行政诉讼法" not in told
    assert "《中华人民共和国行政复议法》第四十八条" in told


def test_the_doctor_finds_nothing_in_a_sound_docket_and_every_forged_row(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    today = date(2026, 3, 5)

    def broken() -> dict[str, tuple[str, ...]]:
        with court.scene.open_desk(readonly=True, today=today) as desk:
            return {one.id: one.examples for one in examine(desk).invariants if one.broken}

    assert broken() == {}
    with court.scene.open_desk(today=today) as desk:
        row = find_matter(desk, NUMBER).row
        row.light, row.next_due_on = "blue", date(2026, 6, 1)
        (counted,) = desk.session.exec(select(MatterDate))
        counted.on_day = date(2026, 3, 20)
    found = broken()
    assert any("所存灯色blue，应为yellow" in text for text in found["INV-8"])
    assert any("下次查看日2026-06-01" in text for text in found["INV-5"])
    assert any("与推算的2026-03-17不符" in text for text in found["INV-5"])


def test_one_round_has_one_sheet_a_colour(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    court.result(date(2026, 3, 9), Result.SETTLED)
    assert (court.matter().light, court.matter().round) == ("none", 2)
    rows = court.scene.rows(select(MatterSheet))
    assert [(row.round, row.light) for row in rows] == [(1, "yellow")]


def test_a_sheet_is_signed_numbered_and_mailed_like_every_other_document(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    (draft,) = court.scene.documents("litigation_urging")
    with court.scene.open_desk(by="L-DEPUTY", today=date(2026, 3, 4)) as desk:
        sign_documents(desk, [draft.id or 0])

    (sheet,) = court.scene.documents("litigation_urging")
    assert (sheet.state, sheet.number, sheet.about) == ("issued", "示法督办〔2026〕1号", "matter")
    assert {one.recipient for one in court.scene.messages("document")} == {
        f"{role}.d001@shilixian.example" for role in ("liaison", "leader", "head")
    }
    with court.scene.open_desk(by="D001:head", readonly=True, today=date(2026, 3, 4)) as desk:
        (told,) = show_matter(desk, NUMBER)["sheets"]
    assert (told["name"], told["number"]) == ("应诉催办单", sheet.number)
