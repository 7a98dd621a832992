"""The rules as pages show them: the whole in numbers, one rule with its law and its uses, and rules found by a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casework.desk import Desk
from casework.rulesets.library import whereabouts
from casework.rulesets.rulehistory import Freezing, freezings
from casework.sight import campaign_codes_in_sight
from core.codes import LINE_LABELS
from core.errors import NotFound
from core.rulebook import Rulebook
from core.rulebook.bases import Basis
from core.rulebook.changes import AppliedChange
from core.rulebook.documents import DocumentRule
from core.rulebook.entries import Entry, entries, title_of_rule
from core.rulebook.passages import Row, mark_of
from core.rulebook.portrait import (
    Use,
    names_of,
    portray,
    published_as,
    register_of,
    settable,
    successor_of,
    uses_of,
)
from core.rulebook.roles import LEADER_ROLE_LABELS

MOST_FOUND = 200
PLAIN_SHELVES = (
    ("败诉风险预警", "litigation"), ("线索来源", "leads"), ("督察方式", "campaigns"), ("人才库", "pools"),
    ("评价计分", "scoring"), ("归档", "archives"), ("督察单位", "offices"), ("地方工作日历", "local_calendars"),
)  # fmt: skip
LAW = frozenset({"legal_basis", "basis"})
LINE_WORDS = {**{line.value: word for line, word in LINE_LABELS.items()}, "both": "两线"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of rules: its files as (key, name, what is in it)."""

    name: str
    folder: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Law:
    """A basis of a rule with whether a document may print it today, and why not."""

    document: str
    article: str
    note: str
    mark: str
    citable: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule with all about it."""

    entry: Entry
    file: str
    line: int
    inside: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    laws: tuple[Law, ...]
    settable: tuple[str, ...]
    uses: tuple[Use, ...]
    below: tuple[Entry, ...]
    successor: str
    published: str
    changes: tuple[AppliedChange, ...]


# A rule book never changes, and walking through all of one takes longer than a page should.
_walked: list[tuple[Rulebook, tuple[Entry, ...]]] = []
MOST_WALKED = 4


def entries_of(book: Rulebook) -> tuple[Entry, ...]:
    """Return every rule of a book that has an address, walked through once as long as the book is in use."""
    for known, found in _walked:
        if known is book:
            return found
    found = tuple(entries(book))
    _walked[:] = [(book, found), *_walked][:MOST_WALKED]
    return found


def shelves(book: Rulebook) -> tuple[Shelf, ...]:
    """Return every kind of rules with its files, in the order in which people look for them."""
    counts = book.counts()
    catalogs = tuple(
        (
            key,
            one.name,
            f"{counts[key]['classes']}类{counts[key]['items']}项，分值合计{counts[key]['weight']}",
        )
        for key, one in book.catalogs.items()
    )
    clocks = tuple((key, one.name, f"{len(one.clocks)}项") for key, one in book.clocks.items())
    ladders = tuple(
        (key, one.name, f"{len(one.profiles)}个程度，{len(one.events)}个升级事件")
        for key, one in book.ladders.items()
    )
    linkage = (book.linkage.key, title_of_rule(book.linkage) or "贯通联动规则", "")
    return (
        Shelf("事项目录", "catalogs", catalogs),
        Shelf("预警督办等级", "ladders", ladders),
        Shelf("法定期限", "clocks", clocks),
        Shelf("贯通联动", "linkage", (linkage,)),
        *(Shelf(name, folder, tuple(_plain(getattr(book, folder)))) for name, folder in PLAIN_SHELVES),
    )


def _plain(files: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield from ((key, title_of_rule(one) or key, "") for key, one in files.items())


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of document in a list."""

    code: str
    name: str
    line: str
    signer: str
    numbered: str
    reply: str
    sealed: bool
    mailed: bool
    laws: int
    usable: int


def kind_lines(desk: Desk) -> tuple[KindLine, ...]:
    """Return the kinds of document with who signs, how they travel, and how much law may be printed today."""
    region = desk.office_rules.region
    return tuple(_kind_line(rule, desk.today, region) for _code, rule in sorted(desk.rules.documents.items()))


def _kind_line(rule: DocumentRule, today: date, region: str) -> KindLine:
    usable = sum(one.citable(today, region) for one in rule.basis)
    return KindLine(
        rule.code, rule.name, LINE_WORDS[rule.line], LEADER_ROLE_LABELS[rule.signer],
        rule.series or "编号" if rule.numbered else "不编号",
        f"{rule.reply_workdays}个工作日" if rule.reply_workdays else "—", rule.sealed, rule.mailed,
        len(rule.basis), usable,
    )  # fmt: skip


def find_rules(book: Rulebook, text: str) -> tuple[tuple[Entry, ...], int]:
    """Return the rules whose code, title or words contain a text, the best first, and how many there are."""
    wanted = text.strip().lower()
    if not wanted:
        return (), 0
    ranked = [(rank, one) for one in entries_of(book) if (rank := _rank(one, wanted)) is not None]
    ranked.sort(key=lambda pair: (pair[0], len(pair[1].steps)))
    return tuple(one for _rank_, one in ranked[:MOST_FOUND]), len(ranked)


def _rank(entry: Entry, wanted: str) -> int | None:
    if entry.code.lower() == wanted:
        return 0
    if wanted in entry.title.lower():
        return 1
    if wanted in entry.code.lower():
        return 2
    return 3 if any(wanted in text.lower() for text in _words(entry.rule)) else None


def _words(rule: Any) -> Iterator[str]:
    """Yield the texts of a rule itself, and of the law it rests on."""
    for field in type(rule).model_fields:
        value = getattr(rule, field)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            for one in value:
                if isinstance(one, str):
                    yield one
                elif isinstance(one, Basis):
                    yield f"{one.document}{one.article or ''}{one.note}"


def entry_at(book: Rulebook, address: str) -> Entry:
    """Return the rule at an address; raise NotFound."""
    found = next((one for one in entries_of(book) if one.address == address), None)
    if found is None:
        raise NotFound(
            "规则中没有这个地址", found=address[:80], expected="规则的地址", remedy="从督察规则页面查找"
        )
    return found


def rule_view(desk: Desk, address: str) -> RulePage:
    """Return one rule of the book in force, with its law, its uses and where it is written."""
    book = desk.rules
    entry = entry_at(book, address)
    folder = desk.settings.rules
    place = whereabouts(folder).of(address)
    depth = len(entry.steps)
    below = tuple(
        one
        for one in entries_of(book)
        if one.address.startswith(f"{address}/") and depth < len(one.steps) <= depth + 2
    )
    # What has a page of its own is not said a second time inside the whole.
    apart = LAW | {one.steps[depth] for one in below}
    return RulePage(
        entry=entry,
        file=place[0] if place else "",
        line=place[1] if place else 0,
        inside=tuple(_inside(book, entry)),
        rows=tuple(row for row in portray(entry, names_of(book)) if row.field not in apart),
        laws=tuple(laws_of(desk, entry.rule)),
        settable=tuple(settable(entry.rule)),
        uses=tuple(uses_of(book, entry)),
        below=below,
        successor=successor_of(entry, book),
        published=_published(folder, entry),
        changes=tuple(one for one in book.changes if f"{one.address}/".startswith(f"{address}/")),
    )


def _published(folder: Path, entry: Entry) -> str:
    """Return the title under which the id of a rule was first published, "" when it was not."""
    path = folder / "published.yaml"
    files = {"published.yaml": path.read_text(encoding="utf-8")} if path.is_file() else {}
    return published_as(register_of(files), entry) or ""


def _inside(book: Rulebook, entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield address and title of the rules around one, the file first."""
    known: Mapping[str, Entry] = {one.address: one for one in entries_of(book)}
    for end in range(2, len(entry.steps)):
        around = known.get("/".join(entry.steps[:end]))
        if around is not None:
            yield around.address, around.title


def laws_of(desk: Desk, rule: Any) -> Iterator[Law]:
    """Yield the bases of a rule with whether a document may print each today."""
    for field in LAW:
        for basis in getattr(rule, field, None) or ():
            if isinstance(basis, Basis):
                citable = basis.citable(desk.today, desk.office_rules.region)
                why = "" if citable else _why_not(desk, basis)
                yield Law(basis.document, basis.article or "", basis.note, mark_of(basis), citable, why)


def _why_not(desk: Desk, basis: Basis) -> str:
    if not basis.verified:
        return "未核验，不印入文书"
    if basis.in_force_from and desk.today < basis.in_force_from:
        return "尚未施行"
    if basis.in_force_until and desk.today > basis.in_force_until:
        return "已失效或期满"
    return "外地的规定，本地不引用"


def rule_freezings(desk: Desk, address: str) -> list[Freezing]:
    """Return the campaigns in sight that froze a rule, and whether what they froze is still what the files say."""
    entry = entry_at(desk.rules, address)
    known = campaign_codes_in_sight(desk)
    found = freezings(desk.session, address, entry.rule, desk.office.code)
    return [one for one in found if one.campaign in known]
