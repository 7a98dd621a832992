"""The chapters of the rule manual (规则手册), each written from the rule book as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from core.codes import DOCUMENT_CONTENT_LABELS, LINE_LABELS, SEVERITY_LABELS, Line, Severity
from core.rulebook import Catalog, DocumentRule, Item, Ladder, Profile, Rulebook, Rung
from core.rulebook.fields import RuleModel
from core.rulebook.fieldwords import word_of
from core.rulebook.lawmarks import LawState, Loss, Mark
from core.rulebook.passages import Names, Row, mark_of, say_param, write_offset
from core.rulebook.published import PublishedFile
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS
from delivery.ladderaxis import draw_axis
from delivery.manualblocks import Block, Facts, Part, Text, chapter, facts, grid, plain, table_of

RUNG_HEADS = ("灯、文书", "何时", "条件", "发出方式", "收件人")
LAYOUT_WORDS = {"notice": "普通公文", "letter": "信函", "form": "表格"}
STARTS = {"signed": "签发之日", "served": "送达之日", "received": "收到申请之日"}
UNITS = {"workday": "个工作日", "day": "日"}
ONE_DAY = timedelta(1)
# What stands at the head of a catalogue's chapter or in its own chapter, not among the fields.
CATALOG_OWN = ("key", "classes", "items", "retired", "sources", "vocabularies", "vocabulary_of")


def outline(book: Rulebook) -> Iterator[Part]:
    """Yield what the rule set holds, in numbers."""
    rows = [
        (catalog.name, f"{count['classes']}", f"{count['items']}", f"{count['weight']}", catalog.status)
        for catalog, count in zip(book.catalogs.values(), book.counts().values(), strict=True)
    ]
    kinds = "、".join(rule.name for rule in book.documents.values())
    yield Part(
        1,
        "概况",
        (
            grid(("事项目录", "类", "项", "分值合计", "状态"), (12, 3, 3, 4, 5), rows),
            Facts(
                (
                    Row("ladders", "预警督办等级", tuple(one.name for one in book.ladders.values())),
                    *_named("litigation", "败诉风险预警", [one.name for one in book.litigation.values()]),
                    *_named(
                        "clocks",
                        "法定期限",
                        [f"{one.name}{len(one.clocks)}项" for one in book.clocks.values()],
                    ),
                    Row("documents", f"文书{len(book.documents)}种", (kinds,)),
                )
            ),
        ),
    )


def _named(field: str, title: str, texts: Sequence[str]) -> Iterator[Row]:
    if texts:
        yield Row(field, title, tuple(texts))


def catalog_chapter(catalog: Catalog, names: Names) -> Iterator[Part]:
    """Yield a catalogue: its head, its words, and every item under its class."""
    yield Part(1, f"事项目录：{catalog.name}", tuple(plain(catalog, names, CATALOG_OWN)))
    yield from chapter(catalog, names, 2, CATALOG_OWN)
    if catalog.classes:
        yield Part(2, "类别", (table_of(catalog.classes, names),))
    for one in catalog.classes:
        items = [item for item in catalog.items if item.category == one.code]
        yield Part(2, f"{one.code} {one.name}（{len(items)}项，{sum(item.weight for item in items)}分）")
        for item in items:
            yield Part(3, _item_title(item), tuple(_item(item, names)))
    if not catalog.classes:
        yield Part(2, "事项")
        for item in catalog.items:
            yield Part(3, _item_title(item), tuple(_item(item, names)))
    if catalog.retired:
        yield Part(2, "停用的事项", (table_of(catalog.retired, names),))
    yield Part(2, "词表", tuple(facts(catalog.vocabularies, names)))


def _item_title(item: Item) -> str:
    shown = item.id if item.display_code == item.id else f"{item.display_code}（{item.id}）"
    return f"{shown} {item.title}"


def _item(item: Item, names: Names) -> list[Block]:
    return facts(item, names, ("id", "code", "category", "title"))


def ladder_chapter(ladder: Ladder, names: Names) -> Iterator[Part]:
    """Yield a ladder: colours, the axis and rungs of each severity, events, and the rest as it comes."""
    yield Part(1, f"预警督办等级：{ladder.name}", tuple(plain(ladder, names, ("key",))))
    yield Part(2, "灯色（自低到高；颜色只与文字一并显示）", (table_of(ladder.colours, names),))
    for severity, profile in ladder.profiles.items():
        yield Part(
            2, f"{SEVERITY_LABELS[severity]}问题的级次", tuple(_profile(severity, profile, ladder, names))
        )
    yield from chapter(ladder, names, 2, ("colours", "profiles"))


def _profile(severity: Severity, profile: Profile, ladder: Ladder, names: Names) -> Iterator[Block]:
    yield from plain(profile, names)
    title = f"{SEVERITY_LABELS[severity]}问题：自送达至到期及以后，单位为工作日"
    yield draw_axis(title, profile, ladder.palette, names)
    yield grid(RUNG_HEADS, (5, 6, 10, 7, 8), [_rung_row(rung, ladder, names) for rung in profile.rungs])


def _rung_row(rung: Rung, ladder: Ladder, names: Names) -> list[Sequence[str]]:
    gap = f"距上一级至少{rung.min_gap_workdays}个工作日" if rung.min_gap_workdays else "不隔上一级"
    condition = [rung.meaning, f"（{rung.when}）"]
    condition += [f"{name}：{say_param(param)}" for name, param in rung.params.items()]
    roles = "、".join(UNIT_ROLE_LABELS[role] for role in rung.recipients)
    return [
        [ladder.palette.word(rung.light), names.get(rung.document, rung.document), rung.code],
        [write_offset(rung), gap],
        condition,
        [word_of("issue", rung.issue, names)],
        [roles],
    ]


def rule_chapter(title: str, rule: RuleModel, names: Names) -> Iterator[Part]:
    """Yield any rule file as a chapter, from its fields alone."""
    yield Part(1, title, tuple(plain(rule, names, ("key",))))
    yield from chapter(rule, names, 2, ("key",))


def documents_chapter(book: Rulebook, names: Names, on: date, region: str) -> Iterator[Part]:
    """Yield the document kinds by line: one table to look them up, then each with everything."""
    yield Part(1, "文书种类")
    for line in Line:
        kinds = [rule for rule in book.documents.values() if rule.serves(line)]
        rows = [_document_row(rule, line, on, region) for rule in kinds]
        heads = ("文书、内容种类", "依据（今日可引用）", "期限", "签发、文号系列", "收件人、版式")
        yield Part(2, f"{LINE_LABELS[line]}条线", (grid(heads, (6, 10, 6, 5, 5), rows),))
    yield Part(2, "各种文书")
    for rule in book.documents.values():
        yield Part(3, f"{rule.name}（{rule.code}）", tuple(facts(rule, names, ("code", "name"))))


def _document_row(rule: DocumentRule, line: Line, on: date, region: str) -> list[Sequence[str]]:
    cited = [f"{one.document}{one.article or ''}" for one in rule.citable(on, line, region)]
    roles = "、".join(UNIT_ROLE_LABELS[role] for role in rule.recipients)
    return [
        [rule.name, DOCUMENT_CONTENT_LABELS[rule.content]],
        cited or ["无可引用的依据"],
        _period(rule),
        [
            LEADER_ROLE_LABELS[rule.signer] + ("（须附政府决定）" if rule.by_government else ""),
            rule.series or "不编号",
        ],
        [roles or "受理机关", LAYOUT_WORDS[rule.layout]],
    ]


def _period(rule: DocumentRule) -> list[str]:
    said = []
    if rule.period is not None and rule.period_unit is not None:
        said.append(f"{STARTS.get(rule.starts_on or '', '')}起{rule.period}{UNITS[rule.period_unit]}")
    if rule.reply_workdays is not None:
        said.append(f"{rule.reply_workdays}个工作日内书面回复")
    return said or ["逐件另定"]


def calendar_chapter(book: Rulebook, on: date, names: Names) -> Iterator[Part]:
    """Yield the working days of this year and the next, and the holidays of regions."""
    yield Part(1, "工作日历", (Text("未列出的日期，周一至周五上班，周六、周日休息。"),))
    for year in (on.year, on.year + 1):
        table = book.calendars.get(year)
        if table is None:
            yield Part(2, f"{year}年", (Text("年表尚未导入；涉及该年的期限不能计算。"),))
            continue
        rows = [
            Row(
                "status",
                "状态",
                ("已公布" if table.status == "official" else "暂定；放假通知公布后重新核定",),
            ),
            Row("source", "来源", (table.source,)),
            *([Row("note", "说明", (table.note,))] if table.note else []),
            Row("off", "放假", tuple(_runs(table.off)) or ("未列",)),
            Row("work", "调休上班", ("、".join(_say_day(day) for day in table.work) or "无",)),
        ]
        yield Part(2, f"{year}年", (Facts(tuple(rows)),))
    for local in book.local_calendars.values():
        yield Part(2, f"地方节假日：{local.name}", tuple(facts(local, names, ("key",))))


def _say_day(day: date) -> str:
    return f"{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）"


def _runs(days: Sequence[date]) -> Iterator[str]:
    """Yield days as spans: 2月15日（星期日）至2月23日（星期一），共9天."""
    rest = sorted(days)
    while rest:
        run = [rest.pop(0)]
        while rest and rest[0] == run[-1] + ONE_DAY:
            run.append(rest.pop(0))
        last = f"至{_say_day(run[-1])}，共{len(run)}天" if len(run) > 1 else ""
        yield f"{_say_day(run[0])}{last}"


def law_chapter(state: LawState) -> Iterator[Part]:
    """Yield the state of the law under the rules on a day."""
    told = f"截至{state.on}，{state.carriers}条规则共引{state.bases}条依据；即将失效指{state.until}以前。"
    yield Part(1, "依据状况", (Text(told),))
    lists = (
        ("已失效或期满", state.expired),
        ("即将失效或期满", state.expiring),
        ("尚未施行", state.not_yet),
        ("未核验（不印入文书）", state.unverified),
        ("外地的地方性规定（本地不引用）", state.elsewhere),
    )
    for title, marks in lists:
        yield Part(2, f"{title}：{len(marks)}条", tuple(_marks(marks)))
    lost = (*state.baseless_now, *state.baseless_soon)
    yield Part(2, f"失去最后一条有效依据的规则：{len(lost)}条", tuple(_losses(lost)))


def _marks(marks: Sequence[Mark]) -> Iterator[Block]:
    if marks:
        rows = [
            (
                f"{one.carrier.kind} {one.carrier.address.rpartition('/')[2]}",
                f"{one.basis.document}{one.basis.article or ''}",
                mark_of(one.basis),
            )
            for one in marks
        ]
        yield grid(("规则", "依据", "核验与效力"), (5, 11, 8), rows)


def _losses(losses: Sequence[Loss]) -> Iterator[Block]:
    if losses:
        rows = [
            (
                one.carrier.title,
                f"{one.from_on}起" if one.from_on else "一直没有",
                "、".join(f"{basis.document}{basis.article or ''}" for basis in one.last) or "—",
            )
            for one in losses
        ]
        yield grid(("规则", "自何日起", "最后的有效依据"), (7, 4, 11), rows)


def sources_chapter(book: Rulebook) -> Iterator[Part]:
    """Yield where the texts of law were read; what catalogues share stands once."""
    known = {code: (one, "文书、联动等") for code, one in book.sources.items()}
    for catalog in book.catalogs.values():
        for code, one in catalog.sources.items():
            known.setdefault(code, (one, catalog.name))
    rows = [(code, one.address, one.used_for, whose) for code, (one, whose) in sorted(known.items())]
    yield Part(1, "来源", (grid(("编号", "出处", "用于", "所属"), (3, 11, 9, 6), rows),))


def register_chapter(register: PublishedFile | None) -> Iterator[Part]:
    """Yield the ids that were published: none is ever deleted or given another meaning."""
    yield Part(1, "已公布的编号", (Text("编号一经公布，不删除，不改作他用；停用的保留编号、理由和接替者。"),))
    if register is None:
        yield Part(2, "登记", (Text("尚未登记（ducha rules publish）。"),))
        return
    for field in type(register).model_fields:
        shelf: dict[str, object] = getattr(register, field)
        flat = {code: title for code, title in shelf.items() if isinstance(title, str)}
        if flat:
            yield Part(
                2, f"{field}（{len(flat)}个）", (grid(("编号", "公布时的名称"), (5, 12), flat.items()),)
            )
        for key, titles in shelf.items():
            if isinstance(titles, dict) and titles:
                heads = ("编号", "公布时的名称")
                yield Part(2, f"{field}/{key}（{len(titles)}个）", (grid(heads, (5, 12), titles.items()),))


def changes_chapter(book: Rulebook) -> Iterator[Part]:
    """Yield what local adjustments changed, with reason and authority."""
    said = "各处调整的理由和依据如下；条文文字从不就地改写。" if book.changes else "没有本地调整。"
    blocks: list[Block] = [Text(said)]
    if book.changes:
        rows = [
            (one.overlay, one.address, one.before or "—", one.after, one.reason, one.authority)
            for one in book.changes
        ]
        blocks.append(
            grid(("调整文件", "地址", "原为", "现为", "理由", "批准依据"), (4, 8, 4, 4, 6, 6), rows)
        )
    yield Part(1, "本地调整", tuple(blocks))
