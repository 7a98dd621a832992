"""E6xx: what may be cited, sent and decided."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

PROMPT = "documents/prompt.yaml"
PROBLEM = "ladders/problem.yaml"
OFFICE = "offices/shilixian.yaml"
FIRST = """    note: 形成从主要负责人到全体工作人员的闭环责任，强化问责
    verified: true
    checked: 内容
    source: D01
"""
BASIS = f"  - document: 《法治政府建设与责任落实督察工作规定》（2019年）\n{FIRST}"
OLD = f"checked: 建议\nbasis:\n{BASIS}    line: party\n    in_force_from: 2019-04-15\n"

LESSONS = (
    lesson(
        "E601", "documents/rectification_notice.yaml", "    verified: true\n    checked: 条文\n",
        "    verified: false\n    checked: 记忆\n",
        why="文书上只印核对过的依据；一条也没有，签发时会被拒绝。",
        remedy="找到原文核对一条依据，写 verified: true、checked: 条文（或 内容）和 source。",
    ),
    lesson(
        "E602", PROMPT, BASIS,
        BASIS.replace("checked: 内容", "checked: 名称").replace("verified: true", "verified: ▸true"),
        why="凭记忆、只见名称的，不能算核对过。",
        remedy="条文、内容对应 verified: true；名称、记忆、建议对应 verified: false。",
    ),
    lesson(
        "E603", PROMPT, BASIS,
        "  - ▸document: 《法治政府建设与责任落实督察工作规定》（2019年）\n" + FIRST.replace("    source: D01\n", ""),
        why="说核对过，就要说得出对着什么核对的。",
        remedy="写明来源编号 source，并在 sources.yaml 中登记出处。",
    ),
    lesson(
        "E604", PROMPT, BASIS, BASIS.replace("    note:", "    article: ▸第二十四条\n    note:"),
        why="没读到条文就写条号，印在文书上一查就错，整份文书的公信力都受影响。",
        remedy="删去 article，或读到条文原文后把 checked 改为 条文。",
    ),
    lesson(
        "E605", "documents/referral_letter.yaml", "mailed: false\n", "mailed: ▸true\n",
        why="移送、移交涉及问题线索，只由专人或机要送达，不上网络，不给被督察单位看到。",
        remedy="mailed 写 false，secrecy 写 work_secret。",
    ),
    lesson(
        "E606", PROBLEM, "        issue: authorised\n", "        issue: ▸automatic\n",
        why="机器只可以提醒。催办以上的文书是对一个单位的评价，须有人签字。",
        remedy="写 on_signature（逐件签发），或 authorised（有常设授权）。",
    ),
    lesson(
        "E607", PROMPT, OLD,
        OLD.replace("basis:", "effective_from: 2026-01-01\nbasis:") + "    in_force_until: ▸2020-12-31\n",
        why="规则起用时依据已经失效，印出来就是引用废止的文件。",
        remedy="换用现行有效的依据；依据换代的，新旧两条都写，并写明施行、失效日期。",
    ),
    lesson(
        "E608", "documents/decision.yaml", "decided_by: government\n", "decided_by: office\n",
        why="《决定书》由本级政府作出（行政执法监督条例第二十九条），督察单位自行签发就是越权。",
        remedy="写 decided_by: government，条线写 enforcement；签发时须上传政府的决定。",
    ),
    lesson(
        "E609", "campaigns/county.yaml", "    hidden_from_unit: true\n",
        "    hidden_from_unit: true\n    announces: inspection_notice\n",
        why="暗访事先发出督察通知或要求报送材料，单位就知道要来人，暗访失去作用。",
        remedy="hidden_from_unit: true 的督察方式不写 announces，asks 中只列进驻以后才提出的事项。",
    ),
)  # fmt: skip
