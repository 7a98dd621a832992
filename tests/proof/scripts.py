"""The scripts from which histories are recorded: one for each main path of a year."""

from __future__ import annotations

from typing import Any

D = "2026-ZH-01-D001-01"
UNIT, LEADER, OFFICER, DIRECTOR = "D001:liaison", "D001:leader", "P90", "L-DIRECTOR"
NOTIFIED = "2026-04-08"


def act(
    day: str, name: str, by: str, note: str = "", *, proof: bool = False, **values: str
) -> dict[str, Any]:
    """Return the line of an act on the first case; `proof` when a file comes with it."""
    return {
        "on": day,
        "do": "act",
        "case": D,
        "act": name,
        "by": by,
        "note": note,
        "proof": proof,
        "values": values,
    }


def notify(*found: tuple[str, str, str], serve: bool = True) -> dict[str, Any]:
    """Return the line of a notice."""
    return {"on": NOTIFIED, "do": "notify", "found": [list(one) for one in found], "serve": serve}


def climb(*days: str) -> list[dict[str, Any]]:
    """Return a sweep on each day, and what came of it signed, sealed and served on the same day."""
    return [{"on": day, "do": verb} for day in days for verb in ("sweep", "issue")]


CLOSED = [
    act("2026-04-27", "apply_closure", UNIT, proof=True, note="已完成"),
    act("2026-04-28", "verify", "P05", verdict="passed", note="已到位"),
    act("2026-04-29", "close", DIRECTOR),
]
SCRIPTS: dict[str, list[dict[str, Any]]] = {
    "calm_closure": [
        notify(("D001", "E24", "minor"), ("T001", "F27", "minor")),
        act("2026-04-10", "submit_plan", UNIT, measures="逐项整改"),
        act("2026-04-13", "approve_plan", OFFICER),
        act("2026-04-20", "report_progress", UNIT, percent="60"),
        *CLOSED,
        act("2026-04-30", "schedule_look_back", OFFICER, on="2026-07-30"),
        act("2026-07-30", "look_back", "P05", verdict="held", note="未反弹"),
    ],
    "four_lights_and_referral": [
        notify(("D001", "E24", "minor"), ("T001", "F27", "minor")),
        act("2026-04-13", "report_progress", UNIT, percent="60"),
        *climb("2026-04-28", "2026-05-12", "2026-05-20", "2026-05-28", "2026-06-08", "2026-06-18", "2026-06-30"),
        *climb("2026-07-10", "2026-07-24", "2026-08-10"),
        {"on": "2026-08-11", "do": "refer", "verb": "screen", "by": "P91", "receiver": "discipline",
         "opinion": "逾期不改"},
        {"on": "2026-08-12", "do": "refer", "verb": "study", "by": "P91", "note": "同意移送",
         "participants": [DIRECTOR, "L-DEPUTY", "P91"], "minutes": True},
        {"on": "2026-08-13", "do": "refer", "verb": "approve", "by": DIRECTOR, "note": "同意"},
    ],
    "extension_return_reopening": [
        notify(("D001", "E24", "minor")),
        act("2026-04-10", "submit_plan", UNIT, measures="逐项整改"),
        act("2026-04-13", "return_plan", OFFICER, note="措施不具体"),
        act("2026-04-14", "submit_plan", UNIT, measures="逐项整改，责任到人"),
        act("2026-04-15", "approve_plan", OFFICER),
        act("2026-04-20", "request_extension", LEADER, note="采购周期长", until="2026-05-15"),
        act("2026-04-21", "decide_extension", DIRECTOR, verdict="granted", note="理由属实"),
        {"on": "2026-04-22", "do": "issue"},
        act("2026-04-24", "apply_closure", UNIT, proof=True, note="已完成"),
        act("2026-04-25", "return", OFFICER, note="照片不清"),
        *CLOSED,
        act("2026-05-20", "reopen", OFFICER, note="群众反映反弹"),
        *climb("2026-06-08", "2026-06-18"),
    ],
    "mails_refused_and_lost": [
        notify(("D001", "E24", "minor"), ("T001", "F27", "minor"), serve=False),
        {"on": NOTIFIED, "do": "post", "ends": ["rejected", "unknown", "deferred", "accepted"]},
        {"on": "2026-04-09", "do": "resolve", "mail": 1, "verdict": "resend"},
        {"on": "2026-04-09", "do": "resolve", "mail": 2, "verdict": "accepted"},
        {"on": "2026-04-09", "do": "post", "ends": []},
        {"on": "2026-04-10", "do": "bounce", "mail": 4},
        *climb("2026-05-12"),
        {"on": "2026-05-13", "do": "serve", "document": 1, "channel": "left"},
        *climb("2026-06-10", "2026-07-24"),
    ],
}  # fmt: skip
