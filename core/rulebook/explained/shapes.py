"""E2xx: keys and values."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

PROMPT = "documents/prompt.yaml"
PROBLEM = "ladders/problem.yaml"
PROGRESS = '          progress: {value: 50, type: percent, unit: "%", min: 10, max: 90'

LESSONS = (
    lesson(
        "E201", PROMPT, "series: sheet\n", "▸siries: sheet\n",
        why="写错的键如果放过，这条规则就等于没写，而人以为写了。",
        remedy="按“是否想写”改正；确实没有这个键的，删去，说明性的文字写在 note 或注释（# 开头）里。",
    ),
    lesson(
        "E202", PROMPT, "signer: section\nlayout: form\n", "layout: form\n",
        why="谁签发、几天、发给谁，缺了一项系统也不代为猜定。",
        remedy="在这一组里补写所缺的键；不知道写什么的，看同一文件夹中的其他文件，"
        "或在编辑器里按 Ctrl+空格。",
    ),
    lesson(
        "E203", PROMPT, "sealed: false\n", "sealed: ▸no\n",
        why="所有的值按原样读作文字，再按键的要求检查：yes、no、on、off、是、否都不是 true、false；"
        "010 不会变成 8，1.10 不会变成 1.1，"
        "2026-2-30 不会变成别的日子。宁可退回，不替人猜。",
        remedy="整数只写数字（20，不写 20天、二十、020）；是非只写 true 或 false；"
        "日期写四位年-两位月-两位日；"
        "列表每行一个“- ”或写在方括号内；一组内容每行一个“键: 值”。",
    ),
    lesson(
        "E204", "catalogs/fazhi-ducha-46/J.yaml", "    severity: minor\n", "    severity: ▸轻微\n",
        why="程度、颜色、岗位、条线等用固定的英文代码存储，文书上再印中文，这样换了叫法数据不乱。",
        remedy="从所列的可选值中选一个；括号内是中文含义，文件里写英文代码。",
    ),
    lesson(
        "E205", "document/prompt.yaml", None, "code: prompt\n", None,
        why="规则按所在的文件夹辨认种类；放错地方、扩展名写成 .yml 或 .yaml.txt 的文件不会生效，"
        "却让人以为已经生效。",
        remedy="把文件移到所列的位置，扩展名改为 .yaml；不是规则的文件移出规则文件夹。",
    ),
    lesson(
        "E206", PROMPT, "reply_workdays: 3\n", "reply_workdays: ▸-3\n",
        why="负的天数、超过100的百分比、空的名单，算不出有意义的期限和收件人。",
        remedy="改到所示的范围之内；确实不要这一项的，整行删去（可以不写的键才行）。",
    ),
    lesson(
        "E207", PROBLEM, "        when: not plan_submitted\n", "        when: not ▸plan_submited\n",
        why="条件决定亮不亮灯。写错一个名称，灯就可能永远不亮，或者永远亮着。",
        remedy="只用所列的事实、本条的参数、整数、加引号的词、and、or、not、比较和 in；例："
        "percent < 50 and not plan_submitted。",
    ),
    lesson(
        "E208", PROBLEM, PROGRESS, PROGRESS.replace("value: 50", "value: ▸95"),
        why="参数的上下限是制定规则时划定的余地，超出的要先改规则，不能在取值时突破。",
        remedy="把值改到 min 与 max 之间；类型为 word 的，取 choices 所列的词；"
        "参数名不得与条件中的事实同名。",
    ),
)  # fmt: skip
