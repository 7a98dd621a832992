"""The rules: catalogues with items and law, ladders, kinds of document, what the check says, comparing, migrating."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from pydantic import Field, JsonValue

from casework.desk import Desk
from casework.listings.keyset import Slice, cut
from casework.listings.offices import require_office
from casework.rulesets.ladderviews import ladder_view
from casework.rulesets.linting import findings_of
from casework.rulesets.rulechoices import apply_seen, frozen_sets, need_side, preview_of, side_choices
from casework.rulesets.rulecomparison import compare_sides, impact_of
from casework.rulesets.rulesides import Side
from casework.rulesets.ruleviews import kind_lines
from console.api.areas.ruleparts import (
    CampaignImpact,
    CaseImpact,
    CatalogLine,
    CatalogShown,
    Checked,
    Compared,
    FrozenShown,
    ItemShown,
    KindShown,
    LadderShown,
    LawShown,
    Mistake,
    ProfileShown,
    RungRule,
)
from console.api.bodies import Body, takes
from console.api.routing import After, Code, HasCall, Limit, Routes
from console.api.shown import Listing, Shown
from console.downloads import ANY, WORD, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.rulebook import freeze, sha256
from core.rulebook.lawmarks import law_state

router = Routes(Area.RULES, Permission.RULES)
SOON = 180
MOST_MISTAKES = 500
Text = Annotated[
    str, Query(min_length=1, max_length=120, description="规则集：present 或校验值 / a rule set")
]


class Impact(Shown):
    """What moving the open campaigns to another rule set would do."""

    campaigns: list[CampaignImpact]
    cases: list[CaseImpact]


class Migration(Shown):
    """What moving a campaign to the present rules changes; `seen` goes into the call that does it."""

    campaign: str
    before: str = Field(alias="from")
    seen: str = Field(alias="to")
    applied: bool
    text: list[str]
    cases: list[CaseImpact]
    open_cases: int
    drafts: list[int]
    problems: list[str]


class Migrate(Body):
    """把批次迁移到预览过的现行规则；由主任 / move it to the rules that were previewed; by the director"""

    seen: str = Field(max_length=64)
    note: str


def _sides(desk: Desk, a: str, b: str) -> tuple[Side, Side]:
    choices = side_choices(desk, frozen_sets(desk))
    return need_side(desk, a, choices), need_side(desk, b, choices)


@router.read("/rules/catalogs", Listing[CatalogLine])
def list_catalogs(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """督察事项目录 / catalogues"""

    def find(desk: Desk) -> Slice[Any]:
        rows = [
            CatalogLine(key=key, name=one.name, classes=len(one.classes), items=len(one.items))
            for key, one in desk.rules.catalogs.items()
        ]
        return cut(rows, after, limit, lambda one: one.key)

    return call.page(CatalogLine, find)


@router.read("/rules/catalogs/{code}", CatalogShown)
def read_catalog(call: HasCall, code: Code) -> Response:
    """一个目录的全部事项及其依据 / a catalogue with its items and their law"""

    def show(desk: Desk) -> CatalogShown:
        one = desk.rules.catalog(code)
        return CatalogShown(key=code, name=one.name, items=[ItemShown.of(item) for item in one.items])

    return call.read(show)


@router.read("/rules/ladders/{code}", LadderShown)
def read_ladder(call: HasCall, code: Code) -> Response:
    """预警督办等级：各程度的级次和天数 / a ladder: the rungs of each severity with their days"""

    def show(desk: Desk) -> LadderShown:
        page = ladder_view(desk, code)
        return LadderShown(
            key=code, name=page.ladder.name, chosen=page.chosen,
            profiles=[
                ProfileShown(
                    severity=one.severity, name=one.name, rectify_workdays=one.rectify_workdays,
                    plan_workdays=one.plan_workdays, rungs=[RungRule.model_validate(rung) for rung in one.rungs],
                )
                for one in page.profiles
            ],
        )  # fmt: skip

    return call.read(show)


@router.read("/rules/documents", Listing[KindShown])
def list_document_kinds(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """文书种类 / kinds of document"""
    return call.page(KindShown, lambda desk: cut(kind_lines(desk), after, limit, lambda one: one.code))


@router.read("/rules/law", LawShown)
def read_law(call: HasCall) -> Response:
    """规则所依据的法律的状态：失效、未核验等 / the state of the law under the rules"""
    return call.read(
        lambda desk: LawShown.model_validate(
            law_state(desk.rules, desk.today, SOON, desk.office_rules.region).as_dict()
        )
    )


@router.read("/rules/check", Checked)
def check_rules(call: HasCall) -> Response:
    """规则检查的结果 / every mistake and warning of rules and templates"""

    def show(desk: Desk) -> Checked:
        found = findings_of(desk.settings.rules)
        return Checked(
            ok=not found.broken, count=len(found.problems), sha256=sha256(freeze(found.book)) if found.book else None,
            problems=[Mistake.model_validate(one) for one in found.problems[:MOST_MISTAKES]],
        )  # fmt: skip

    return call.read(show)


@router.read("/rules/sets", Listing[FrozenShown])
def list_rule_sets(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """批次所冻结的规则集 / the rule sets that campaigns froze"""

    def find(desk: Desk) -> Slice[Any]:
        rows = [
            FrozenShown(
                sha256=one.sha256, frozen_at=one.frozen_at, campaigns=[row[0] for row in one.campaigns]
            )
            for one in frozen_sets(desk)
        ]
        return cut(rows, after, limit, lambda one: one.sha256)

    return call.page(FrozenShown, find)


@router.read("/rules/compare", Compared)
def compare_rule_sets(call: HasCall, a: Text, b: Text) -> Response:
    """两套规则的不同之处 / what differs between two rule sets, in words"""

    def show(desk: Desk) -> Compared:
        one, other = _sides(desk, a, b)
        return Compared.model_validate(compare_sides(desk, one, other))

    return call.read(show)


@router.read("/rules/impact", Impact, Permission.CAMPAIGN_PLAN)
def tell_impact(call: HasCall, a: Text, b: Text) -> Response:
    """进行中的批次改用另一套规则会怎样 / what moving the open campaigns to the second set would do"""

    def show(desk: Desk) -> Impact:
        require_office(desk, "推算规则影响")
        one, other = _sides(desk, a, b)
        return Impact.model_validate(impact_of(desk, one, other))

    return call.read(show)


@router.read("/rules/resolved.json", None, file=ANY)
def read_resolved(call: HasCall) -> Response:
    """本单位现行规则全文 / the rules in force, resolved into one file"""
    with call.desk() as desk:
        content = freeze(desk.rules)
    told: JsonValue = json.loads(content)
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    return attachment(text.encode(), f"规则集-{sha256(content)[:12]}.json", ANY)


@router.read("/rules/manual.docx", None, file=WORD)
def read_manual(call: HasCall) -> Response:
    """《规则手册》（.docx） / the rule manual as a document"""
    from core.rulebook.portrait import register_of
    from delivery.manual import manual_of  # drawing and its libraries are heavy
    from delivery.manualdoc import render_manual_docx
    from system.paths import read_texts

    with call.desk() as desk:
        register = register_of(read_texts(desk.settings.rules, ".yaml"))
        content = render_manual_docx(manual_of(desk.rules, desk.office.code, desk.today, register))
    return attachment(content, "规则手册.docx", WORD)


@router.read("/rules/migrations/{code}", Migration, Permission.CAMPAIGN_PLAN)
def preview_a_migration(call: HasCall, code: Code) -> Response:
    """预览把一个批次迁移到现行规则 / what moving a campaign to the present rules would change"""
    return call.read(lambda desk: Migration.model_validate(preview_of(desk, code).as_dict()))


@router.once("/rules/migrations/{code}", Migration, Permission.CAMPAIGN_DECIDE)
def migrate_a_campaign(call: HasCall, code: Code, sent: Annotated[Any, takes(Migrate)]) -> Response:
    """迁移批次规则；规则在预览之后又有改动的不办理 / move a campaign to the present rules"""
    return call.once(
        sent,
        lambda desk: Migration.model_validate(apply_seen(desk, code, sent.seen, sent.note)),
    )
