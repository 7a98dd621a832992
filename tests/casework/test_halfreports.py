"""Half-month reports: owed when a half is over in red, sent by command or with progress, copied to the leaders."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from casework.counts.statistics import count
from casework.mail.posting import compose
from casework.mail.queueing import NothingToSay
from casework.rectification.halfreports import (
    Subject,
    list_reports,
    owe,
    read_report,
    send_report,
    waive_report,
)
from casework.tasks import list_tasks
from casework.upkeep.doctor import examine
from casework.watching import watch_over
from core.codes import Light, Secrecy
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from models.halfreport import HalfReport
from models.message import Message
from models.rectification import Rectification
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import NOTIFIED, Scene
from tests.make import claim_next

MAJOR = ("D001", "E24", "major")
LIT, HALF_END = date(2026, 4, 10), date(2026, 4, 15)
OPENS, LATE = date(2026, 4, 16), date(2026, 4, 17)


def lit(scene: Scene, light: Light = Light.RED, *more: tuple[str, str, str]) -> str:
    """Bring a case to a red light on 10 April."""
    code, *others = scene.notify(MAJOR, *more)
    with scene.open_desk(today=LIT) as desk:
        for one in (code, *others):
            case = desk.session.get_one(Rectification, scene.case(one).id)
            make.make_rung(desk, case, light, LIT, code=light.value)
    return code


def watch(open_desk: OpenDesk, today: date) -> object:
    with open_desk(today=today) as desk:
        return watch_over(desk)["half_reports"]


def reports(scene: Scene) -> list[HalfReport]:
    return scene.rows(select(HalfReport).order_by(col(HalfReport.id)))


def test_a_red_case_owes_a_report_when_the_half_is_over_and_once_only(scene: Scene) -> None:
    code = lit(scene)
    assert watch(scene.open_desk, HALF_END) == {"opened": 0, "late": 0, "copied": 0}
    assert watch(scene.open_desk, OPENS) == {"opened": 1, "late": 0, "copied": 0}
    assert watch(scene.open_desk, OPENS) == {"opened": 0, "late": 0, "copied": 0}
    (row,) = reports(scene)
    assert (row.number, row.state, row.light) == (code, "owed", "red")
    assert (row.period_from, row.period_to, row.due_on) == (date(2026, 4, 1), HALF_END, OPENS)


def test_yellow_asks_for_none_and_a_case_closed_within_the_half_neither(scene: Scene) -> None:
    lit(scene, Light.YELLOW)
    assert watch(scene.open_desk, OPENS) == {"opened": 0, "late": 0, "copied": 0}


def test_a_suspended_case_owes_nothing_for_the_half_that_ends_meanwhile(scene: Scene) -> None:
    code = lit(scene)
    scene.act(code, "suspend", "L-DIRECTOR", date(2026, 4, 13), note="等待法院裁判")
    assert watch(scene.open_desk, OPENS) == {"opened": 0, "late": 0, "copied": 0}


def test_after_an_outage_the_missed_halves_are_opened_with_their_own_due_days(scene: Scene) -> None:
    lit(scene)
    found = watch(scene.open_desk, date(2026, 5, 20))
    assert found == {"opened": 3, "late": 3, "copied": 0}
    assert [row.due_on for row in reports(scene)] == [OPENS, date(2026, 5, 6), date(2026, 5, 18)]


def test_the_unit_sends_its_report_and_the_case_learns_the_progress(scene: Scene) -> None:
    code = lit(scene)
    watch(scene.open_desk, OPENS)
    (row,) = reports(scene)
    with scene.open_desk(by="D001:liaison", today=OPENS) as desk:
        send_report(desk, row.id or 0, "已完成公示", percent=70, next_steps="月底前办结")
    (row,) = reports(scene)
    assert (row.state, row.sent_on, row.sent_by, row.percent) == ("sent", OPENS, "D001:liaison", 70)
    assert scene.case(code).percent == 70
    assert scene.told("half_report", row.id) == ["open", "send"]
    with pytest.raises(IllegalMove), scene.open_desk(by="D001:liaison", today=OPENS) as desk:
        send_report(desk, row.id or 0, "再报一次")


def test_progress_on_the_case_counts_as_the_report_that_is_owed(scene: Scene) -> None:
    code = lit(scene)
    watch(scene.open_desk, OPENS)
    scene.act(code, "report_progress", "D001:liaison", OPENS, percent="40")
    assert reports(scene)[0].state == "owed"  # a bare percentage says nothing
    scene.act(code, "report_progress", "D001:liaison", OPENS, percent="50", text="已补公示")
    (row,) = reports(scene)
    assert (row.state, row.text, row.percent) == ("sent", "已补公示", 50)


def test_an_older_report_that_is_late_is_not_settled_by_newer_progress(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, date(2026, 5, 6))
    first, second = reports(scene)
    with scene.open_desk(by="D001:liaison", today=date(2026, 5, 6)) as desk:
        send_report(desk, second.id or 0, "4月下半月进展", percent=70)
    assert [row.state for row in reports(scene)] == ["late", "sent"]
    assert first.due_on == OPENS


def test_progress_told_within_the_half_settles_it_when_the_half_ends(scene: Scene) -> None:
    code = lit(scene)
    scene.act(code, "report_progress", "D001:liaison", date(2026, 4, 14), percent="30", text="正在整改")
    assert watch(scene.open_desk, OPENS) == {"opened": 1, "late": 0, "copied": 2}
    (row,) = reports(scene)
    assert (row.state, row.sent_by, row.sent_on) == ("sent", "D001:liaison", date(2026, 4, 14))


def test_a_report_that_is_late_becomes_a_task_which_its_arrival_ends(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, OPENS)
    assert watch(scene.open_desk, LATE) == {"opened": 0, "late": 1, "copied": 0}
    with scene.open_desk(by="P90", today=LATE) as desk:
        assert [task.kind for task in list_tasks(desk) if task.subject == "half_report"] == [
            "half_report_late"
        ]
        (row,) = [one for one, _unit in list_reports(desk, state="due")]
        send_report(desk, row.id or 0, "单位电话报告：正在整改")
        assert [task for task in list_tasks(desk) if task.subject == "half_report"] == []
    assert (reports(scene)[0].state, reports(scene)[0].sent_by) == ("sent", "P90")


def test_a_unit_is_asked_once_for_all_that_it_owes_by_a_day(scene: Scene) -> None:
    lit(scene, Light.RED, ("D001", "F27", "minor"))
    watch(scene.open_desk, OPENS)
    watch(scene.open_desk, OPENS)
    (mail,) = scene.messages("half_owed")
    assert mail.recipient == "liaison.d001@shilixian.example"
    with scene.open_desk(today=OPENS) as desk:
        body = compose(desk, desk.session.get_one(Message, mail.id), "fazhi@shilixian.example")
    assert body.subject == "【半月报】请于2026年4月16日前报送2件事项的半月进展"
    for row in reports(scene):
        with scene.open_desk(by="D001:liaison", today=OPENS) as desk:
            send_report(desk, row.id or 0, "正在整改")
    with scene.open_desk(today=OPENS) as desk, pytest.raises(NothingToSay):
        compose(desk, desk.session.get_one(Message, mail.id), "fazhi@shilixian.example")


def late_calls(scene: Scene, today: date) -> list[str]:
    with scene.open_desk(by="P90", today=today) as desk:
        return [task.kind for task in list_tasks(desk) if task.subject == "half_report"]


def test_nobody_is_asked_to_call_about_a_case_that_has_ended(scene: Scene) -> None:
    code = lit(scene)
    watch(scene.open_desk, OPENS)
    watch(scene.open_desk, LATE)
    assert late_calls(scene, LATE) == ["half_report_late"]
    scene.act(code, "withdraw", "L-DIRECTOR", LATE, note="经核实不成立")
    assert late_calls(scene, LATE) == []
    assert reports(scene)[0].state == "late"  # what was not sent stays counted


def test_a_report_of_a_case_that_ended_before_it_was_late_opens_no_task(scene: Scene) -> None:
    code = lit(scene)
    watch(scene.open_desk, OPENS)
    scene.act(code, "withdraw", "L-DIRECTOR", OPENS, note="经核实不成立")
    watch(scene.open_desk, LATE)
    assert (reports(scene)[0].state, late_calls(scene, LATE)) == ("late", [])


def test_the_leaders_whom_the_rule_names_get_one_mail_a_day_with_every_report(scene: Scene) -> None:
    lit(scene, Light.RED, ("D001", "F27", "minor"))
    watch(scene.open_desk, OPENS)
    for row in reports(scene):
        with scene.open_desk(by="D001:liaison", today=OPENS) as desk:
            send_report(desk, row.id or 0, f"{row.number}已完成")
    assert watch(scene.open_desk, LATE) == {"opened": 0, "late": 0, "copied": 2}
    assert watch(scene.open_desk, LATE) == {"opened": 0, "late": 0, "copied": 0}
    mails = scene.messages("half_report")
    with scene.open_desk(today=LATE) as desk:
        posts = [p for p in desk.office_rules.leaders.values() if p.role.value in ("deputy", "director")]
        assert {mail.recipient for mail in mails} == {post.email for post in posts}
        first = desk.session.get_one(Message, mails[0].id)
        text = compose(desk, first, "fazhi@shilixian.example").mime.decode("utf-8", "replace")
        assert "=?utf-8?" in text.lower()
        claimed = claim_next(desk)
        assert claimed is not None
    assert {row.copied_on for row in reports(scene)} == {LATE}


def test_a_work_secret_is_mailed_to_the_offices_own_domains_only(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, OPENS)
    (row,) = reports(scene)
    with scene.open_desk(today=OPENS) as desk:
        desk.session.get_one(HalfReport, row.id).secrecy = Secrecy.WORK_SECRET.value
    with scene.open_desk(by="D001:liaison", today=OPENS) as desk:
        send_report(desk, row.id or 0, "已完成")
    with scene.open_desk(today=LATE) as desk:
        office = desk.office_rules
        mail = office.mail.model_copy(update={"allowed_domains": ("elsewhere.example",)})
        changed = office.model_copy(update={"mail": mail})
        desk.rules = desk.rules.model_copy(update={"offices": {desk.office.code: changed}})
        watch_over(desk)
        assert "half_report_paper" in {task.kind for task in list_tasks(desk)}
    assert scene.messages("half_report") == []
    assert reports(scene)[0].copied_on is None


def test_a_unit_sees_and_sends_only_its_own(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, OPENS)
    (row,) = reports(scene)
    with scene.open_desk(by="T001:liaison", today=OPENS) as desk:
        assert list_reports(desk) == []
        with pytest.raises(NotFound):
            send_report(desk, row.id or 0, "代报")
    with scene.open_desk(by="D001:liaison", today=OPENS) as desk:
        assert len(list_reports(desk, period=HALF_END)) == 1


def test_only_the_director_waives_and_gives_a_reason(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, OPENS)
    (row,) = reports(scene)
    for who, note, error in (("P90", "节日", NotAllowed), ("L-DIRECTOR", " ", InvalidInput)):
        with pytest.raises(error), scene.open_desk(by=who, today=OPENS) as desk:
            waive_report(desk, row.id or 0, note)
    with scene.open_desk(by="L-DIRECTOR", today=OPENS) as desk:
        waive_report(desk, row.id or 0, "已当面汇报")
    assert reports(scene)[0].state == "waived"


def test_an_empty_text_a_secret_mark_or_a_day_outside_changes_nothing(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, OPENS)
    (row,) = reports(scene)
    wrong: tuple[tuple[str, int | None, date | None], ...] = (
        ("", None, None), ("好", 101, None), ("好", None, date(2026, 3, 31)), ("好", None, LATE),
        ("机密★五年", None, None),
    )  # fmt: skip
    for text, percent, on in wrong:
        with pytest.raises(InvalidInput), scene.open_desk(by="D001:liaison", today=OPENS) as desk:
            send_report(desk, row.id or 0, text, percent=percent, on=on)
    assert reports(scene)[0].state == "owed"


def test_a_read_report_says_by_whom(scene: Scene) -> None:
    lit(scene)
    watch(scene.open_desk, OPENS)
    (row,) = reports(scene)
    with scene.open_desk(by="D001:liaison", today=OPENS) as desk:
        send_report(desk, row.id or 0, "已完成")
    with scene.open_desk(by="L-DIRECTOR", today=OPENS) as desk:
        read_report(desk, row.id or 0)
    assert (reports(scene)[0].read_on, reports(scene)[0].read_by) == (OPENS, "L-DIRECTOR")


def test_another_part_owes_for_its_matter_and_twice_is_once(scene: Scene) -> None:
    scene.settle()
    with scene.open_desk(today=date(2026, 5, 6)) as desk:
        unit = next(one for _n, one in enumerate(desk.session.exec(select(make.Unit))))
        matter = Subject("matter", 7, "（2026）示0101行初3号", unit.id or 0, cc=("director",))
        assert len(owe(desk, matter, NOTIFIED, Light.YELLOW)) == 2
        assert owe(desk, matter, NOTIFIED, Light.YELLOW) == []


def broken(scene: Scene) -> dict[str, int]:
    """Return what the doctor finds, but for the mails that nobody sends here."""
    with scene.open_desk(today=LATE) as desk:
        return {one.id: one.broken for one in examine(desk).invariants if one.id != "INV-1"}


def test_the_doctor_finds_the_lives_of_reports_in_order(scene: Scene) -> None:
    lit(scene)
    before = broken(scene)
    watch(scene.open_desk, OPENS)
    watch(scene.open_desk, LATE)
    assert broken(scene) == before


def test_the_statistics_tell_reports_in_time_late_and_missing(scene: Scene) -> None:
    lit(scene)
    today = date(2026, 5, 20)
    watch(scene.open_desk, today)
    first, second, _third = reports(scene)
    with scene.open_desk(by="L-DIRECTOR", today=today) as desk:
        waive_report(desk, second.id or 0, "已当面汇报")
    with scene.open_desk(by="P90", today=today) as desk:
        send_report(desk, first.id or 0, "补报")
    with scene.open_desk(today=today) as desk:
        counted = count(desk)
        found = [counted.value(f"half_reports.{key}") for key in ("asked", "in_time", "late", "missing")]
        assert found == [2, 0, 1, 1]
        assert counted.value("findings.repeats") == 0
