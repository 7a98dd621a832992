"""The second half through the `ducha` command: lights, acts, referral, counts, the books, backup."""

from __future__ import annotations

from datetime import date

from delivery.sink import MailSink
from tests.cli.conftest import At
from tests.cli.ducha import Ducha
from tests.cli.stages import ANSWERED, GRAVE, MINOR
from tests.cli.world import CODE, DIRECTOR, OFFICER, REVIEWER, VERIFIER

COUNTS = {"today", "due", "issued", "drafted", "set_aside", "held"}


def act(ducha: Ducha, case: str, name: str, *more: str, by: str) -> str:
    """Carry out one act and return the state after it."""
    state: str = ducha.ok("case", "act", case, name, *more, by=by)["state"]
    return state


def test_a_second_sweep_of_the_day_does_nothing(at: At) -> None:
    ducha = at("served")
    first, second = ducha.ok("sweep"), ducha.ok("sweep")
    assert set(first) >= COUNTS
    assert (first["today"], first["due"], first["drafted"]) == ("2026-03-17", 2, {"prompt": 2})
    assert (second["due"], second["drafted"], second["issued"]) == (0, {}, {})


def test_a_sweep_on_an_earlier_day_is_held(at: At) -> None:
    ducha = at("served")
    ducha.ok("sweep")
    ducha.day = date(2026, 3, 16)
    said = ducha.ok("sweep")
    assert "时钟" in said["held"]
    assert said["due"] == 0


def test_case_list_show_and_explain_tell_the_same_light(at: At) -> None:
    ducha = at("lapsed")
    rows = ducha.ok("case", "list", "--campaign", CODE)
    keys = {"id", "unit", "item", "state", "light", "due_on", "next_due_on", "campaign"}
    assert all(set(row) >= keys for row in rows)
    assert [row["id"] for row in rows if row["light"] == "black"] == [GRAVE, f"{CODE}-D002-03"]
    assert [row["id"] for row in ducha.ok("case", "list", "--light", "black", "--unit", "D001")] == [GRAVE]
    assert ducha.ok("case", "show", GRAVE)["light"] == "black"
    why = ducha.ok("case", "explain", GRAVE)
    assert why["light"] == "black"
    assert any("黑灯" in sentence for sentence in why["sentences"])


def test_a_case_lives_from_its_plan_to_its_look_back(at: At) -> None:
    ducha = at("served")
    unit = "D002:liaison"
    assert act(ducha, ANSWERED, "approve_plan", by=OFFICER) == "rectifying"
    assert act(ducha, ANSWERED, "report_progress", "--set", "percent=80", by=unit) == "rectifying"
    ducha.day = date(2026, 3, 20)
    assert act(ducha, ANSWERED, "apply_closure", "--file", "proof.pdf", by=unit) == "closure_applied"
    said = ("--set", "verdict=failed", "--note", "抽查仍有遗漏")
    assert act(ducha, ANSWERED, "verify", *said, by=VERIFIER) == "rectifying"
    assert act(ducha, ANSWERED, "apply_closure", "--note", "已补充", by=unit) == "closure_applied"
    refused = ducha.refused("case", "act", ANSWERED, "verify", "--set", "verdict=passed", by=unit)
    assert refused["what"] == "无权核查验收"
    assert act(ducha, ANSWERED, "verify", "--set", "verdict=passed", by=VERIFIER) == "verified"
    assert act(ducha, ANSWERED, "close", by=DIRECTOR) == "closed"
    assert act(ducha, ANSWERED, "schedule_look_back", "--set", "on=2026-06-15", by=OFFICER) == "look_back"
    ducha.day = date(2026, 6, 15)
    said = ("--set", "verdict=rebounded", "--note", "问题反弹")
    assert act(ducha, ANSWERED, "look_back", *said, by=VERIFIER) == "rectifying"
    shown = ducha.ok("case", "show", ANSWERED)
    assert (shown["round"], shown["rebounds"], shown["light"]) == (2, 1, "yellow")


def test_an_objection_that_is_upheld_withdraws_the_problem(at: At) -> None:
    ducha = at("served")
    act(ducha, MINOR, "object", "--note", "案卷已另行公示", by="D001:liaison")
    said = ("--set", "verdict=upheld", "--note", "复核属实")
    assert act(ducha, MINOR, "decide_objection", *said, by=REVIEWER) == "withdrawn"
    assert {f["id"]: f["state"] for f in ducha.ok("finding", "list")}[MINOR] == "withdrawn"


def test_a_referral_goes_by_hand_from_screening_to_its_result(at: At) -> None:
    ducha = at("lapsed")
    first, second = ducha.ok("referral", "list", by=OFFICER)
    assert set(first) >= {"id", "case", "receiver", "state"}
    assert (first["case"], first["state"]) == (GRAVE, "screening")
    number = first["id"]
    assert ducha.ok("referral", "screen", number, "--note", "拒不整改", by=OFFICER)["state"] == "opinion"
    people = [word for code in (DIRECTOR, "L-DEPUTY", OFFICER) for word in ("--participant", code)]
    studied = ("--note", "集体研究同意", "--file", "minutes.pdf", *people)
    assert ducha.ok("referral", "study", number, *studied, by=OFFICER)["state"] == "study"
    assert ducha.refused("referral", "approve", number, by=OFFICER)["what"] == "无权批准移送"
    approved = ducha.ok("referral", "approve", number, by=DIRECTOR)
    assert approved["state"] == "approved"
    letter = approved["document"]
    assert ducha.refused("referral", "send", number, by=OFFICER)["what"] == "移送函尚未签发、用印"
    ducha.ok("notice", "sign", letter, by=DIRECTOR)
    ducha.ok("notice", "seal", letter, "--file", "sealed.pdf", by=OFFICER)
    assert ducha.ok("referral", "send", number, "--channel", "hand", by=OFFICER)["state"] == "sent"
    ducha.day = date(2026, 4, 10)
    receipt = ducha.ok("referral", "receipt", number, "--number", "收1号", "--file", "proof.pdf", by=OFFICER)
    assert receipt["state"] == "received"
    assert receipt["feedback_due_on"] > "2026-04-10"
    said = ("--note", "已立案", "--disciplinary", "1")
    assert ducha.ok("referral", "result", number, *said, by=OFFICER)["state"] == "closed"
    assert ducha.ok("referral", "show", number, by=OFFICER)["disciplinary"] == 1
    declined = ducha.ok("referral", "decline", second["id"], "--note", "属一般工作失误", by=DIRECTOR)
    assert declined["state"] == "declined"
    assert not [mail for mail in ducha.ok("outbox", "list") if mail["document"] == letter]


def test_nobody_but_the_named_sees_a_referral(at: At) -> None:
    ducha = at("lapsed")
    for person in ("D001:liaison", "P01", None):
        assert ducha.refused("referral", "list", by=person)["what"] == "无权查看线索移送"
        assert ducha.refused("referral", "show", 1, by=person)["what"] == "没有这件线索"
    assert "referral" not in ducha("case", "show", GRAVE, by="D001:liaison").out


def test_counts_report_and_ledger_come_from_the_same_cases(at: At) -> None:
    ducha = at("lapsed")
    groups = ducha.ok("stats", "--campaign", CODE)["groups"]
    counted = {row["key"]: row for group in groups for row in group["rows"]}
    assert all(set(row) >= {"key", "label", "value", "unit"} for row in counted.values())
    path = ducha.folder / ducha.ok("report", CODE, "--out", "report")["file"]
    page = path.read_text(encoding="utf-8")
    assert "<svg" in page
    assert 'src="http' not in page
    said = ducha.ok("ledger", "export", "out/ledger.xlsx", "--campaign", CODE)
    assert (ducha.folder / said["file"]).stat().st_size == said["bytes"]


def test_the_books_are_in_order_once_the_mails_are_out(at: At) -> None:
    ducha = at("lapsed")
    with MailSink() as sink:
        ducha.settings["DUCHA_SMTP_URL"] = sink.url
        ducha.ok("outbox", "send")
    chains = ducha.ok("audit", "verify")
    assert chains["ok"] is True
    assert chains["checked"] > 100
    assert chains["broken"] == []
    health = ducha.ok("doctor")
    assert health["ok"] is True
    assert all(set(one) >= {"id", "checked", "broken"} for one in health["invariants"])
    assert all(one["broken"] == 0 for one in health["invariants"])
    assert isinstance(health["warnings"], list)


def test_a_campaign_closes_when_its_last_case_is_settled(at: At) -> None:
    ducha = at("served")
    assert "case list" in ducha.refused("campaign", "close", CODE, by=DIRECTOR)["remedy"]
    for case in ducha.ok("case", "list"):
        act(ducha, case["id"], "withdraw", "--note", "上级另行处理", by=DIRECTOR)
    assert ducha.ok("campaign", "close", CODE, by=DIRECTOR)["state"] == "closed"


def test_a_restored_database_waits_on_hold_for_two_people(at: At) -> None:
    ducha = at("served")
    before = ducha.ok("case", "list")
    made = ducha.ok("backup", "safe.tar")
    assert made["file"] == "safe.tar"
    ducha.ok("sweep")
    assert ducha.refused("restore", "safe.tar")["remedy"]
    ducha.ok("restore", "safe.tar", "--force")
    assert ducha.ok("case", "list") == before
    assert ducha.ok("sweep")["held"]
    assert ducha.ok("outbox", "send")["held"]
    assert any("暂停" in warning for warning in ducha("doctor").data["warnings"])
    ducha.refused("release", "--second", OFFICER, by=OFFICER)
    ducha.ok("release", "--second", OFFICER, by=DIRECTOR)
    assert ducha.ok("sweep")["held"] is None


def test_a_published_year_never_moves_a_notified_day_earlier(at: At) -> None:
    ducha = at("served")
    before = {case["id"]: case["due_on"] for case in ducha.ok("case", "list")}
    table = (
        'year: 2026\nstatus: official\nsource: "示例通知"\n"off":\n  - 2026-03-23\n  - 2026-03-24\nwork: []\n'
    )
    (ducha.folder / "2026.yaml").write_text(table, encoding="utf-8")
    said = ducha.ok("calendar", "import", "2026.yaml", by=OFFICER)
    assert said.keys() >= {"year", "version", "status", "moved", "kept", "state", "proposal", "confirm"}
    assert (said["year"], said["state"]) == (2026, "proposed")
    assert said["confirm"].startswith("ducha calendar confirm 2026 --sha ")
    assert {case["id"]: case["due_on"] for case in ducha.ok("case", "list")} == before
    assert "另一名有权人员" in ducha.refused("calendar", "confirm", 2026, by=OFFICER)["expected"]
    pin = said["confirm"].split()[5]
    done = ducha.ok("calendar", "confirm", 2026, "--sha", pin, by=DIRECTOR)
    assert (done["state"], done["moved"]) == ("in_force", said["moved"])
    assert done["documents"]
    assert [one["state"] for one in ducha.ok("calendar", "proposals")] == ["in_force"]
    after = {case["id"]: case["due_on"] for case in ducha.ok("case", "list")}
    assert all(after[case] >= due for case, due in before.items())
    assert after != before
