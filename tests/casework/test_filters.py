"""What a list is narrowed to, from its address and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pytest

from casework.accounts.auditlog import LogFilters
from casework.accounts.overview import AccountFilters
from casework.archive.archiveviews import ArchiveFilters
from casework.counts.figures import ScopeFilters
from casework.filters import FROM_TO, LONGEST, Filters, any_year, number_of, one_of
from casework.inspection.campaignpages import CampaignFilters
from casework.inspection.findinglist import FindingFilters
from casework.inspection.visitviews import VisitFilters
from casework.intake.incomingboard import IncomingFilters
from casework.intake.leadboard import LeadFilters
from casework.lights.boardfilters import BoardFilters
from casework.litigation.matterboard import MatterFilters
from casework.litigation.ratepage import RateFilters
from casework.paperwork.docket import DocumentFilters
from casework.rectification.boardfilters import LedgerFilters
from casework.staff.peopleviews import PeopleFilters
from casework.units.unitviews import UnitFilters
from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class EveryKind(Filters):
    NAMES: ClassVar[Mapping[str, str]] = FROM_TO
    q: str = ""
    state: str = one_of("open", "closed", default="open")
    year: str = any_year()
    weeks: int = number_of(8, 12, default=12)
    from_on: date | None = None
    lit: bool = False


GIVEN = {"q": "公示", "state": "closed", "year": "2026", "weeks": "8", "from": "2026-03-02", "lit": "1"}


def test_filters_are_read_and_stand_in_the_next_address_as_they_were_given() -> None:
    found = EveryKind.read(GIVEN)
    assert found == EveryKind("公示", "closed", "2026", 8, date(2026, 3, 2), True)
    assert found.as_query() == GIVEN


def test_what_is_left_empty_or_is_the_default_does_not_stand_in_an_address() -> None:
    found = EveryKind.read({"q": "  ", "state": "open", "weeks": "", "page": "after:none:7"})
    assert found == EveryKind()
    assert found.as_query() == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("state", "shut"),
        ("state", "OPEN"),
        ("weeks", "9"),
        ("weeks", "８"),
        ("year", "26"),
        ("year", "２０２６"),
        ("from", "2026-02-30"),
    ],
)
def test_a_value_that_is_none_is_refused_by_its_name(name: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        EveryKind.read({name: said})
    assert refused.value.found == f"{name}={said}"


def test_words_are_cut_and_days_may_be_written_with_strokes() -> None:
    found = EveryKind.read({"q": "字" * 1000, "from": "2026/03/02"})
    assert (found.q, found.from_on) == ("字" * LONGEST, date(2026, 3, 2))


@pytest.mark.parametrize(
    "kind",
    [
        AccountFilters, ArchiveFilters, BoardFilters, CampaignFilters, DocumentFilters, FindingFilters,
        IncomingFilters, LeadFilters, LedgerFilters, LogFilters, MatterFilters, PeopleFilters, RateFilters,
        ScopeFilters, UnitFilters, VisitFilters,
    ],
)  # fmt: skip
def test_every_list_reads_an_address_without_filters_and_writes_none(kind: type[Filters]) -> None:
    assert kind.read({}) == kind()
    assert kind().as_query() == {}
