"""督察规则: the shelves, catalogues with their items, ladders on their axis, and one rule with all about it."""

from __future__ import annotations

import json
from collections import Counter

from fastapi.responses import Response

from casework.rulesets.ladderviews import ladder_view
from casework.rulesets.linting import findings_of
from casework.rulesets.rulechoices import frozen_sets
from casework.rulesets.ruleviews import find_rules, kind_lines, rule_freezings, rule_view, shelves
from console.downloads import ANY, WORD, attachment
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import NotFound
from core.rulebook import freeze, sha256
from core.rulebook.clocks import list_clocks
from core.rulebook.explained import MISTAKES
from core.rulebook.lawmarks import law_state
from core.rulebook.portrait import register_of
from core.rulebook.titles import CODES, family_of

router = Pages(Permission.RULES)
SOON = 180  # days within which law that ends is told
LAW_LISTS = (
    ("baseless_now", "失去最后一条有效依据的规则"), ("baseless_soon", "即将失去最后一条有效依据的规则"),
    ("expired", "已失效或期满的依据"), ("expiring", "即将失效或期满的依据"), ("not_yet", "尚未施行的依据"),
    ("unverified", "未核验的依据（不印入文书）"), ("elsewhere", "外地的地方性规定（本地不引用）"),
)  # fmt: skip


@router.page("/rules")
def show_rules(visit: HasVisit, q: str = "") -> Response:
    """Show the shelves, or the rules in which a word stands."""
    with visit.desk() as desk:
        found, count = find_rules(desk.rules, q[:60])
        return show(
            visit, desk, "rulebook/rules.html.j2", "rules", q=q.strip()[:60], found=found, count=count,
            shelves=shelves(desk.rules), kinds=len(desk.rules.documents), overlay=desk.office_rules.choices.overlay,
            changes=desk.rules.changes,
        )  # fmt: skip


@router.page("/rules/catalogs/{key}")
def show_catalog(visit: HasVisit, key: str) -> Response:
    """Show a catalogue by class with its items."""
    with visit.desk() as desk:
        return show(
            visit, desk, "rulebook/catalog.html.j2", "rules", key=key, catalog=desk.rules.catalog(key)
        )


@router.page("/rules/ladders/{key}")
def show_ladder(visit: HasVisit, key: str) -> Response:
    """Show a ladder: each severity on a time axis, and the same as a table."""
    with visit.desk() as desk:
        page = ladder_view(desk, key)
        return show(visit, desk, "rulebook/ladder.html.j2", "rules", page=page, palette=page.palette)


@router.page("/rules/documents")
def show_kinds(visit: HasVisit) -> Response:
    """Show the kinds of document."""
    with visit.desk() as desk:
        return show(visit, desk, "rulebook/kinds.html.j2", "rules", kinds=kind_lines(desk))


@router.page("/rules/clocks")
def show_clocks(visit: HasVisit) -> Response:
    """Show the periods that statutes set."""
    with visit.desk() as desk:
        return show(visit, desk, "rulebook/clocks.html.j2", "rules", clocks=list_clocks(desk.rules.clocks))


@router.page("/rules/law")
def show_law(visit: HasVisit) -> Response:
    """Show the state of the law under the rules."""
    with visit.desk() as desk:
        state = law_state(desk.rules, desk.today, SOON, desk.office_rules.region).as_dict()
        return show(visit, desk, "rulebook/law.html.j2", "rules", state=state, lists=LAW_LISTS, soon=SOON)


@router.page("/rules/check")
def show_check(visit: HasVisit) -> Response:
    """Show every mistake and warning of rules and templates with its place."""
    with visit.desk() as desk:
        found = findings_of(desk.settings.rules)
        families = Counter(family_of(one.code) for one in found.problems)
        return show(
            visit, desk, "rulebook/check.html.j2", "rules", problems=found.problems[:300], broken=len(found.broken),
            count=len(found.problems), families=families, sha=sha256(freeze(found.book)) if found.book else "",
        )  # fmt: skip


@router.page("/rules/codes/{code}")
def show_code(visit: HasVisit, code: str) -> Response:
    """Show what a code of the check means, written wrong and right."""
    if code not in MISTAKES:
        raise NotFound(
            "没有这个检查代码", found=code[:20], expected="、".join(sorted(CODES)), remedy="从检查结果进入"
        )
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "rulebook/code.html.j2",
            "rules",
            code=code,
            one=MISTAKES[code],
            family=family_of(code),
        )


@router.page("/rules/history")
def show_history(visit: HasVisit) -> Response:
    """Show the rule sets that campaigns froze."""
    with visit.desk() as desk:
        return show(
            visit, desk, "rulebook/history.html.j2", "rules", sets=frozen_sets(desk),
            present=sha256(freeze(desk.rules)), changes=desk.rules.changes,
        )  # fmt: skip


@router.page("/rules/resolved.json")
def save_resolved(visit: HasVisit) -> Response:
    """Send the rules in force as the office uses them, resolved into one file."""
    with visit.desk() as desk:
        content = freeze(desk.rules)
    text = json.dumps(json.loads(content), ensure_ascii=False, indent=1, sort_keys=True)
    return attachment(text.encode(), f"规则集-{sha256(content)[:12]}.json", ANY)


@router.act("/rules/manual")
def print_manual(visit: HasVisit, _form: HasForm, jobs: HasJobs) -> Response:
    """Print the rule manual as a document."""

    def work(job: Job) -> Outcome:
        from delivery.manual import manual_of  # drawing and its libraries are heavy, and few pages need them
        from delivery.manualdoc import render_manual_docx
        from system.paths import read_texts

        job.tell(0, 1, "正在排版")
        with visit.world.desk(visit.who) as desk:
            register = register_of(read_texts(desk.settings.rules, ".yaml"))
            content = manual_of(desk.rules, desk.office.code, desk.today, register)
        return Outcome("《规则手册》已印制", "/rules", render_manual_docx(content), "规则手册.docx", WORD)

    return done(jobs.start(visit, "印制《规则手册》", work))


@router.page("/rules/at/{address:path}")
def show_rule(visit: HasVisit, address: str, history: str = "") -> Response:
    """Show one rule; with `history`, the campaigns that froze it."""
    with visit.desk() as desk:
        return show(
            visit, desk, "rulebook/rule.html.j2", "rules", page=rule_view(desk, address), history=bool(history),
            freezings=rule_freezings(desk, address) if history else (),
        )  # fmt: skip
