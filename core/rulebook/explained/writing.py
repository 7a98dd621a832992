"""E1xx: how the file is written."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

PROMPT = "documents/prompt.yaml"
SOURCES = "sources.yaml"
IN_GBK = "提示单".encode("gbk").decode("utf-8", "surrogateescape")
GOOD_TIMETABLE = """jobs:
  - {name: deadlines, verb: sweep, title: 到期巡检, days: workday, time: '08:30'}
"""

LESSONS = (
    lesson(
        "E101", "ladders/problem.yaml", "status: 建议稿\n", "status: 建议稿▸: 待讨论\n", "status: '建议稿: 待讨论'\n",
        why="冒号后跟空格，在 YAML 里表示“键: 值”。文字里有它，或少了引号、括号、冒号后的空格，"
        "整个文件就读不下去，后面的错误也看不到。",
        remedy="按所指的行列查看本行和上一行：冒号须半角并后接空格；"
        "文字中含“: ”“ #”或以 @ ` % * & 开头的加引号；引号、括号成对；同级缩进对齐。",
    ),
    lesson(
        "E102", PROMPT, "name: 提示单\n", "name:▸\t提示单\n",
        why="制表符的宽度各编辑器不同，看着对齐，实际没有对齐，YAML 因此不许用它缩进。",
        remedy="把 Tab 换成半角空格，每级缩进两个；可在编辑器中设“以空格代替制表符”。",
    ),
    lesson(
        "E103", PROMPT, "signer: section\n", "signer: section\n▸signer: director\n",
        why="同一个键写两次，别的软件会悄悄取后一个。谁签发、几天到期不能靠猜。",
        remedy="保留一处，删去另一处；两处内容都要的，合并后写一次。",
    ),
    lesson(
        "E104", PROMPT, "recipients: [liaison, leader]\n", "recipients: ▸&roles [liaison, leader]\n",
        why="锚点（&）和别名（*）让一处的内容从另一处来，读规则的人看不出，改一处动多处。",
        remedy="把内容在用到的地方写全；以 & 或 * 开头的文字加引号。",
    ),
    lesson(
        "E105", PROMPT, "code: prompt\n", "▸<<: {series: sheet}\ncode: prompt\n",
        why="合并键（<<）把别处的键并进来，所见不是所得。",
        remedy="删去 << 一行，把键逐个写出；多个单位共用的调整写成 overlays/ 中的本地调整。",
    ),
    lesson(
        "E106", SOURCES, "  D05:\n", "▸---\n  D05:\n",
        why="“---”另起一份内容，其后的都不会被当作本文件的规则。",
        remedy="删去“---”；确是两份规则的，分成两个文件。",
    ),
    lesson(
        "E107", PROMPT, "name: 提示单\n", "name: ▸!!str 提示单\n",
        why="所有的值一律按文字读，再按各键的要求检查，类型标记（!!str 等）没有用处，"
        "反使人误以为有别的含义。",
        remedy="删去感叹号开头的标记。",
    ),
    lesson(
        "E108", SOURCES, "  D05:\n", "  ? ▸[D05]\n  :\n",
        why="键是规则的名称，必须是一个词，不能是列表或一组内容。",
        remedy="把键改为一个词，如 D05:；以 ? 开头的写法不要用。",
    ),
    lesson(
        "E109", PROMPT, "name: 提示单\n", "name: 提▸\u200b示单\n",
        why="从网页、微信、Word 粘贴来的文字常带零宽空格、不换行空格；看着一样的两个词因此不相等。",
        remedy="删去所指位置的字符，重新键入；成段粘贴前先粘到记事本。行首的全角空格改为半角空格。",
    ),
    lesson(
        "E110", "timetable.yaml", None, "# 待补\n", GOOD_TIMETABLE,
        why="文件里只有注释或什么也没有，系统不知道是还没写完，还是写的内容丢了。",
        remedy="写入内容，或删去这个文件。",
    ),
    lesson(
        "E111", PROMPT, "name: 提示单\n", f"name: ▸{IN_GBK}\n",
        why="用 GBK（ANSI）或 Unicode 格式保存的文件，汉字会变成乱码，甚至变成别的字。",
        remedy="用编辑器打开原文件，另存为 UTF-8（有无 BOM 均可）后再检查；乱码不要手工改。",
    ),
    lesson(
        "E112", PROMPT, "name: 提示单\n", "name▸：提示单\n",
        why="全角的冒号、字母、数字与半角的不是同一个字：“Ａ01”不是“A01”，“name：”不是“name: ”。",
        remedy="关掉中文输入法的全角状态，把键、编号、数字、日期、英文词和“: , [ ] { }”改成半角；"
        "正文中的标点照常用全角。",
    ),
)  # fmt: skip
