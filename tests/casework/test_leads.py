"""Leads: registered with clocks, their source apart, checked, passed on, made a problem, answered, counted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from casework.counts.statistics import count
from casework.desk import Desk
from casework.intake.leadclocks import ask_extension, decide_extension, tell_extension
from casework.intake.leadends import Problem, draft_reply, establish_lead, reply_to_source
from casework.intake.leadimport import import_leads
from casework.intake.leadpassing import Passing, record_answer, transfer_lead
from casework.intake.leads import NewLead, register_lead
from casework.intake.leadsteps import (
    close_lead,
    conclude_check,
    decline_lead,
    merge_lead,
    return_lead,
    start_check,
)
from casework.intake.leadviews import list_leads, show_lead, source_of, views_of
from casework.linkage.linkagewatch import watch_leads
from casework.paperwork.documents import seal_document, sign_documents
from casework.tasks import list_tasks
from casework.upkeep.doctor import examine
from core.codes import Line, Severity
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from models.document import Document
from models.lead import Lead, LeadSource
from models.organisation import Unit
from tests import make
from tests.casework.scene import CODE, OPENED, PDF, Scene

DAY = date(2026, 4, 20)
OFFICER, LINKAGE, DIRECTOR, DEPUTY = "P90", "P91", "L-DIRECTOR", "L-DEPUTY"
PASSING = Passing("公示不全", ["核实公示情况", "报告结果"])


def given(**values: Any) -> NewLead:
    kept: dict[str, Any] = {
        "source": "hotline_12345",
        "received_on": date(2026, 4, 17),
        "title": "执法信息公示不全",
        "text": "某企业反映执法结果没有公示。",
        "source_ref": "GD-1",
        "unit": "D001",
        "line": Line.PARTY,
    }
    return NewLead(**{**kept, **values})


@pytest.fixture
def county(scene: Scene) -> Scene:
    """A county with an open campaign that visits both units."""
    scene.settle()
    with scene.open_desk(today=OPENED) as desk:
        campaign = make.make_campaign(desk)
        for unit in desk.session.exec(select(Unit)).all():
            make.make_visit(desk, campaign, unit)
    return scene


def at(scene: Scene, by: str, today: date = DAY) -> AbstractContextManager[Desk]:
    return scene.open_desk(by=by, today=today)


def register(scene: Scene, *, by: str = OFFICER, **values: Any) -> int:
    with at(scene, by) as desk:
        return register_lead(desk, given(**values)).id or 0


def lead(scene: Scene, number: int) -> Lead:
    row: Lead = scene.rows(select(Lead).where(Lead.id == number))[0]
    return row


def checked(scene: Scene, *, dispute: str = "none", **values: Any) -> int:
    number = register(scene, **values)
    with at(scene, OFFICER) as desk:
        start_check(desk, number, OFFICER)
    with at(scene, OFFICER) as desk:
        conclude_check(
            desk, number, "情况属实", dispute=dispute, legal_note="" if dispute == "none" else "已受理复议",
            substantiated=True,
        )  # fmt: skip
    return number


def test_a_lead_gets_a_number_of_its_year_and_the_clocks_of_its_source(county: Scene) -> None:
    first = register(county)
    second = register(county, source="petition", source_ref="X-9", received_on=date(2026, 4, 1))
    row, other = lead(county, first), lead(county, second)
    assert (row.number, other.number, row.state) == ("线索〔2026〕1号", "线索〔2026〕2号", "registered")
    assert (row.route_due_on, row.reply_due_on) == (date(2026, 4, 20), date(2026, 4, 24))
    # 信访工作条例: 15 and 60 days, the last rolled to the next working day
    assert (other.route_due_on, other.reply_due_on) == (date(2026, 4, 16), date(2026, 6, 1))
    with at(county, OFFICER) as desk:
        titles = [task.title for task in list_tasks(desk)]
    assert "线索〔2026〕1号登记分办" in titles
    assert "线索〔2026〕2号答复来源（信访）" in titles
    assert county.told("lead", first) == ["open"]


def test_the_source_of_a_lead_is_read_by_the_registrar_and_the_named_only_and_each_look_is_noted(
    county: Scene,
) -> None:
    number = register(county, person="王某某", contact="13800000000", real_name=True)
    with at(county, "L-SECTION") as desk:
        shown = show_lead(desk, number)
        assert shown["transfer_by_on"] == "2026-05-07"  # ten working days, over the holiday
        assert shown["has_source"] is True
        assert "王某某" not in str(shown) + str(list_leads(desk))
        with pytest.raises(NotAllowed):
            source_of(desk, number)
    for by in (OFFICER, LINKAGE, DIRECTOR):
        with at(county, by) as desk:
            assert source_of(desk, number)["name"] == "王某某"
    with at(county, DIRECTOR) as desk:
        assert [view["actor"] for view in views_of(desk, number)] == [OFFICER, LINKAGE, DIRECTOR]
    assert lead(county, number).reply_required
    for by in ("D001:head", "P05"):
        with at(county, by) as desk, pytest.raises(NotFound):
            show_lead(desk, number)
        with at(county, by) as desk, pytest.raises(NotAllowed):
            list_leads(desk)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"source": "rumour"}, "没有这种线索来源"),
        ({"title": " "}, "标题"),
        ({"text": "【机密】内容"}, "国家秘密"),
        ({"received_on": date(2026, 4, 21)}, "晚于今天"),
        ({"real_name": True}, "实名"),
        ({"person": "王某某", "text": "王某某说没有公示"}, "来源人信息"),
    ],
)
def test_a_lead_that_is_not_in_order_is_not_registered(
    county: Scene, values: dict[str, Any], what: str
) -> None:
    with pytest.raises(InvalidInput, match=what):
        register(county, **values)
    assert county.rows(select(Lead)) == county.rows(select(LeadSource)) == []


def test_a_number_of_the_source_is_registered_once(county: Scene) -> None:
    register(county)
    with pytest.raises(Refused, match="已经登记"):
        register(county)
    register(county, source="petition")  # another source may use the same number


def test_a_lead_passed_to_a_unit_counts_its_time_from_the_signature(county: Scene) -> None:
    number = register(county, unit="T001", person="王某某", contact="13800000000")
    with at(county, OFFICER) as desk:
        with pytest.raises(InvalidInput, match="来源人"):
            transfer_lead(desk, number, "D001", Passing("公示不全", ["与王某某联系"]))
        row, letter = transfer_lead(desk, number, "D001", PASSING)
        letter_id = letter.id or 0
        assert (row.state, row.answer_due_on) == ("transferred", None)
    with at(county, DEPUTY, date(2026, 4, 21)) as desk:
        (signed,) = sign_documents(desk, [letter_id])
        assert signed.number == "示法督函〔2026〕1号"
        assert "王某某" not in (signed.content or "")
        assert "12345热线（编号GD-1）" in (signed.content or "")
    with at(county, OFFICER, date(2026, 4, 22)) as desk, pytest.raises(Refused, match="尚未发出"):
        record_answer(desk, number, "已整改")
    with at(county, OFFICER, date(2026, 4, 22)) as desk:
        seal_document(desk, letter_id, county.file("盖章.pdf", PDF))
    with county.open_desk(today=date(2026, 4, 23)) as desk:
        assert watch_leads(desk)["answers_started"] == 1
    with county.open_desk(today=date(2026, 4, 23)) as desk:
        assert watch_leads(desk)["answers_started"] == 0
    assert lead(county, number).answer_due_on == date(2026, 5, 14)
    with at(county, OFFICER, date(2026, 5, 12)) as desk:
        record_answer(desk, number, "已全部公示", substantiated=True, on=date(2026, 5, 11))
    with at(county, OFFICER, date(2026, 5, 12)) as desk:
        with pytest.raises(Refused, match="答复来源"):
            close_lead(desk, number)
        reply_to_source(desk, number, "platform", "已在平台回填")
        close_lead(desk, number)
        assert desk.session.get_one(Document, letter_id).replied_on == date(2026, 5, 11)
        assert [task for task in list_tasks(desk) if task.subject == "lead"] == []
    assert county.told("lead", number) == ["open", "transfer", "set_due", "answer", "reply", "close"]


def test_a_unit_may_send_a_lead_back_and_the_office_checks_it_then(county: Scene) -> None:
    number = register(county, unit="T001")
    with at(county, OFFICER) as desk:
        letter = transfer_lead(desk, number, "D001", PASSING)[1].id or 0
    with at(county, DEPUTY) as desk:
        sign_documents(desk, [letter])
    with at(county, OFFICER) as desk:
        seal_document(desk, letter, county.file("盖章.pdf", PDF))
        record_answer(desk, number, "不属我局职责", refused=True)
    row = lead(county, number)
    assert (row.state, row.outcome, row.answered_on, row.check_due_on) == (
        "checking",
        None,
        None,
        date(2026, 5, 7),
    )


def test_what_accuses_a_unit_or_is_confidential_never_goes_to_it(county: Scene) -> None:
    accusing = register(county, accusation=True)
    with at(county, OFFICER) as desk, pytest.raises(Refused, match="检举控告"):
        transfer_lead(desk, accusing, "D001", PASSING)
    handed = register(county, by=LINKAGE, source="discipline_feedback", source_ref="J-1")
    with at(county, LINKAGE) as desk, pytest.raises(Refused, match="指定人员"):
        transfer_lead(desk, handed, "T001", PASSING)
    with at(county, OFFICER) as desk:
        with pytest.raises(NotFound):
            show_lead(desk, handed)
        assert [row["id"] for row in list_leads(desk)] == [accusing]
        with pytest.raises(NotAllowed):
            register_lead(desk, given(source="inspection_feedback", source_ref="X-1"))


def test_a_checked_lead_becomes_a_working_paper_of_a_campaign_of_its_line(county: Scene) -> None:
    number = checked(county)
    with at(county, DIRECTOR) as desk:
        row, finding = establish_lead(desk, number, Problem(CODE, "E24", Severity.MAJOR, "执法结果未公示"))
        assert (row.state, finding.state, finding.lead_id, finding.found_by) == (
            "established",
            "paper",
            number,
            OFFICER,
        )
        assert finding.code == f"{CODE}-D001-01"
    with at(county, OFFICER) as desk:
        assert show_lead(desk, number)["findings"] == [f"{CODE}-D001-01"]


@pytest.mark.parametrize(
    ("values", "problem", "what"),
    [
        ({"line": Line.ENFORCEMENT}, {}, "另一条线"),
        ({}, {"item": "Z99"}, "没有该事项"),
        ({"unit": ""}, {}, "没有写明被反映单位"),
        ({"dispute": "review"}, {}, "行政复议中"),
        ({"dispute": "litigation"}, {}, "行政诉讼中"),
    ],
)
def test_a_lead_is_not_supervised_on_the_wrong_line_or_twice(
    county: Scene, values: dict[str, Any], problem: dict[str, Any], what: str
) -> None:
    number = checked(county, **values)
    wanted = {"campaign": CODE, "item": "E24", "severity": Severity.MAJOR, "problem": "未公示", **problem}
    with pytest.raises((Refused, NotFound, InvalidInput), match=what), at(county, DIRECTOR) as desk:
        establish_lead(desk, number, Problem(**wanted))
    assert lead(county, number).state == "checking"


def test_whoever_checked_a_lead_does_not_decide_on_it_and_nothing_is_decided_unchecked(county: Scene) -> None:
    number = register(county)
    with at(county, DIRECTOR) as desk:
        start_check(desk, number, DIRECTOR)
        with pytest.raises(Refused, match="初核意见"):
            decline_lead(desk, number, "不属实")
        with pytest.raises(InvalidInput, match="复议"):
            conclude_check(desk, number, "不属实", dispute="")
        with pytest.raises(InvalidInput, match="法律意见"):
            conclude_check(desk, number, "不属实", dispute="review")
        conclude_check(desk, number, "不属实", dispute="none", substantiated=False)
    with at(county, DIRECTOR) as desk, pytest.raises(NotAllowed, match="初核人"):
        decline_lead(desk, number, "不属实")
    with at(county, OFFICER) as desk, pytest.raises(NotAllowed):
        decline_lead(desk, number, "不属实")
    with at(county, DEPUTY) as desk:
        assert decline_lead(desk, number, "不属实").state == "not_handled"
    with at(county, DEPUTY) as desk, pytest.raises(IllegalMove):
        decline_lead(desk, number, "不属实")


def test_the_person_who_checks_knows_of_that_lead_and_no_other(county: Scene) -> None:
    mine, other = register(county), register(county, source_ref="GD-2")
    with at(county, OFFICER) as desk:
        with pytest.raises(NotAllowed):
            start_check(desk, mine, "D001:head")
        start_check(desk, mine, "P01")
    with at(county, "P01") as desk:
        assert [row["id"] for row in list_leads(desk)] == [mine]
        with pytest.raises(NotFound):
            show_lead(desk, other)
        conclude_check(desk, mine, "属实", dispute="none")


def test_a_wrong_assignment_goes_back_in_time_and_with_reasons_only(county: Scene) -> None:
    number = register(county, source="superior", source_ref="SJ-1")
    with at(county, DIRECTOR) as desk, pytest.raises(InvalidInput, match="理由"):
        return_lead(desk, number, " ")
    with at(county, DIRECTOR, date(2026, 4, 29)) as desk, pytest.raises(Refused, match="期限"):
        return_lead(desk, number, "不属本县")
    with at(county, DIRECTOR, date(2026, 4, 28)) as desk:
        assert return_lead(desk, number, "不属本县").state == "returned"
    media = register(county, source="media", source_ref="")
    with at(county, DIRECTOR) as desk, pytest.raises(Refused, match="不得退回"):
        return_lead(desk, media, "不属本县")


def test_a_lead_about_the_same_matter_is_merged_and_its_source_still_hears(county: Scene) -> None:
    first, second = register(county), register(county, source="petition", source_ref="X-1")
    with at(county, OFFICER) as desk:
        with pytest.raises(Refused):
            merge_lead(desk, second, second, "同一事项")
        merge_lead(desk, second, first, "同一事项")
        titles = [task.title for task in list_tasks(desk)]
    row = lead(county, second)
    assert (row.state, row.merged_into_id) == ("merged", first)
    assert "线索〔2026〕1号一并答复线索〔2026〕2号的来源" in titles


def test_the_reply_clock_is_extended_once_by_another_person_and_the_source_is_told(county: Scene) -> None:
    number = register(county, source="petition", received_on=date(2026, 4, 1))
    with at(county, OFFICER) as desk:
        with pytest.raises(InvalidInput, match="允许范围"):
            ask_extension(desk, number, "reply", reason="需鉴定", until=date(2026, 7, 2))
        extension = ask_extension(desk, number, "reply", reason="需鉴定")
        assert (extension.due_before, extension.until_on) == (date(2026, 6, 1), date(2026, 6, 30))
        with pytest.raises(Refused, match="已经申请"):
            ask_extension(desk, number, "reply", reason="再次")
        with pytest.raises(NotAllowed):
            decide_extension(desk, number, granted=True)
    with at(county, DIRECTOR) as desk:
        decide_extension(desk, number, granted=True)
        assert any(task.title.endswith("告知来源延长期限") for task in list_tasks(desk))
    with at(county, OFFICER) as desk:
        tell_extension(desk, number, "4月20日电话告知")
        due = [task.due_on for task in list_tasks(desk) if "答复来源" in task.title]
    assert lead(county, number).reply_due_on == date(2026, 6, 30)
    assert due == [date(2026, 6, 30)]


def test_a_clock_that_ran_out_is_late_and_no_longer_extended(county: Scene) -> None:
    number = register(county)
    with at(county, OFFICER, date(2026, 4, 27)) as desk:
        with pytest.raises(Refused, match="不能延长"):
            ask_extension(desk, number, "reply", reason="忙")
        assert list_leads(desk, overdue=True)[0]["late"] == ["route", "reply"]
    with county.open_desk(today=date(2026, 4, 27)) as desk:
        assert watch_leads(desk)["late"] == 1


def test_a_written_reply_is_signed_sealed_and_never_mailed(county: Scene) -> None:
    number = checked(county, person="王某某", contact="13800000000", real_name=True)
    with at(county, DEPUTY) as desk:
        decline_lead(desk, number, "已自行整改")
    words = {"handling": "经初核", "verified": "情况属实", "result": "已整改"}
    with at(county, OFFICER) as desk:
        document = draft_reply(desk, number, "王某某", **words).id or 0
        with pytest.raises(Refused, match="尚未签发"):
            reply_to_source(desk, number, "document", "已送达")
    with at(county, DEPUTY) as desk:
        sign_documents(desk, [document])
    with at(county, OFFICER) as desk:
        seal_document(desk, document, county.file("盖章.pdf", PDF))
        assert reply_to_source(desk, number, "document", "当面送达").state == "replied"
    (reply,) = county.documents("lead_reply")
    assert reply.state == "issued"
    assert "严格保密" in (reply.content or "")
    assert county.messages() == []


def test_a_list_is_registered_whole_or_not_at_all_and_known_numbers_are_passed_over(
    county: Scene, tmp_path: Path
) -> None:
    path = tmp_path / "12345.csv"
    head = "来源,来源编号,收到日期,标题,内容,被反映单位编码,反映人,联系方式\n"
    path.write_text(
        head + "12345热线,A-1,2026-04-17,题,文,D001,,\n12345热线,A-2,2026-04-17,题,文,D00,,\n",
        encoding="utf-8",
    )
    with at(county, OFFICER) as desk, pytest.raises(InvalidInput) as refused:
        import_leads(desk, path)
    assert [cell.cell for cell in refused.value.cells] == ["F3"]
    assert county.rows(select(Lead)) == []
    path.write_text(head + "12345热线,A-1,2026-04-17,题,文,D001,王某某,138\n", encoding="utf-8")
    with at(county, OFFICER) as desk:
        assert import_leads(desk, path) == {"added": 1, "known": 0, "numbers": ["线索〔2026〕1号"]}
    with at(county, OFFICER) as desk:
        assert import_leads(desk, path)["known"] == 1


def test_leads_are_counted_by_source_and_outcome(county: Scene) -> None:
    number = checked(county, source="superior", source_ref="S-1")
    register(county)
    with at(county, DEPUTY) as desk:
        decline_lead(desk, number, "已整改")
        reply_to_source(desk, number, "telephone", "已电话告知")
        close_lead(desk, number)
        numbers = count(desk)
    expected = {
        "leads.received": 2, "leads.source.superior": 1, "leads.source.hotline_12345": 1, "leads.handled.superior": 1,
        "leads.handled.hotline_12345": 0, "superior.received": 1, "superior.done": 1, "leads.substantiated": 1,
        "leads.not_handled": 1, "leads.referred": 0, "leads.replied_in_time": 1, "leads.replied_late": 0,
    }  # fmt: skip
    assert {key: numbers.value(key) for key in expected} == expected


def test_the_history_of_leads_satisfies_the_doctor(county: Scene) -> None:
    number = checked(county)
    with at(county, DEPUTY) as desk:
        decline_lead(desk, number, "不属实")
    with county.open_desk(readonly=True) as desk:
        found = [example for one in examine(desk).invariants for example in one.examples]
    assert [example for example in found if "lead" in example or "task" in example] == []
