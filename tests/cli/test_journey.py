"""The main job through the `ducha` command, from empty files to the notices in the units' hands."""

from __future__ import annotations

from datetime import date

from delivery.sink import MailSink, Rule
from system.paths import TEMPLATES_DIR
from tests.cli.conftest import At
from tests.cli.stages import ANSWERED, GRAVE, MINOR
from tests.cli.world import (
    CODE,
    DIRECTOR,
    LEDGER_HEADERS,
    OFFICER,
    fill_answer,
    fill_checklists,
    mails_of,
)


def test_init_can_be_repeated_and_tells_where_the_database_is(at: At) -> None:
    ducha = at("files")
    first, second = ducha.ok("init"), ducha.ok("init")
    assert first == second
    assert set(first) >= {"database", "revision", "office", "files"}
    assert ducha.database.exists()


def test_settings_names_each_source_and_hides_secrets(at: At) -> None:
    ducha = at("files")
    ducha.settings["DUCHA_SMTP_URL"] = "smtp://user:a-secret@127.0.0.1:2525"
    (ducha.folder / "ducha.toml").write_text("batch = 77\n", encoding="utf-8")
    rows = {row["name"]: row for row in ducha.ok("settings")}
    assert rows["batch"]["value"] == "77"
    assert rows["batch"]["source"] == "ducha.toml"
    assert rows["database_url"]["source"] == "DUCHA_DATABASE_URL"
    assert "a-secret" not in ducha("settings").out
    assert "a-secret" not in ducha.run("settings").out


def test_rules_and_calendar_work_before_there_is_a_database(at: At) -> None:
    ducha = at("files")
    rules = ducha.ok("rules", "check")
    assert rules["ok"] is True
    assert rules["problems"] == []
    assert rules["catalogs"]["fazhi-ducha-46"] == {"classes": 11, "items": 46, "weight": 100}
    assert len(rules["sha256"]) == 64
    due = ducha.ok("calendar", "add", "2026-09-28", 5)
    assert due["due_on"] == "2026-10-10"  # after the National Day week, a Saturday that is worked
    assert due["start_on"] == "2026-09-28"
    assert (due["count"], due["unit"], due["provisional"]) == (5, "workday", False)
    assert due["steps"]
    assert ducha.ok("calendar", "add", "2027-03-01", 5)["provisional"] is True
    assert not ducha.database.exists()


def test_known_units_are_updated_by_a_second_import(at: At) -> None:
    ducha = at("prepared")
    assert ducha.ok("import", "units", "units.csv", by=DIRECTOR) == {"added": 0, "updated": 3}
    assert ducha.ok("import", "people", "people.csv", by=OFFICER) == {"added": 0, "updated": 8}


def test_an_old_ledger_brings_open_problems_with_their_dates_and_sends_nothing(at: At) -> None:
    ducha = at("prepared")
    cells = {
        "序号": "1", "问题编号": "L-01", "督察批次": "2025-ZH-01", "被督察单位": "示例县水利局", "问题类别": "E19",
        "问题描述": "执法公示不及时", "整改时限": "2026-03-20", "整改措施": "补充公示", "当前进展": "完成30%",
    }  # fmt: skip
    line = ",".join(cells.get(header, "") for header in LEDGER_HEADERS.split(","))
    (ducha.folder / "ledger.csv").write_text(f"{LEDGER_HEADERS}\n{line}\n", encoding="utf-8")
    said = ducha.ok("import", "ledger", "ledger.csv", by=OFFICER)
    assert (said["added"], said["open"]) == (1, 1)
    case = ducha.ok("case", "list")[0]
    assert (case["unit"], case["due_on"], case["light"]) == ("D002", "2026-03-20", "none")
    assert ducha.ok("outbox", "list") == []
    assert ducha.ok("notice", "list") == []


def test_a_plan_is_the_same_each_time_and_its_approver_is_somebody_else(at: At) -> None:
    ducha = at("prepared")
    first = ducha.ok("campaign", "plan", "plan.yaml", by=OFFICER)
    second = ducha.ok("campaign", "plan", "plan.yaml", by=OFFICER)
    assert len(first["rules_sha256"]) == 64
    assert [{**v, "id": 0} for v in first["visits"]] == [{**v, "id": 0} for v in second["visits"]]
    for visit in first["visits"]:
        assert set(visit) >= {"id", "unit", "from", "to", "team", "items"}
        assert len(visit["team"]) == 2
    assert ducha.refused("campaign", "approve", CODE, by=OFFICER)["what"] == "无权批准督察方案"
    ducha.ok("campaign", "approve", CODE, "--file", "approved.pdf", by=DIRECTOR)
    opened = ducha.ok("campaign", "open", CODE, by=OFFICER)
    assert opened["rules_sha256"] == first["rules_sha256"]
    assert ducha.ok("campaign", "show", CODE) == opened
    notices = ducha.ok("notice", "list", "--campaign", CODE)
    assert [n["kind"] for n in notices] == ["inspection_notice"] * 2
    tasks = ducha.ok("outbox", "list")
    assert {mail["kind"] for mail in tasks} == {"task"}


def test_workbooks_go_out_and_come_back_once(at: At) -> None:
    ducha = at("opened")
    paths = ducha.ok("checklist", "export", CODE, "--out", "lists", by=OFFICER)
    assert sorted(paths) == [f"lists/督察检查表-{CODE}-D00{n}.xlsx" for n in (1, 2)]
    said = ducha.ok("checklist", "self-report", CODE, "D001", by=OFFICER)
    assert said["self_report_on"] == ducha.day.isoformat()
    ducha.day = date(2026, 3, 16)
    filled = fill_checklists(ducha, ducha.folder / "filled")
    done = ducha.ok("checklist", "import", *filled, by=OFFICER)
    assert (done["visits"], done["papers"]) == (2, 6)
    assert ducha.refused("checklist", "import", filled[0], by=OFFICER)["what"] == "该单位的检查表已经导入"
    papers = ducha.ok("finding", "list", "--state", "paper")
    assert len(papers) == 6
    assert all(set(paper) >= {"id", "unit", "item", "severity", "state"} for paper in papers)


def test_only_confirmed_problems_become_cases_and_a_withdrawn_one_ends_its_case(at: At) -> None:
    ducha = at("opened")
    ducha.day = date(2026, 3, 16)
    ducha.ok("checklist", "import", *fill_checklists(ducha, ducha.folder / "filled"), by=OFFICER)
    confirmed = ducha.ok("finding", "confirm", "--campaign", CODE, "--all", by=DIRECTOR)
    assert len(confirmed) == 5  # the sixth is contested
    assert "复核理由" in ducha.refused("finding", "confirm", GRAVE, by=DIRECTOR)["expected"]
    assert len(ducha.ok("case", "list")) == 5
    said = ducha.ok("finding", "withdraw", MINOR, "--note", "与上级检查重复", by=DIRECTOR)
    assert said == {"id": MINOR, "state": "withdrawn"}
    assert ducha.ok("case", "show", MINOR)["state"] == "withdrawn"


def test_a_notice_goes_from_draft_to_service_with_a_number_and_a_hash(at: At) -> None:
    ducha = at("confirmed")
    drafts = ducha.ok("notice", "draft", CODE, by=OFFICER)
    assert [set(draft) >= {"id", "kind", "number", "state", "unit", "sha256"} for draft in drafts] == [
        True
    ] * 2
    number = drafts[0]["id"]
    sheet = ducha.ok("notice", "sheet", number, "--out", "sheet.pdf", by=OFFICER)
    assert sheet["state"] == "in_review"
    assert (ducha.folder / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert ducha.refused("notice", "sign", number, by=OFFICER)["what"].startswith("无权签发")
    signed = ducha.ok("notice", "sign", number, "--file", "signed.pdf", by=DIRECTOR)[0]
    assert signed["number"] == "示法督反馈〔2026〕1号"
    assert len(signed["sha256"]) == 64
    sealed = ducha.ok("notice", "seal", number, "--file", "sealed.pdf", by=OFFICER)
    assert sealed["state"] == "issued"
    ducha.day = date(2026, 3, 17)
    served = ducha.ok("notice", "serve", number, "--channel", "专人", "--on", "2026-03-17", by=OFFICER)
    assert (served["state"], served["served_on"]) == ("served", "2026-03-17")
    shown = ducha.ok("notice", "show", number, "--out", "paper")
    assert shown["sha256"] == signed["sha256"]
    assert sorted(path.suffix for path in (ducha.folder / "paper").iterdir()) == [".docx", ".pdf"]


def test_a_document_is_drafted_by_hand_from_a_file_of_values(at: At) -> None:
    ducha = at("confirmed")
    (ducha.folder / "values.yaml").write_text(
        "until_on: 2026-07-31\ncounts: {units: 2, problems: 5}\nranking: []\nissues: [整改方案质量不高]\n",
        "utf-8",
    )
    draft = ("notice", "draft", CODE, "--kind", "bulletin", "--unit", "D001")
    refused = ducha.refused(*draft, "--values", "values.yaml", "--set", "tone=严厉", by=OFFICER)
    for part in ("缺少 overall", "缺少 demands", "缺少 counts.closed", "多出 tone"):
        assert part in refused["found"]
    text = (TEMPLATES_DIR / "documents/bulletin/sample.yaml").read_text("utf-8")
    values = [line for line in text.splitlines() if not line.startswith(("unit:", "campaign:", "contact:"))]
    (ducha.folder / "values.yaml").write_text("\n".join(values), "utf-8")
    (made,) = ducha.ok(*draft, "--values", "values.yaml", "--set", "overall=进度不平衡", by=OFFICER)
    (signed,) = ducha.ok("notice", "sign", made["id"], by=DIRECTOR)
    assert (signed["kind"], signed["number"]) == ("bulletin", "示法督通〔2026〕1号")
    assert "通报" in ducha.run("notice", "list").out
    assert "--kind" in ducha.refused("notice", "draft", CODE, "--unit", "D001", by=OFFICER)["expected"]


def test_a_void_notice_keeps_its_number(at: At) -> None:
    ducha = at("opened")
    voided = ducha.ok("notice", "void", 1, "--note", "单位名称有误", by=DIRECTOR)
    assert (voided["state"], voided["number"]) == ("void", "示法督〔2026〕1号")
    states = {mail["state"] for mail in ducha.ok("outbox", "list") if mail["document"] == 1}
    assert states == {"cancelled"}


def test_the_outbox_is_sent_once_and_each_mail_says_what_became_of_it(at: At) -> None:
    ducha = at("issued")
    with MailSink() as sink:
        ducha.settings["DUCHA_SMTP_URL"] = sink.url
        waiting = ducha.ok("outbox", "list", "--state", "ready")
        assert all(set(m) >= {"id", "document", "recipient", "state", "message_id"} for m in waiting)
        first = ducha.ok("outbox", "send", "--limit", 3)
        assert (first["accepted"], first["left"]) == (3, len(waiting) - 3)
        rest = ducha.ok("outbox", "send")
        again = ducha.ok("outbox", "send")
    assert set(first) >= {"accepted", "rejected", "unknown", "deferred", "left"}
    assert (rest["accepted"], rest["left"]) == (len(waiting) - 3, 0)
    assert again["accepted"] == 0
    assert sorted(taken.message_id for taken in sink.journal) == sorted(m["message_id"] for m in waiting)
    assert {m["state"] for m in ducha.ok("outbox", "list")} == {"accepted"}


def test_an_unknown_mail_waits_for_a_person(at: At) -> None:
    ducha = at("issued")
    with MailSink(behaviour=[Rule(at="settle", to="d001@*", drop=True)]) as sink:
        ducha.settings["DUCHA_SMTP_URL"] = sink.url
        report = ducha.ok("outbox", "send")
        unknown = ducha.ok("outbox", "list", "--state", "unknown")
        assert report["unknown"] == len(unknown) > 0
        sink.behave(None)
        assert ducha.ok("outbox", "send")["accepted"] == 0
        first, *others = (mail["id"] for mail in unknown)
        assert ducha.ok("outbox", "resolve", first, "resend", by=OFFICER) == {"id": first, "state": "ready"}
        for mail in others:
            assert ducha.ok("outbox", "resolve", mail, "accepted", by=OFFICER)["state"] == "accepted"
        assert ducha.ok("outbox", "send")["accepted"] == 1
    assert ducha.refused("outbox", "resolve", first, "resend", by=OFFICER)["expected"].startswith(
        "可执行的操作"
    )
    assert len(mails_of(sink, unknown[0]["message_id"])) == 2


def test_an_answer_carries_out_what_the_unit_wrote(at: At) -> None:
    ducha = at("issued")
    ducha.day = date(2026, 3, 17)
    asks = {"整改措施": "组织培训", "责任人": "联络员", "申请": "延期", "申请说明": "须等培训"}
    plan = {"整改措施": "修订制度", "责任人": "联络员", "进展": "已着手", "完成率": "60"}
    filled = {ANSWERED: plan, f"{CODE}-D002-02": {**asks, "申请延至": date(2026, 4, 10)}}
    path = fill_answer(ducha, 4, ducha.folder / "answer.xlsx", filled)
    said = ducha.ok("reply", "import", path, by="D002:liaison")
    assert said["document"] == 4
    assert said["acts"] == [
        f"{ANSWERED}:submit_plan",
        f"{ANSWERED}:report_progress",
        f"{CODE}-D002-02:submit_plan",
        f"{CODE}-D002-02:request_extension",
    ]
    shown = ducha.ok("case", "show", ANSWERED)
    assert (shown["state"], shown["percent"], shown["served_on"]) == ("planned", 60, "2026-03-17")
    assert [entry["act"] for entry in shown["timeline"]][-2:] == ["submit_plan", "report_progress"]
