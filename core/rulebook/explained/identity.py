"""E3xx: ids, which stay what they are for ever."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson
from core.rulebook.explained.writing import GOOD_TIMETABLE

PROMPT = "documents/prompt.yaml"
OFFICE = "offices/shilixian.yaml"
ITEMS = "catalogs/fazhi-ducha-46/J.yaml"
PUBLISHED = "published.yaml"
REGISTER = """catalogs:
  fazhi-ducha-46: {{J41: {title}{more}}}
ladders: {{}}
documents: {{}}
clocks: {{}}
"""
TITLE = "普法责任制与公民法治素养"

LESSONS = (
    lesson(
        "E301", ITEMS, "  - id: J42\n", "  - id: ▸J41\n",
        why="编号是问题、文书、统计之间唯一的联系。两个事项同号，谁的整改、谁的分值就分不清了。",
        remedy="给后写的一个换新号；编号一经使用，停用后也不再改作他用。",
    ),
    lesson(
        "E302", PROMPT, "code: prompt\n", "code: ▸prompts\n",
        why="别的规则按文件名找到它，文件内却自称另一个名字，必有一处写错。",
        remedy="让 code（或 key、year）与文件名（不含 .yaml）一致。",
    ),
    lesson(
        "E303", ITEMS, "  - id: J42\n", "  - id: ▸J-42\n",
        why="编号要能用作文件名、网址和表格里的键，各目录写法一致才不会混。",
        remedy="按提示的格式改写；文件名只用英文字母、数字、下划线和连字符。",
    ),
    lesson(
        "E304", "timetable.yaml", None, None, GOOD_TIMETABLE,
        why="没有时间表，谁也不会按时巡检；没有目录、等级、单位、文书、贯通联动，系统也无法开展工作。",
        remedy="补上所缺的文件；可从随附的 rules/ 中复制一份再改。",
    ),
    lesson(
        "E305", OFFICE, "code_text: 示法督反馈,", "code_text: ▸示法督,", told_in=OFFICE,
        why="两个系列同一代字，两份不同的文书会得到同一个文号。",
        remedy="每个系列的代字各不相同，督察线与执法监督线也不得相同。",
    ),
    lesson(
        "E306", PUBLISHED, None,
        REGISTER.format(title=TITLE, more=", ▸J49: 网络普法"), REGISTER.format(title=TITLE, more=""),
        why="公布过的编号已经印在文书和台账上，删去后旧问题就找不到它的规则。",
        remedy="恢复这个事项并写 retired（停用日期、理由、由谁接替），文书和级次写 effective_until；"
        "不要删除。",
    ),
    lesson(
        "E307", PUBLISHED, None,
        REGISTER.format(title="法律援助", more=""), REGISTER.format(title=TITLE, more=""), told_in=ITEMS,
        why="同一编号先后指两件事，历年数据放在一起比较就是错的。",
        remedy="意思变了的，停用原编号、另立新号；只是改字的，运行 ducha rules publish --retitle 编号。",
    ),
    lesson(
        "E308", ITEMS, "    title: 公共法律服务与法律援助\n",
        "    code: ▸J41\n    title: 公共法律服务与法律援助\n", "    code: J-2\n    title: 公共法律服务与法律援助\n",
        why="显示编号是给人看的，可以改，但同时有效的两个事项不能用同一个，也不能借用另一事项的编号。",
        remedy="换一个显示编号；停用事项的显示编号可以再用。",
    ),
    lesson(
        "E309", ITEMS, "    title: 公共法律服务与法律援助\n",
        "    retired: {on: 2026-06-01, reason: 并入普法, replaced_by: [▸J99]}\n    title: 公共法律服务与法律援助\n",
        "    retired: {on: 2026-06-01, reason: 并入普法, replaced_by: [J41]}\n    title: 公共法律服务与法律援助\n",
        why="停用的事项要说得清哪天停、为什么、由谁接替，旧问题才有归处。",
        remedy="replaced_by 写本目录中仍有效的事项编号；引用停用事项的规则改为引用接替者。",
    ),
)  # fmt: skip
