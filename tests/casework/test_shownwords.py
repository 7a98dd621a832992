"""The drill-down says words: every stored code that a line of it shows has one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa

from casework.counts.registry import every_entry
from casework.counts.shownwords import sayer
from casework.counts.terms import Share
from casework.desk import Desk
from models.base import table_of
from models.document import Document
from models.referral import ReferralSanction


def coded() -> Iterator[tuple[sa.Column[str], str]]:
    """Yield each shown column that is declared with `one_of`, with each of its codes."""
    sources = {entry.source for entry in every_entry() if not isinstance(entry, Share)}
    for column in {column for source in sources for column in source.shown}:
        table = getattr(column, "table", None)
        if not isinstance(table, sa.Table):
            continue
        wanted = re.compile(rf"(?:{column.name} IS NULL OR )?{column.name} IN \((.*)\)")
        for one in table.constraints:
            found = wanted.fullmatch(str(one.sqltext)) if isinstance(one, sa.CheckConstraint) else None
            for code in re.findall(r"'(\w+)'", found[1]) if found else ():
                yield table.c[column.name], code


def test_every_code_that_is_shown_has_a_word(desk: Desk) -> None:
    found = list(coded())

    assert {f"{column.table.name}.{column.name}" for column, _code in found} >= {
        "document.state", "lead.state", "litigation_matter.state", "message.kind", "filing.kind", "report.kind",
        "meeting.kind", "side_request.kind", "rectification.state",
    }  # fmt: skip
    assert [f"{column} {code}" for column, code in found if sayer(desk, column)(code) == code] == []


def test_what_rule_files_name_is_called_by_its_name_there(desk: Desk) -> None:
    kinds, sanctions = table_of(Document).c.kind, table_of(ReferralSanction).c.kind

    for rule in desk.rules.documents.values():
        assert sayer(desk, kinds)(rule.code) == rule.name
    for code, sanction in desk.rules.linkage.sanctions.items():
        assert sayer(desk, sanctions)(code) == sanction.name
    assert sayer(desk, kinds)("gone_since") == "gone_since"
