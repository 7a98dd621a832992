"""The shipped rules are free of mistakes and warnings, and say what the law and the reference ladder say."""

from __future__ import annotations

import pytest

from core.codes import Light, Line, Secrecy, Severity
from core.rulebook import Rulebook, check_rules, load_rulebook, schemas
from system.paths import RULES_DIR, read_texts

FILES = read_texts(RULES_DIR, ".yaml")
# (颜色, 锚点, 偏移)，取自参考阶梯
LADDER = {
    Severity.MINOR: [("blue", "due", -5), ("yellow", "due", 1), ("red", "due", 6), ("black", "due", 16)],
    Severity.MAJOR: [("blue", "due", -5), ("yellow", "due", 1), ("red", "due", 4), ("black", "due", 11)],
    Severity.GRAVE: [
        ("blue", "served", 0),
        ("yellow", "served", 5),
        ("yellow", "due", -3),
        ("red", "due", 1),
        ("black", "due", 4),
    ],
}
DOCUMENT_OF = {
    Light.BLUE: "prompt",
    Light.YELLOW: "urging",
    Light.RED: "supervision",
    Light.BLACK: "rectification_order",
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(FILES)


def test_the_shipped_rules_have_neither_mistakes_nor_warnings() -> None:
    assert [str(one) for one in check_rules(FILES)] == []


def test_the_schemas_on_disk_are_those_of_the_models() -> None:
    # Refresh with `ducha rules schema` after changing a model.
    assert read_texts(RULES_DIR / "schema", ".json") == schemas()


def test_every_rule_file_names_its_schema() -> None:
    for path, text in FILES.items():
        if not path.startswith("calendars/"):
            assert text.startswith("# yaml-language-server: $schema="), path


def test_every_document_kind_has_a_file_with_its_printed_name(book: Rulebook) -> None:
    assert all(rule.code == code for code, rule in book.documents.items())
    assert book.documents["feedback_notice"].name == "法治督察反馈意见暨整改通知书"
    assert book.documents["rectification_order"].name == "责令整改通知单"


def test_the_two_lines_keep_their_first_notices_apart(book: Rulebook) -> None:
    assert not book.documents["feedback_notice"].serves(Line.ENFORCEMENT)
    assert not book.documents["rectification_notice"].serves(Line.PARTY)
    lines = book.office("shilixian").lines
    assert lines[Line.PARTY].issuer != lines[Line.ENFORCEMENT].issuer
    assert lines[Line.PARTY].series["notice"].code_text == "示法督"


def test_referrals_are_never_mailed_and_have_no_unit_as_recipient(book: Rulebook) -> None:
    for kind in ("referral_letter", "hand_over_letter"):
        rule = book.documents[kind]
        assert not rule.mailed
        assert rule.recipients == ()
        assert rule.secrecy is Secrecy.WORK_SECRET
    assert book.linkage.receivers["discipline"].channel == "hand"


def test_the_rungs_are_those_of_the_reference_ladder(book: Rulebook) -> None:
    profiles = book.ladders["problem"].profiles
    for severity, expected in LADDER.items():
        rungs = profiles[severity].rungs
        assert [(rung.light.value, rung.anchor, rung.offset) for rung in rungs] == expected
        assert [rung.document for rung in rungs] == [DOCUMENT_OF[rung.light] for rung in rungs]
    limits = {one: (profiles[one].rectify_workdays, profiles[one].plan_workdays) for one in Severity}
    assert limits == {Severity.MINOR: (20, 10), Severity.MAJOR: (15, 7), Severity.GRAVE: (10, 5)}


def test_only_early_blue_goes_out_by_itself(book: Rulebook) -> None:
    profiles = book.ladders["problem"].profiles
    automatic = [
        (severity, rung.code)
        for severity, profile in profiles.items()
        for rung in profile.rungs
        if rung.issue == "automatic"
    ]
    assert automatic == [(Severity.MINOR, "blue"), (Severity.MAJOR, "blue")]
    assert profiles[Severity.GRAVE].rungs[0].issue == "on_signature"


def test_the_events_and_limits_of_the_reference_are_kept(book: Rulebook) -> None:
    ladder = book.ladders["problem"]
    assert list(ladder.events) == [f"E{number}" for number in range(1, 9)]
    assert {code for code, event in ladder.events.items() if event.screening} == {"E1", "E2"}
    assert (ladder.verify_workdays, ladder.observation_workdays) == (3, 60)
    assert (ladder.extension.max_count, ladder.extension.max_share_percent) == (1, 50)
    assert (ladder.extension.grave_max_workdays, ladder.extension.ask_before_workdays) == (10, 2)
    linkage = book.linkage
    limits = (linkage.screening_workdays, linkage.transfer_workdays, linkage.feedback_workdays)
    assert limits == (3, 15, 30)


def test_the_timetable_has_the_recurring_jobs(book: Rulebook) -> None:
    found = {job.name: (job.days, job.time or f"{job.every_minutes}min") for job in book.timetable}
    assert found == {
        "deadlines": ("workday", "08:30"),
        "outbox": ("every", "5min"),
        "intake": ("every", "5min"),
        "chat": ("every", "10min"),
        "reminders": ("workday", "08:00"),
        "linkage": ("workday", "09:00"),
        "watch": ("workday", "08:15"),
        "reports": ("month_half", "09:30"),
        "doctor": ("daily", "06:00"),
    }


def test_no_person_and_no_real_address_stands_in_the_office_file(book: Rulebook) -> None:
    office = book.office("shilixian")
    assert all(one.email is None or one.email.endswith(".example") for one in office.leaders.values())
    assert office.mail.allowed_domains == ("shilixian.example",)
