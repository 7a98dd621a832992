"""Trying out changed rules: one file in place of the present one, or other days for the rungs; nothing is written.

The rules are laid out in a folder of their own with the one file exchanged, checked whole, and compared.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casework.desk import Desk
from casework.rulesets.linting import check_files
from casework.rulesets.rulecomparison import compare_rules
from casework.rulesets.rulesides import CURRENT
from casework.rulesets.whatif import compare_ladders
from casework.wholeoffice import need_office
from core.codes import LIGHT_LABELS, Severity
from core.errors import InvalidInput, NotFound
from core.rulebook import Ladder, load_rulebook
from core.rulebook.loading import is_error
from system.paths import read_texts

MOST_BYTES = 1_000_000
FARTHEST = 400  # days by which a rung may be put before or after its anchor


@dataclass(frozen=True, slots=True)
class Trial:
    """What changed rules would do: the differences in words, per campaign and case, and the lights that turn."""

    text: tuple[str, ...]
    campaigns: tuple[Mapping[str, Any], ...]
    cases: tuple[Mapping[str, Any], ...]
    lights: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


def rule_file_names(desk: Desk) -> tuple[str, ...]:
    """Return the rule files that may be exchanged, by path."""
    return tuple(
        sorted(name for name in read_texts(desk.settings.rules, ".yaml") if name != "published.yaml")
    )


def try_file(desk: Desk, place: str, content: bytes, days: int) -> Trial:
    """Return what one changed rule file would do to the open campaigns and to the lights of the next days.

    place    the file it stands for, as `rule_file_names` gives it
    raises   NotFound for another place; InvalidInput for what is no text; InvalidRuleFile with every mistake
    """
    need_office(desk, "推演规则")
    if place not in rule_file_names(desk):
        raise NotFound("没有这个规则文件", found=place[:80], expected="所列的规则文件", remedy="重新选择")
    if not 0 < len(content) <= MOST_BYTES:
        raise InvalidInput(
            "规则文件的大小不合适",
            found=f"{len(content)}字节",
            expected=f"1至{MOST_BYTES}字节",
            remedy="检查文件",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "规则文件的编码不正确",
            found="不是 UTF-8",
            expected="UTF-8 的 YAML 文件",
            remedy="另存为 UTF-8 后重试",
        ) from error
    with _exchanged(desk, place, text) as folder:
        changed = load_rulebook(read_texts(folder, ".yaml"), _overlay(desk), desk.today)
        found = check_files(folder)
        warnings = tuple(str(one) for one in found.problems if not is_error(one) and one.file == place)
        told = compare_rules(desk, CURRENT, str(folder))
        lights = compare_ladders(desk, changed.ladder_of(desk.office.code), days=days)
    impact = told["impact"]
    return Trial(tuple(told["text"]), tuple(impact["campaigns"]), tuple(impact["cases"]), lights, warnings)


def _overlay(desk: Desk) -> str:
    return desk.office_rules.choices.overlay or ""


@contextmanager
def _exchanged(desk: Desk, place: str, text: str) -> Iterator[Path]:
    """Lay out the rules with one file exchanged, as long as the block lasts."""
    home = Path(tempfile.mkdtemp(prefix="ducha-rules-"))
    folder = home / "rules"
    try:
        for name, present in read_texts(desk.settings.rules, ".yaml").items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text if name == place else present, encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(home, ignore_errors=True)


def try_days(desk: Desk, key: str, given: Mapping[tuple[str, str], int], days: int) -> Trial:
    """Return which lights would turn if some rungs of a ladder stood on other days.

    given    {(severity, rung): days from the anchor, below zero before it}
    raises   NotFound for an unknown ladder or rung; InvalidInput when nothing differs or a day is too far
    """
    need_office(desk, "推演规则")
    ladder = desk.rules.ladders.get(key)
    if ladder is None:
        raise NotFound(
            "没有这个预警督办等级", found=key[:40], expected="、".join(desk.rules.ladders), remedy="重新选择"
        )
    changed, told = _moved(ladder, given)
    if not told:
        raise InvalidInput(
            "没有改动任何级次", found="与现行相同", expected="至少一处不同", remedy="改动后再推算"
        )
    return Trial(tuple(told), (), (), compare_ladders(desk, changed, days=days))


def _moved(ladder: Ladder, given: Mapping[tuple[str, str], int]) -> tuple[Ladder, list[str]]:
    known = {(severity.value, rung.code) for severity, one in ladder.profiles.items() for rung in one.rungs}
    for severity, code in given:
        if (severity, code) not in known:
            raise NotFound(
                "没有这个级次", found=f"{severity}/{code}"[:60], expected="页面所列级次", remedy="重新填写"
            )
    told: list[str] = []
    profiles = dict(ladder.profiles)
    for severity, profile in ladder.profiles.items():
        rungs = []
        for rung in profile.rungs:
            offset = given.get((severity.value, rung.code), rung.offset)
            if abs(offset) > FARTHEST:
                raise InvalidInput(
                    "级次的天数不合适",
                    found=str(offset),
                    expected=f"-{FARTHEST}至{FARTHEST}",
                    remedy="改正天数",
                )
            if offset != rung.offset:
                told.append(
                    f"{profile.group}的{LIGHT_LABELS[rung.light]}灯级次：相对锚点的天数由{rung.offset}改为{offset}"
                )
            rungs.append(rung.model_copy(update={"offset": offset}))
        profiles[Severity(severity)] = profile.model_copy(update={"rungs": tuple(rungs)})
    return ladder.model_copy(update={"profiles": profiles}), told
