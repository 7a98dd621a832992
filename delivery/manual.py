"""The rule manual (规则手册): one self-contained HTML file written from the rule files, for reading and for print.

Nothing is fetched and nothing runs. Equal rules on the same day give equal text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import InvalidInput
from core.rulebook import Rulebook, freeze, sha256
from core.rulebook.lawmarks import law_state
from core.rulebook.portrait import names_of
from core.rulebook.published import PublishedFile
from delivery import manualchapters as chapters
from delivery.ladderaxis import Axis
from delivery.manualblocks import Facts, Grid, Part
from delivery.paper import print_day
from delivery.sandbox import open_pages
from system.paths import TEMPLATES_DIR

MANUAL = TEMPLATES_DIR / "manual"
SOON_DAYS = 365
WARNING = "本手册由规则文件生成，请勿直接修改；要改规则，请改 rules/ 中的文件，检查通过后重新印制。"


@dataclass(frozen=True, slots=True)
class Manual:
    """A whole manual; `parts` are headings of level 1 to 4 in order, each with what stands under it."""

    title: str
    office: str
    issuer: str
    on: date
    sha256: str
    parts: tuple[Part, ...]

    @property
    def numbered(self) -> tuple[tuple[str, Part], ...]:
        """The parts with their place, which serves as anchor and heads chapters and sections: 2.3."""
        counts = [0, 0, 0, 0]
        found = []
        for part in self.parts:
            counts[part.level - 1] += 1
            counts[part.level :] = [0] * (4 - part.level)
            found.append((".".join(str(one) for one in counts[: part.level]), part))
        return tuple(found)


def manual_of(book: Rulebook, office: str | None, on: date, register: PublishedFile | None = None) -> Manual:
    """Return the manual of a rule book as it is on a day.

    office     whose ladder, linkage, region and posts are printed; None prints all offices and no region
    register   the published ids
    """
    own = book.office(office) if office is not None else None
    names, region = names_of(book), own.region if own else ""
    parts = [*chapters.outline(book)]
    for catalog in book.catalogs.values():
        parts += chapters.catalog_chapter(catalog, names)
    for key, ladder in book.ladders.items():
        if own is None or key == own.choices.ladder:
            parts += chapters.ladder_chapter(ladder, names)
    for risk in book.litigation.values():
        parts += chapters.rule_chapter(f"败诉风险预警：{risk.name}", risk, names)
    parts += chapters.documents_chapter(book, names, on, region)
    for clocks in book.clocks.values():
        parts += chapters.rule_chapter(clocks.name, clocks, names)
    parts += chapters.rule_chapter("贯通联动", book.linkage, names)
    for one in (own,) if own else book.offices.values():
        parts += chapters.rule_chapter(f"督察单位：{one.name}", one, names)
    parts += chapters.calendar_chapter(book, on, names)
    parts += chapters.law_chapter(law_state(book, on, SOON_DAYS, region))
    parts += chapters.sources_chapter(book)
    parts += chapters.register_chapter(register)
    parts += chapters.changes_chapter(book)
    name = own.name if own else "、".join(one.name for one in book.offices.values())
    issuer = next(iter(own.lines.values())).issuer if own else ""
    return Manual("法治督察规则手册", name, issuer, on, sha256(freeze(book)), tuple(parts))


def render_manual(content: Manual) -> str:
    """Return the manual as one HTML file.

    raises   InvalidInput naming what is wrong with the templates
    """
    try:
        page = _sandbox().get_template("manual.html.j2").render(manual=content, warning=WARNING)
    except (TemplateError, TypeError, KeyError) as error:
        raise InvalidInput(
            "规则手册模板不能填写",
            found=str(error),
            expected="模板与取值一致",
            remedy="改正 templates/manual/ 中的模板",
        ) from error
    return page + "\n"


def kind_of(block: object) -> str:
    """Return the word by which a template tells one kind of block from another."""
    known = {Facts: "facts", Grid: "grid", Axis: "axis"}
    return next((word for kind, word in known.items() if isinstance(block, kind)), "text")


def share(weight: float, weights: tuple[float, ...]) -> int:
    """Return the width of a column in per cent, rounded to five so that few styles are needed."""
    return max(5, round(weight / sum(weights) * 20) * 5)


@lru_cache(maxsize=1)
def _sandbox() -> ImmutableSandboxedEnvironment:
    return open_pages(MANUAL, {"kind": kind_of, "share": share, "day": print_day})
