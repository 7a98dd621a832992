"""The forms that stand on pages of their own: asking for a screening, naming who may know of everything."""

from __future__ import annotations

from console.actforms import ActForm, Field


def open_form(case: str) -> ActForm:
    """Return the form by which somebody asks for a screening of a case."""
    return ActForm("open", "提请线索筛查", (
        Field("case", "问题编号", value=case),
        Field("reason", "联动条件如何成立", "area", "事项目录所列的联动条件，以及材料中的事实"),
    ), "提请", hint="只启动筛查；是否移送由主要负责人在初核、集体研究后决定。")  # fmt: skip


def reader_form(*, whole: bool) -> ActForm:
    """Return the form that names a person who may know of one matter, or of the whole compartment."""
    return ActForm("reader", "指定知悉全部的人员" if whole else "指定知悉本件的人员", (
        Field("person", "人员", "pick", "输入编号或姓名，从列出的人员中选择", listed="people"),
        Field("from", "知悉自", "day", required=False, hint="不填为今天"),
        Field("until", "知悉至", "day"),
        Field("reason", "理由"),
    ), "指定")  # fmt: skip
