"""E8xx: templates of documents and mails."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

BODY = "templates/documents/prompt/body.md.j2"
SAMPLE = "templates/documents/prompt/sample.yaml"
REPLY = "{{ reply | within }}"

LESSONS = (
    lesson(
        "E801", BODY, "| {{ case.number }} |", "▸{% if case.number %}| {{ case.number }} |",
        why="花括号没有成对、if 或 for 没有结束，这种文书一份也印不出来。",
        remedy="每个 {{ 配 }}，每个 {% if %}、{% for %} 配 {% endif %}、{% endfor %}；花括号里的引号、"
        "逗号只用半角。",
    ),
    lesson(
        "E802", BODY, "{{ case.item }}", "{{ case.▸itme }}",
        why="模板要的值系统没有，签发时会被拒绝；放过去就会在文书上留一个空。",
        remedy="按“是否想写”改正；可用的值都列在同一文件夹的 sample.yaml 中。",
    ),
    lesson(
        "W803", SAMPLE, "unit: 示例县农业农村局\n", "unit: 示例县农业农村局\n▸deputy: 分管副县长\n",
        why="示例里写的值每次都要给出，模板却没有印，多半是模板漏写或示例过时。",
        remedy="在模板中印出这个值，或从示例中删去。",
    ),
    lesson(
        "E804", BODY, "为督促你单位", "▸示法督办〔2026〕5号。为督促你单位",
        why="文号由系统在签发时按系列连续编排，手写的文号必然重号、跳号；正文里要有的是每个问题的编号，"
        "收文单位凭它对账。",
        remedy="删去手写的文号；在表格中印出 {{ case.number }}。引用别的文件，写到文书规则的 basis 里。",
    ),
    lesson(
        "E805", "templates/documents/promt/subject.txt.j2", None, "提示单\n", None,
        why="文书没有模板就拟不出来；模板没有文书规则就没有人用，多半是文件夹名写错了。",
        remedy="文件夹名与文书代码一致，内有 subject.txt.j2、body.md.j2、sample.yaml 三个文件。",
    ),
    lesson(
        "E806", BODY, "为督促你单位", "▸{{ unit | day }}，为督促你单位",
        why="每个模板都按它服务的每一级次、每条线、每个单位试印一遍；试印不成的，到时就发不出。",
        remedy="按所列的情形查看：日期才能用 day，可能为空的值先用 if 判断，列表用 for 逐项列出，"
        "表格各行格数一致。",
    ),
    lesson(
        "E807", BODY, REPLY, "{{ ▸reply.count }}个工作日内",
        why="只写“3个工作日内”，起算日各有各的理解；期限的长度和到期日须一并印明。",
        remedy="写“{{ reply | within }}”，印出“自签发之日起3个工作日内，即2026年5月27日前”。",
    ),
)  # fmt: skip
