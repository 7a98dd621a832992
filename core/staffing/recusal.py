"""Who must keep away from a unit (回避), and on what ground: posts, declared interests and kin, makers of conclusions.

source: 公务员法 第七十四条、第七十六条、第七十七条; 政府督查工作条例 第十七条 (makers of a conclusion); the years for
former posts are the office's own choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.errors import InvalidInput


class Ground(StrEnum):
    """Why somebody must keep away; every ground is hard."""

    CURRENT = "current"
    FORMER = "former"
    INTEREST = "interest"
    KIN = "kin"
    MAKER = "maker"
    OTHER = "other"


GROUND_LABELS = {
    Ground.CURRENT: "现任职",
    Ground.FORMER: "曾任职",
    Ground.INTEREST: "利害关系",
    Ground.KIN: "亲属关系",
    Ground.MAKER: "原结论经办人",
    Ground.OTHER: "其他可能影响公正的情形",
}
POSTS = frozenset({Ground.CURRENT, Ground.FORMER})
_POST = re.compile(r"([^@]+)@(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Post:
    """A unit where somebody worked, and the last day there; None when it is not known."""

    unit: str
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """A person and a unit that must be kept apart for a ground other than posts: declared and accepted, or known."""

    person: str
    unit: str
    ground: Ground


def read_post(text: str) -> Post:
    """Read `D003`, `D003@2022`, `D003@2022-05` or `D003@2022-05-31`; a month or a year means its last day.

    raises   InvalidInput for a day that does not exist or another way of writing it
    """
    if "@" not in text:
        return Post(text)
    found = _POST.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        unit, year, month, day = found.groups()
        return Post(unit, _last_day(int(year), int(month) if month else None, int(day) if day else None))
    except ValueError:
        raise InvalidInput(
            "曾任单位的离任时间写法不对",
            found=text,
            expected="单位编码@年、@年-月 或 @年-月-日，如 D003@2022-05",
            remedy="改正后重新导入；不知道时间的只写单位编码，一律回避",
        ) from None


def _last_day(year: int, month: int | None, day: int | None) -> date:
    if month is None:
        return date(year, 12, 31)
    if day is None:
        first = date(year, month, 1)
        return date(first.year + month // 12, month % 12 + 1, 1) - timedelta(1)
    return date(year, month, day)


def still_counts(post: Post, years: int, on: date) -> bool:
    """Tell whether a former post keeps somebody away on a day; 0 years or an unknown day of leaving: always."""
    if not years or post.left_on is None:
        return True
    left = post.left_on
    try:
        free_from = left.replace(year=left.year + years)
    except ValueError:  # the 29th of February
        free_from = date(left.year + years, 3, 1)
    return on < free_from


@dataclass(frozen=True, slots=True)
class Posts:
    """Where a person works and worked; `former` as `read_post` reads it."""

    person: str
    unit: str
    former: frozenset[str] = frozenset()


def recusals(
    everybody: Iterable[Posts],
    units: Iterable[str],
    parents: Mapping[str, str | None],
    ties: Iterable[Tie],
    *,
    former_years: int,
    on: date,
) -> dict[str, dict[str, tuple[Ground, ...]]]:
    """Return {unit: {person: grounds}} of those who must keep away from each unit.

    parents   {unit: the body it belongs to}; who works in a body keeps away from those above it too
    on        the first day on which they might go there
    """
    found: dict[str, dict[str, list[Ground]]] = {unit: {} for unit in units}
    known = [
        *(tie for one in everybody for tie in _posts_as_ties(one, parents, former_years, on)),
        *ties,
    ]
    for tie in known:
        grounds = found[tie.unit].setdefault(tie.person, []) if tie.unit in found else []
        if tie.ground not in grounds:
            grounds.append(tie.ground)
    order = list(Ground)
    return {
        unit: {person: tuple(sorted(grounds, key=order.index)) for person, grounds in sorted(people.items())}
        for unit, people in found.items()
    }


def _posts_as_ties(one: Posts, parents: Mapping[str, str | None], years: int, on: date) -> Iterator[Tie]:
    for unit in upwards(one.unit, parents):
        yield Tie(one.person, unit, Ground.CURRENT)
    for post in map(read_post, sorted(one.former)):
        if still_counts(post, years, on):
            for unit in upwards(post.unit, parents):
                yield Tie(one.person, unit, Ground.FORMER)


def upwards(code: str, parents: Mapping[str, str | None]) -> list[str]:
    """Return a unit and the bodies above it, as far as they are known; a circle of parents ends the way."""
    way: list[str] = []
    above: str | None = code
    while above and above not in way:
        way.append(above)
        above = parents.get(above)
    return way


def say_recusals(people: Mapping[str, tuple[Ground, ...]], former_years: int) -> list[str]:
    """Return the Chinese sentences about who keeps away from a unit and why, posts first."""
    years = f"近{former_years}年" if former_years else ""
    posts = [person for person, grounds in people.items() if POSTS & set(grounds)]
    said = (
        [f"{'、'.join(posts)}现在或{years}曾在该单位（含所属单位）任职，回避"]
        if posts
        else [f"人才库中没有现在或{years}曾在该单位（含所属单位）任职的人员"]
    )
    for ground in Ground:
        named = [person for person, grounds in people.items() if ground in grounds]
        if named and ground not in POSTS:
            said.append(f"{'、'.join(named)}与该单位存在须回避的情形（{GROUND_LABELS[ground]}），回避")
    return said


def count_grounds(people: Mapping[str, tuple[Ground, ...]]) -> str:
    """Return how many keep away on which ground, such as 现任职2人、亲属关系1人; each person under the first ground."""
    counts = {ground: sum(grounds[0] is ground for grounds in people.values()) for ground in Ground}
    return "、".join(f"{GROUND_LABELS[ground]}{count}人" for ground, count in counts.items() if count)
