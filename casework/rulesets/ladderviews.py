"""A ladder as people read it: each severity on an axis of working days, and the same rungs as a table."""

from __future__ import annotations

from dataclasses import dataclass

from casework.desk import Desk
from core.codes import SEVERITY_LABELS, Light
from core.errors import NotFound
from core.ladders.palette import Palette
from core.rulebook import Ladder, Rulebook
from core.rulebook import Rung as RungRule
from core.rulebook.ladder import EscalationEvent, Profile
from core.rulebook.passages import write_offset
from core.rulebook.portrait import names_of
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS
from delivery.ladderaxis import Axis, draw_axis

ISSUE_WORDS = {"automatic": "自动提醒，不编号", "authorised": "有授权的自动签发", "on_signature": "逐件签发"}


@dataclass(frozen=True, slots=True)
class RungLine:
    """One rung in words; `signer` is empty for what goes out without a signature."""

    code: str
    address: str
    light: Light
    when: str
    meaning: str
    document: str
    document_name: str
    recipients: str
    issue: str
    signer: str
    gap: int
    offset: int
    unit: str


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The rungs of one severity, drawn and listed."""

    severity: str
    name: str
    group: str
    rectify_workdays: int
    plan_workdays: int
    axis: Axis
    rungs: tuple[RungLine, ...]


@dataclass(frozen=True, slots=True)
class LadderPage:
    """A ladder with its profiles, colours and events."""

    ladder: Ladder
    chosen: bool
    palette: Palette
    profiles: tuple[ProfileView, ...]
    events: tuple[EscalationEvent, ...]


def ladder_view(desk: Desk, key: str) -> LadderPage:
    """Return a ladder of the rules in force; raise NotFound."""
    ladder = desk.rules.ladders.get(key)
    if ladder is None:
        raise NotFound(
            "没有这个预警督办等级",
            found=key[:40],
            expected="、".join(desk.rules.ladders),
            remedy="从督察规则页面进入",
        )
    palette = ladder.palette
    profiles = tuple(
        _profile(desk.rules, key, severity.value, SEVERITY_LABELS[severity], profile, palette)
        for severity, profile in ladder.profiles.items()
    )
    chosen = desk.office_rules.choices.ladder == key
    return LadderPage(ladder, chosen, palette, profiles, tuple(ladder.events.values()))


def _profile(
    book: Rulebook, key: str, severity: str, name: str, profile: Profile, palette: Palette
) -> ProfileView:
    axis = draw_axis(f"{name}问题（{profile.group}）", profile, palette, names_of(book))
    rungs = tuple(
        _line(book, f"ladders/{key}/profiles/{severity}/rungs/{rung.code}", rung) for rung in profile.rungs
    )
    return ProfileView(
        severity, name, profile.group, profile.rectify_workdays, profile.plan_workdays, axis, rungs
    )


def _line(book: Rulebook, address: str, rung: RungRule) -> RungLine:
    rule = book.documents.get(rung.document)
    signed = rule is not None and rung.issue != "automatic"
    return RungLine(
        code=rung.code,
        address=address,
        light=Light(rung.light),
        when=write_offset(rung),
        meaning=rung.meaning,
        document=rung.document,
        document_name=rule.name if rule else rung.document,
        recipients="、".join(UNIT_ROLE_LABELS[role] for role in rung.recipients),
        issue=ISSUE_WORDS[rung.issue],
        signer=LEADER_ROLE_LABELS[rule.signer] if rule and signed else "",
        gap=rung.min_gap_workdays,
        offset=rung.offset,
        unit=rung.unit,
    )
