"""The guardrails of the litigation ladder: what no light, no sheet and no person may do with a matter in court."""

from __future__ import annotations

import inspect
from datetime import date

import pytest
from sqlmodel import select

from casework.litigation.files import find_matter
from casework.litigation.linking import GROUNDS_SHOWN, ask_screening, link_case
from casework.litigation.listing import explain_matter, show_matter
from casework.litigation.ones import hand_in, set_ones
from casework.litigation.rates import rate_board
from casework.litigation.recording import void
from casework.paperwork.papers import paper_of
from casework.tasks import list_tasks
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.life.matterlife import Fault, Instance, PaperKind, Result
from core.rulebook import load_rulebook
from models.lead import Lead
from models.referral import Referral
from system.paths import RULES_DIR, read_texts
from tests.casework.court import NUMBER, PLAN, Court

LADDER = load_rulebook(read_texts(RULES_DIR, ".yaml")).litigation["county"]
MARCH = date(2026, 3, 6)


# ---- 1  预警只针对被诉行为合法性和应诉履责，不评价法院裁判 -------------------------------------------------------


def test_no_reason_basis_plan_or_report_judges_a_court(court: Court) -> None:
    court.register()
    bad = "一审法院判决错误"
    with pytest.raises(InvalidInput, match="评价了法院裁判"):
        court.assess(MARCH, F3=bad)
    with pytest.raises(InvalidInput, match="评价了法院裁判"):
        court.event(MARCH, "J7", basis=bad)
    with pytest.raises(InvalidInput, match="评价了法院裁判"):
        court.result(MARCH, Result.LOST, summary=bad)
    with court.scene.open_desk(by="P90", today=MARCH) as desk:
        file = find_matter(desk, NUMBER)
        with pytest.raises(InvalidInput, match="评价了法院裁判"):
            hand_in(desk, file, PaperKind.PROGRESS, bad)
        with pytest.raises(InvalidInput, match="评价了法院裁判"):
            hand_in(desk, file, PaperKind.RECAP, bad, fault=Fault.NONE)


def test_an_opinion_to_appeal_may_say_what_is_wrong_with_a_judgment(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST)
    with court.scene.open_desk(by="P90", today=date(2026, 4, 21)) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.APPEAL_OPINION, "一审判决适用法律错误，建议上诉")


def test_every_sheet_prints_the_guardrails_and_goes_to_the_unit_that_was_sued(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 4)) as desk:
        (document,) = court.scene.documents()
        told = paper_of(desk, document)
    for guardrail in LADDER.guardrails:
        assert guardrail in str(told)
    assert told.addressee == "示例县D001局"


def test_no_court_is_counted_or_rated() -> None:
    parameters = inspect.signature(rate_board).parameters
    assert not {"court", "forum", "judge"} & set(parameters)


# ---- 2  不得以降灯为由要求原告撤诉或限制复议、起诉 -------------------------------------------------------------


def test_no_plan_or_report_asks_for_pressure_on_a_plaintiff(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F2="未告知听证权利")
    bad = "动员原告撤诉以便降灯"
    with court.scene.open_desk(by="D001:head", today=date(2026, 3, 5)) as desk:
        file = find_matter(desk, NUMBER)
        with pytest.raises(InvalidInput, match="要求原告撤诉"):
            set_ones(desk, file, PLAN.__class__("李某", "副局长", ("甲",), bad))
        with pytest.raises(InvalidInput, match="要求原告撤诉"):
            hand_in(desk, file, PaperKind.PROGRESS, "已谈话", next_steps=bad)


def test_a_light_goes_out_by_a_paper_of_the_court_and_never_by_a_word_of_the_unit(court: Court) -> None:
    court.register()
    court.event(MARCH, "J6", basis="庭审笔录")
    with pytest.raises(InvalidInput, match="须附裁判文书"):
        court.event(MARCH, "J9", basis="原告说要撤诉")
    with pytest.raises(NotAllowed):
        court.event(MARCH, "J9", by="D001:head", files=(court.paper("裁定.pdf"),))
    with pytest.raises(InvalidInput, match="须附文书"):
        court.result(MARCH, Result.WITHDRAWN, files=())
    assert court.matter().light == "black"
    assert court.event(MARCH, "J9", basis="准许撤诉裁定", files=(court.paper("裁定.pdf"),)).light == "none"


def test_a_light_is_lowered_by_voiding_a_record_only_by_a_second_leader(court: Court) -> None:
    court.register()
    court.event(MARCH, "J6", basis="庭审笔录", by="L-DEPUTY")
    with pytest.raises(NotAllowed), court.scene.open_desk(by="L-DEPUTY", today=MARCH) as desk:
        void(desk, find_matter(desk, NUMBER), "event", "J6", "降灯")
    assert court.matter().light == "black"


def test_how_many_sue_is_no_measure_of_a_single_matter(court: Court) -> None:
    for number in range(30):
        court.register(number=f"第{number}件")
    assert court.matter("第29件").light == "none"
    with court.scene.open_desk(readonly=True, today=MARCH) as desk:
        assert rate_board(desk).units == ()  # what came in is not counted, only what was closed


# ---- 3  依法自我纠错、主动和解的不作为问责依据 ------------------------------------------------------------------


@pytest.mark.parametrize("result", [Result.SETTLED, Result.WITHDRAWN])
def test_a_settlement_counts_as_closed_never_as_lost_and_leads_to_nothing(
    court: Court, result: Result
) -> None:
    court.register()
    court.event(date(2026, 3, 5), "J6", basis="庭审笔录")
    court.result(MARCH, result)
    with court.scene.open_desk(by="L-DIRECTOR", today=MARCH) as desk:
        units = rate_board(desk).as_dict()["units"]
        assert isinstance(units, list)
        (unit,) = units
        assert (unit["closed"], unit["lost"], unit["light"]) == (1, 0, "none")
        file = find_matter(desk, NUMBER)
        with pytest.raises(Refused, match="不作为问责"):
            link_case(desk, file, "2026-ZH-01-D001-01", "和解暴露问题")
        with pytest.raises(Refused, match="不作为问责"):
            ask_screening(desk, file, 3, "未出庭")


def test_telling_of_a_self_correction_lights_nothing(court: Court) -> None:
    court.register()
    with court.scene.open_desk(by="D001:head", today=MARCH) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.SELF_CORRECTION, "已自行撤销原处罚决定")
    assert court.matter().light == "none"


# ---- 4  诉讼黑灯不当然移送 ---------------------------------------------------------------------------------------


def test_a_black_light_alone_refers_nobody_and_opens_no_screening(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F1="缺", F2="缺", F3="缺", F4="缺", F5="缺", F8="缺")
    assert court.matter().light == "black"  # 86 points
    court.watch(date(2026, 4, 30))

    assert court.scene.rows(select(Referral)) == []
    assert court.scene.rows(select(Lead)) == []
    assert [one for one in court.tasks() if one.confidential] == []
    with court.scene.open_desk(by="L-DIRECTOR", today=date(2026, 4, 30)) as desk:
        file = find_matter(desk, NUMBER)
        for ground in range(1, len(LADDER.linkage.grounds) + 1):
            with pytest.raises(Refused, match="亮灯和评分本身不是移送理由"):
                ask_screening(desk, file, ground, "黑灯")


def test_each_ground_of_the_rule_file_has_a_record_that_shows_it() -> None:
    assert len(GROUNDS_SHOWN) == len(LADDER.linkage.grounds)
    assert LADDER.linkage.grounds == ("复盘认定故意或重大过失", "拒不履行生效裁判", "负责人无正当理由不出庭")


def test_a_ground_that_is_shown_opens_one_confidential_task_and_no_referral(court: Court) -> None:
    court.register()
    court.event(MARCH, "J6", basis="庭审笔录载明未出庭")
    with court.scene.open_desk(by="L-DIRECTOR", today=MARCH) as desk:
        file = find_matter(desk, NUMBER)
        with pytest.raises(InvalidInput, match="没有这个移送情形"):
            ask_screening(desk, file, 9, "事由")
        with pytest.raises(InvalidInput, match="须写明事由"):
            ask_screening(desk, file, 3, " ")
        ask_screening(desk, file, 3, "经催办仍未出庭")
        with pytest.raises(InvalidInput, match="已经提请过"):
            ask_screening(desk, file, 3, "再提一次")
    assert court.scene.rows(select(Referral)) == []
    (task,) = [one for one in court.tasks() if one.confidential]
    assert (task.role, task.due_on) == ("linkage", date(2026, 3, 11))


def test_a_recap_that_finds_grave_fault_is_a_ground_and_a_slight_one_is_none(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST)
    today = date(2026, 4, 28)
    with court.scene.open_desk(by="P90", today=today) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.RECAP, "程序有瑕疵", fault=Fault.SLIGHT)
    with pytest.raises(Refused), court.scene.open_desk(by="L-DIRECTOR", today=today) as desk:
        ask_screening(desk, find_matter(desk, NUMBER), 1, "事由")
    with court.scene.open_desk(by="P90", today=today) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.RECAP, "隐匿证据", fault=Fault.GRAVE)
    with court.scene.open_desk(by="L-DIRECTOR", today=today) as desk:
        assert ask_screening(desk, find_matter(desk, NUMBER), 1, "事由")


def test_not_performing_is_a_ground_only_after_its_day_and_while_it_lasts(court: Court) -> None:
    court.register(instance=Instance.SECOND)
    court.result(MARCH, Result.LOST)
    with court.scene.open_desk(by="P90", today=MARCH) as desk:
        from casework.litigation.filing import perform

        perform(desk, find_matter(desk, NUMBER), date(2026, 3, 31), note="判决载明")
    for today, is_ground in ((date(2026, 3, 31), False), (date(2026, 4, 1), True)):
        with court.scene.open_desk(by="L-DIRECTOR", today=today) as desk:
            if is_ground:
                assert ask_screening(desk, find_matter(desk, NUMBER), 2, "拒不履行")
            else:
                with pytest.raises(Refused):
                    ask_screening(desk, find_matter(desk, NUMBER), 2, "拒不履行")


def test_a_unit_sees_nothing_of_a_screening_or_of_what_a_recap_says_of_fault(court: Court) -> None:
    court.register()
    court.event(MARCH, "J6", basis="庭审笔录")
    with court.scene.open_desk(by="P90", today=MARCH) as desk:
        hand_in(desk, find_matter(desk, NUMBER), PaperKind.RECAP, "复盘", fault=Fault.GRAVE)
    with court.scene.open_desk(by="L-DIRECTOR", today=MARCH) as desk:
        ask_screening(desk, find_matter(desk, NUMBER), 1, "提请")
    with court.scene.open_desk(by="D001:head", today=MARCH, readonly=True) as desk:
        seen = str(show_matter(desk, NUMBER)) + str(explain_matter(desk, NUMBER))
    for word in ("screening", "筛查", "故意", "提请"):
        assert word not in seen
    with court.scene.open_desk(by="P90", today=MARCH, readonly=True) as desk:
        assert not [task for task in list_tasks(desk) if task.kind == "matter_screening"]


def test_filing_a_matter_does_not_end_the_task_of_the_compartment(court: Court) -> None:
    court.register()
    court.event(MARCH, "J6", basis="庭审笔录")
    with court.scene.open_desk(by="L-DIRECTOR", today=MARCH) as desk:
        ask_screening(desk, find_matter(desk, NUMBER), 3, "提请")
    with court.scene.open_desk(by="L-DIRECTOR", today=MARCH) as desk:
        from casework.litigation.filing import annul

        annul(desk, find_matter(desk, NUMBER), "登记重复")
    assert [one.kind for one in court.tasks()] == ["matter_screening"]


# ---- 5  a case of 督察 is linked by a person, for a loss, with a reason -----------------------------------------


def test_a_lost_matter_is_linked_with_a_case_of_its_own_unit_by_a_person(court: Court) -> None:
    court.register()
    court.result(date(2026, 4, 20), Result.LOST)
    today = date(2026, 4, 28)
    with court.scene.open_desk(by="P90", today=today) as desk:
        from tests import make

        campaign = make.make_campaign(desk)
        from casework.staff.people import find_unit

        make.make_finding_and_case(desk, campaign, find_unit(desk, "D001"), "2026-ZH-01-D001-01")
        make.make_finding_and_case(desk, campaign, find_unit(desk, "T001"), "2026-ZH-01-T001-01")
    with court.scene.open_desk(by="P90", today=today) as desk:
        file = find_matter(desk, NUMBER)
        with pytest.raises(InvalidInput, match="须写明理由"):
            link_case(desk, file, "2026-ZH-01-D001-01", " ")
        with pytest.raises(InvalidInput, match="不是被诉单位的"):
            link_case(desk, file, "2026-ZH-01-T001-01", "同因")
        with pytest.raises(NotFound):
            link_case(desk, file, "没有", "同因")
        first = link_case(desk, file, "2026-ZH-01-D001-01", "败诉暴露同类问题")
        assert link_case(desk, file, "2026-ZH-01-D001-01", "再次").id == first.id
        assert show_matter(desk, NUMBER)["cases"] == [
            {"case": "2026-ZH-01-D001-01", "reason": "败诉暴露同类问题"}
        ]
