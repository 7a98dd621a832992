"""E4xx: what one rule says of another."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

PROMPT = "documents/prompt.yaml"
OFFICE = "offices/shilixian.yaml"
ITEMS = "catalogs/fazhi-ducha-46/J.yaml"
PROBLEM = "ladders/problem.yaml"
COUNTY = "linkage/county.yaml"
OVERLAY = "overlays/shili.yaml"
DIRECTOR = """    role: director
    title: 中共示例县委全面依法治县委员会办公室主任、示例县司法局局长
    email: director@sfj.shilixian.example
  L-COUNTY:
    name: 委员会负责人
    role: committee
"""
HEAD = "name: 示例调整\nversion: '1'\ndate: 2026-07-01\nstatus: 试行\n{more}"
DESELECT = """deselect:
  - catalog: fazhi-ducha-46
    items: [{item}]
    reason: 本县无此职能
    authority: 示例县委依法治县办会议纪要
"""
SET = """set:
  - target: {target}
    to: {{{change}}}
    reason: 上级要求缩短期限
    authority: 示例县委依法治县办会议纪要
"""


def _overlay(more: str) -> str:
    return HEAD.format(more=more)


def _set(target: str, change: str) -> str:
    return _overlay(SET.format(target=target, change=change))


J41 = "catalogs/fazhi-ducha-46/items/J41"
GOOD_SET = _set(J41, "rectify_days: 15")

LESSONS = (
    lesson(
        "E401", ITEMS, "  - id: J42\n    category: J\n", "  - id: J42\n    category: ▸K\n",
        why="一个类别一个文件，事项写在别的类别文件里，分值和项数就对不上。",
        remedy="改正 category，或把整个事项移到它那一类的文件。",
    ),
    lesson(
        "E402", ITEMS, "    methods: [查阅资料, 实地走访,", "    methods: [查阅资料, ▸现场走访,",
        why="词表统一了叫法，统计、选人、选单位都靠它；多一个近义词就少一批数。",
        remedy="从词表中选一个；确需新词的，先加入目录说明 catalog.yaml 的 vocabularies。"
        "各项之间用半角逗号。",
    ),
    lesson(
        "E403", PROMPT, "    source: D01\n", "    source: ▸D91\n",
        why="每条依据都要说得出从哪里读到，否则无法复核。",
        remedy="改为已登记的来源编号，或在 sources.yaml（事项目录用目录说明的 sources）中补登出处。",
    ),
    lesson(
        "E404", PROBLEM, "        document: urging\n", "        document: ▸urgeing\n",
        why="级次到了却没有这种文书，系统发不出催办。",
        remedy="改为 documents/ 中已有的文书代码，或先补写这种文书的规则和模板。",
    ),
    lesson(
        "E405", OFFICE, "      sheet: {code_text: 示法督办,", "      shet: {code_text: 示法督办,",
        why="编号的文书没有文号系列，签发时编不出文号。",
        remedy="在单位文件该条线的 series 中补上系列，或把文书规则的 series 改为已有的系列。",
    ),
    lesson(
        "E406", OFFICE, DIRECTOR, DIRECTOR.replace("role: director", "role: deputy").replace("committee", "deputy"),
        why="有的文书须主任签发，单位里却没有这一级岗位，永远签不出去。",
        remedy="在 leaders 中补上相应级别的岗位，或经批准调整文书规则的 signer。",
    ),
    lesson(
        "E407", OFFICE, "    by: L-DEPUTY\n", "    by: ▸L-SECTION\n",
        why="常设授权等于预先签字：授权人须有权签这种文书，文书须存在。",
        remedy="写有权签发该文书的岗位代码；kind 写文书代码。",
    ),
    lesson(
        "E408", COUNTY, "    target: 巡察\n", "    target: 审计\n",
        why="事项写着可以移交巡察，却没有受理机关，移交函无处可送。",
        remedy="在 receivers 中为每个联动对象写一个受理机关。",
    ),
    lesson(
        "E409", ITEMS, "      targets: [不移送]\n", "      targets: ▸[不移送, 纪检监察]\n",
        why="又移送又不移送，互相矛盾。",
        remedy="删去“不移送”，或只留“不移送”。",
    ),
    lesson(
        "E410", OFFICE, "  ladder: problem\n", "  ladder: ▸problems\n",
        why="所选的规则、事件或受理机关不存在，选了等于没选。",
        remedy="按“是否想写”改正；名称就是文件名（不含 .yaml），事件写等级文件 events 的代码。",
    ),
    lesson(
        "E411", PROBLEM, "        light: black\n", "        light: ▸orange\n",
        why="每一程度都要有级次，每种颜色都要有说明和核验规定，否则到了那一步系统不知道怎么办。",
        remedy="补写所缺的程度、颜色或核验规定；颜色用 colours 中已说明的。",
    ),
    lesson(
        "E412", PROBLEM, "        meaning: 未提交整改进展或完成率不足{progress}%\n",
        "        meaning: 未提交整改进展或完成率不足▸{progres}%\n",
        why="文字里的花括号会换成参数的值；没有这个参数，印出来的就是一个英文词。",
        remedy="改正参数名，或在同一条的 params 中写明这个参数；确要印花括号的，改用书名号或圆括号。",
    ),
    lesson(
        "E413", OVERLAY, None,
        _overlay(DESELECT.format(item="▸J99")), _overlay(DESELECT.format(item="J43")),
        why="选用、停用、对应的事项或目录不存在，调整落空。",
        remedy="写目录文件夹名和事项编号（如 J43）或类别字母（如 J）。",
    ),
    lesson(
        "E414", OVERLAY, None, _set("▸catalogs/fazhi-ducha-46/items/J99", "rectify_days: 15"), GOOD_SET,
        why="地址指错了，要改的没有改到，不该改的也许改了。",
        remedy="地址从 ducha rules show 或 rules diff 抄录：文件夹/文件名/…，"
        "列表中的一条用它的 id 或 code。",
    ),
    lesson(
        "E415", OVERLAY, None, _set(J41, "▸title: 普法"), GOOD_SET,
        why="本地可以调天数、分值、收件人和参数，不能就地改文字：文字一改，编号的意思就变了。",
        remedy="只用 set 改所列可改的键；文字要变的，停用原条、用 add 另立新条。",
    ),
    lesson(
        "E416", OVERLAY, None, _overlay("extends: [▸shili]\n"), GOOD_SET,
        why="本地调整依托自己或依托不存在的，算不出最后的规则。",
        remedy="extends 写 overlays/ 中已有的文件名，且不要绕成圈。",
    ),
    lesson(
        "E417", OVERLAY, None,
        GOOD_SET + SET.format(target=J41, change="▸rectify_days: 10").removeprefix("set:\n"), GOOD_SET,
        why="同一个数被设了两次，取哪一个不能靠先后。",
        remedy="只留一处；先后不同的，用 effective_from、effective_until 分开；两个依托冲突的，"
        "在本文件中写明采用哪一个。",
    ),
    lesson(
        "E418", PROBLEM, "        document: urging\n", "        document: ▸extension_reply\n",
        why="级次只能发级次单，移送只能发移送、移交函；文书带的内容不同，发错了会把不该写的写出去。",
        remedy="改用内容种类（content）相符的文书；可用的已列在说明中。",
    ),
)  # fmt: skip
