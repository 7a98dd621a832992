"""Marks of state secrets are found wherever they hide, and ordinary words are not taken for them."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.text.secrecy import find_secrecy_mark, refuse_state_secrets


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("机密★10年", "机密★"),
        ("绝密 ☆ 长期", "绝密 ☆"),
        ("关于某事的报告\n  秘密\n正文", "秘密"),
        ("【秘密】", "【秘密】"),
        ("见附件（机密）第2页", "（机密）"),
        ("[绝密]纪要.docx", "[绝密]"),
        ("该材料涉密，不便外传", "涉密"),
        ("密级：秘密", "密级：秘密"),
        ("密级: 机密 期限", "密级: 机密"),
    ],
)
def test_a_mark_is_found(text: str, mark: str) -> None:
    assert find_secrecy_mark(text) == mark


@pytest.mark.parametrize(
    "text",
    [
        "",
        "属工作秘密，注意保管",
        "商业秘密保护制度不健全",
        "未与涉密人员签订承诺书",
        "公开内容，涉密信息除外",
        "涉密信息系统分级保护",
        "按规定涉密内容不得上网",
        "国家秘密和个人隐私依法不予公开",
        "保密制度上墙",
    ],
)
def test_ordinary_words_are_not_taken_for_a_mark(text: str) -> None:
    assert find_secrecy_mark(text) is None


def test_a_refusal_repeats_the_mark_but_not_the_text() -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_state_secrets("机密★10年\n某局某人的情况", "第7行")
    assert refused.value.found == "机密★"
    assert "第7行" in str(refused.value)
    assert "某人" not in str(refused.value)


def test_a_clean_text_passes() -> None:
    refuse_state_secrets("未按规定公示执法信息", "第7行")
    assert find_secrecy_mark("未按规定公示执法信息") is None
