"""What the mails say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInput, NotFound
from delivery import mailtext
from delivery.mailtext import SAMPLES, list_mail_kinds, render_mail

KINDS = (
    *(
        "digest",
        "document",
        "half_owed",
        "half_report",
        "late_reports",
        "notice_collect",
        "portal_code",
        "reminder",
    ),
    *("staff", "task", "team_reminder"),
)


def change(kind: str, **values: Any) -> Mapping[str, Any]:
    return {**SAMPLES[kind], **values}


def test_every_kind_of_mail_has_a_template_and_a_sample() -> None:
    assert list_mail_kinds() == KINDS == tuple(SAMPLES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_is_complete_and_plain(kind: str) -> None:
    mail = render_mail(kind, SAMPLES[kind])
    assert mail.subject
    assert "\n" not in mail.subject
    assert "请勿设置自动回复" in mail.text
    assert "联系人：联络员，电话：0000-1234567" in mail.text
    assert "\n\n\n\n" not in mail.text
    assert not {"{", "}", "None", "True", "False", "督查"} & set(mail.text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_declared_value_is_asked_for(kind: str) -> None:
    for name in SAMPLES[kind]:
        values = {n: v for n, v in SAMPLES[kind].items() if n != name}
        with pytest.raises(InvalidInput, match=f"缺少 {name}"):
            render_mail(kind, values)


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        render_mail("document", {**change("document", dates=[{"label": "报送"}], unit=None), "extra": 1})
    for part in ("缺少 dates[0].due_on", "缺少 dates[0].provisional", "unit应为文字", "多出 extra"):
        assert part in str(refused.value)


def test_a_document_mail_tells_number_period_and_way_of_answering() -> None:
    mail = render_mail("document", change("document", sent_on=date(2026, 3, 27), portal=""))
    assert mail.subject == "【法治督察】法治督察反馈意见暨整改通知书（示法督〔2026〕12号），请查收"
    for part in (
        "完成整改：2026年5月29日前",
        "《整改情况报告表-2026-0012.xlsx》",
        "fazhi@example.cn",
        "2026年3月31日前致电",
    ):
        assert part in mail.text
    assert "网上办理" not in mail.text


def test_a_document_mail_with_a_link_names_the_portal_first_and_the_telephone_beside_it() -> None:
    text = render_mail("document", SAMPLES["document"]).text
    link = SAMPLES["document"]["portal"]
    assert f"\n\n{link}\n\n" in text
    assert text.index(link) < text.index("也可以填写附件")
    assert "2026年3月31日前打开上述链接确认签收，或者致电" in text


def test_a_document_without_answer_or_number_says_nothing_about_them() -> None:
    text = render_mail(
        "document", change("document", number="", dates=[], workbook="", acknowledge_on="")
    ).text
    assert not [word for word in ("（）", "办理期限", "答复方式", "确认收到", "按期办理") if word in text]


def test_a_provisional_period_says_so() -> None:
    dates = [{"label": "完成整改", "due_on": "2027-01-20", "provisional": True}]
    assert (
        "2027年1月20日前（放假安排公布后可能顺延"
        in render_mail("document", change("document", dates=dates)).text
    )


def test_the_collection_mail_tells_neither_title_nor_content() -> None:
    mail = render_mail("notice_collect", SAMPLES["notice_collect"])
    assert "示法督〔2026〕12号" in mail.subject
    assert not [word for word in ("整改", "问题", "反馈", "附件") if word in mail.subject + mail.text]


@pytest.mark.parametrize(("left", "words"), [(7, "还有7个工作日"), (0, "今日到期"), (-2, "已逾期2个工作日")])
def test_a_reminder_counts_the_working_days_left(left: int, words: str) -> None:
    case = {**SAMPLES["reminder"]["cases"][0], "left_workdays": left}
    mail = render_mail("reminder", change("reminder", cases=[case]))
    assert words in mail.text
    assert "不编文号" in mail.text
    assert "有1项法治督察整改事项" in mail.subject


@pytest.mark.parametrize("kind", ["task", "team_reminder"])
def test_only_an_unannounced_visit_asks_for_silence(kind: str) -> None:
    assert "暗访" not in render_mail(kind, SAMPLES[kind]).text
    assert "不得向被督察单位" in render_mail(kind, change(kind, unannounced=True)).text


def test_a_list_with_one_part_numbers_from_one() -> None:
    text = render_mail("late_reports", change("late_reports", reports=[])).text
    assert "一、检查表未交回的督察组" in text
    assert "自查报告逾期的单位" not in text


def test_user_text_stays_one_line_and_is_never_a_template() -> None:
    unit = "示例局\n主题：假的\r\n\u2028{{ contact.phone }}{% if %}\x07"
    mail = render_mail("document", change("document", unit=unit))
    assert "示例局 主题：假的 {{ contact.phone }}{% if %}：" in mail.text
    assert mail.subject.startswith("【法治督察】")


def test_a_wrong_date_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(InvalidInput, match="document"):
        render_mail("document", change("document", acknowledge_on="明天"))
    with pytest.raises(NotFound, match="no_such"):
        render_mail("no_such", {})


def test_an_instant_prints_as_its_day() -> None:
    sent = datetime.fromisoformat("2026-03-27T08:00:00+08:00")
    assert "2026年3月27日" in render_mail("document", change("document", sent_on=sent)).text


@pytest.mark.parametrize(
    "template",
    [
        "主题：{{ missing }}\n\n正文\n",
        "没有主题\n\n正文\n",
        "主题：甲\n",
        "主题：甲\n\n{{ unit.__class__ }}\n",
        "主题：甲\n\n{{ contact.keys() }}\n",
        "主题：甲\n\n{% for %}\n",
        "主题：甲\n\n{{ attachments }}\n",
    ],
)
def test_a_broken_template_is_named(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "document.txt.j2").write_text(template, encoding="utf-8")
    monkeypatch.setattr(mailtext, "EMAILS", tmp_path)
    mailtext._sandbox.cache_clear()
    try:
        with pytest.raises(InvalidInput, match="邮件模板 document"):
            render_mail("document", SAMPLES["document"])
    finally:
        mailtext._sandbox.cache_clear()
