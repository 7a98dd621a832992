"""What the sheet of a matter says: its light with the reasons, the periods with length and day, the demands."""

from __future__ import annotations

import re

from sqlmodel import col, select

from casework.litigation.clocks import OF_THE_COURT, list_clocks_of
from casework.litigation.files import MatterFile, load_file
from casework.litigation.kindwords import kind_word
from casework.litigation.lights import derive
from casework.paperwork.subjects import Subject, Values, cite, kind_bases
from core.codes import Light
from core.life.matterlife import MatterKind
from models.matter import LitigationMatter, MatterSheet

MOST_REASONS = 8
LAWSUIT_LAW = "《中华人民共和国行政诉讼法》"  # binds a review or an advice in nothing
EDITION = re.compile(r"》（[^（）〔〕]*年[^（）〔〕]*）")


def matter_values(subject: Subject) -> Values:
    """Return the values of a document about a matter; the reasons are those that led to the colour of the sheet."""
    desk = subject.desk
    row = desk.session.get_one(LitigationMatter, subject.document.about_id)
    file = load_file(desk, row)
    palette, ladder = file.ladder.palette, file.ladder
    light = Light(str(subject.inputs.get("light") or row.light))
    band = ladder.band(light)
    clocks = [one for one in list_clocks_of(desk, file) if one["code"] not in OF_THE_COURT]
    return {
        "matter": {
            "number": row.number,
            "kind": kind_word(row),
            "forum": row.forum,
            "cause": row.cause,
            "received_on": row.received_on.isoformat(),
            "light": palette.word(light),
            "reasons": _reasons(subject, file) or [f"{palette.word(light)}：{palette.meaning(light)}"],
            "clocks": [_clock(one) for one in clocks],
            "actions": list(band.actions) if band else [palette.meaning(light)],
            "leader": band.leader if band else "单位法制机构负责人",
            "ones": list(ladder.three_ones.contents),
            "guardrails": list(ladder.guardrails),
        },
        "reply": subject.period(band.deadline_workdays if band else 3, "workday", "签发"),
        **_law(subject, row, clocks),
    }


def _reasons(subject: Subject, file: MatterFile) -> list[str]:
    """Return why the light is what the sheet says; it speaks of the day it was drafted for, whatever happened since."""
    desk = subject.desk
    query = select(col(MatterSheet.fired_on)).where(col(MatterSheet.document_id) == subject.document.id)
    until = desk.session.exec(query).first() or desk.today
    turns = derive(desk, file).standing.turns
    return [turn.why for turn in turns if turn.after != Light.NONE and turn.on <= until][-MOST_REASONS:]


def _clock(one: dict[str, object]) -> Values:
    return {
        "name": str(one["name"]),
        "period": str(one["period"]),
        "due_on": str(one["on"]),
        "provisional": bool(one["provisional"]),
    }


def _law(subject: Subject, row: LitigationMatter, clocks: list[dict[str, object]]) -> Values:
    """Return what a sheet cites: the bases of its kind that fit the matter, and the law of its running periods."""
    lawsuit = row.kind in (MatterKind.LITIGATION, MatterKind.PERFORMANCE)
    bases = [one for one in kind_bases(subject) if lawsuit or not one.document.startswith(LAWSUIT_LAW)]
    laws = [EDITION.sub("》", str(one["law"])) for one in clocks if one["law"]]
    articles: dict[str, dict[str, None]] = {}
    for text in (*cite(bases), *laws):
        document, _, article = text.partition("》")
        articles.setdefault(f"{document}》", {}).update(dict.fromkeys(filter(None, article.split("、"))))
    return {
        "cited": [document + "、".join(named) for document, named in articles.items()],
        "basis": list(articles),
    }
