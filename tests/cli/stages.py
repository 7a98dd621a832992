"""One inspection through the command, stage by stage; each stage starts where the one before it ended.

files -> prepared -> opened -> confirmed -> issued -> served -> lapsed
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.cli.ducha import Ducha
from tests.cli.world import CODE, COUNTY, DIRECTOR, OFFICER, fill_answer, fill_checklists, write_files

GRAVE = f"{CODE}-D001-03"  # contested by its unit, never answered, lapses to black
MINOR = f"{CODE}-D001-01"
ANSWERED = f"{CODE}-D002-01"


def lay_out_files(ducha: Ducha) -> None:
    """Only the files of the office: there is no database yet."""
    write_files(ducha.folder)


def prepare(ducha: Ducha) -> None:
    """The database, the units and the people."""
    ducha.ok("init")
    ducha.ok("import", "units", "units.csv", by=DIRECTOR)
    ducha.ok("import", "people", "people.csv", by=DIRECTOR)


def open_campaign(ducha: Ducha) -> None:
    """A planned, approved and opened campaign with its notices of inspection issued."""
    ducha.ok("campaign", "plan", "plan.yaml", by=OFFICER)
    ducha.ok("campaign", "approve", CODE, "--file", "approved.pdf", by=DIRECTOR)
    ducha.ok("campaign", "open", CODE, by=OFFICER)
    ducha.ok("notice", "sign", 1, 2, by=DIRECTOR)
    for number in (1, 2):
        ducha.ok("notice", "seal", number, "--file", "sealed.pdf", by=OFFICER)


def confirm(ducha: Ducha) -> None:
    """The visits are over: six problems in two units, all confirmed."""
    ducha.day = date(2026, 3, 16)
    paths = fill_checklists(ducha, ducha.folder / "filled")
    ducha.ok("checklist", "import", *paths, by=OFFICER)
    ducha.ok("finding", "confirm", "--campaign", CODE, "--all", by=DIRECTOR)
    ducha.ok("finding", "confirm", GRAVE, "--note", "经复核，事实清楚", by=DIRECTOR)


def issue(ducha: Ducha) -> None:
    """One notice per unit, signed, numbered, sealed and waiting in the outbox."""
    ducha.ok("notice", "draft", CODE, by=OFFICER)
    for number in (3, 4):
        ducha.ok("notice", "sheet", number, "--out", f"sheet-{number}.pdf", by=OFFICER)
    ducha.ok("notice", "sign", 3, 4, "--file", "signed.pdf", by=DIRECTOR)
    for number in (3, 4):
        ducha.ok("notice", "seal", number, "--file", "sealed.pdf", by=OFFICER)


def serve(ducha: Ducha) -> None:
    """D001 was served by hand and keeps silent; D002 answered with its plans."""
    ducha.day = date(2026, 3, 17)
    ducha.ok("notice", "serve", 3, "--channel", "专人", "--file", "proof.pdf", by=OFFICER)
    plan = {"整改措施": "修订制度，逐案复查", "责任人": "联络员", "进展": "已着手", "完成率": "60"}
    path = fill_answer(ducha, 4, ducha.folder / "answer.xlsx", {ANSWERED: plan})
    ducha.ok("reply", "import", path, by="D002:liaison")


def lapse(ducha: Ducha) -> None:
    """D001 does nothing until its grave problem is black and a screening is open."""
    for day in (17, 24, 31):
        ducha.day = date(2026, 3, day)
        _sweep_and_serve(ducha)
    ducha.day = date(2026, 4, 7)
    _sweep_and_serve(ducha)


def _sweep_and_serve(ducha: Ducha) -> None:
    ducha.ok("sweep")
    for document in ducha.ok("notice", "list", "--state", "draft"):
        number = document["id"]
        signed = ducha.ok("notice", "sign", number, by=COUNTY)
        if signed[0]["state"] == "signed":
            ducha.ok("notice", "seal", number, "--file", "sealed.pdf", by=OFFICER)
        ducha.ok("notice", "serve", number, "--channel", "hand", by=OFFICER)


STAGES: dict[str, tuple[str, Callable[[Ducha], None]]] = {
    "files": ("", lay_out_files),
    "prepared": ("files", prepare),
    "opened": ("prepared", open_campaign),
    "confirmed": ("opened", confirm),
    "issued": ("confirmed", issue),
    "served": ("issued", serve),
    "lapsed": ("served", lapse),
}
