"""A letter becomes bytes that every receiver reads the same way."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from delivery.mail import (
    Address,
    Attachment,
    Letter,
    build_mime,
    check_address,
    make_message_id,
    safe_attachment_name,
)
from delivery.mailreader import read_mime

OFFICE = "中共示例县委全面依法治县委员会办公室"
SUBJECT = "【法治督察】法治督察反馈意见暨整改通知书（示法督〔2026〕12号），请查收"
PDF = Attachment("整改通知书-2026-0012.pdf", "application/pdf", b"%PDF-1.7\r\n" + bytes(range(256)) * 20)
LETTER = Letter(
    message_id="<a1b2c3@mail.example.cn>",
    sender=Address(OFFICE, "fazhi@mail.example.cn"),
    recipient=Address("联络员", "liaison@nyj.example.cn"),
    subject=SUBJECT,
    text="示例县农业农村局：\n\n　　正文见附件。\n.\n.以点开头的一行\n",
    date=datetime(2026, 3, 27, 1, 30, tzinfo=UTC),
    attachments=(PDF,),
    reply_to=Address("", "reply@mail.example.cn"),
)

one_line = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=80,
)
file_stems = st.text(st.sampled_from("整改通知书甲乙翀䶮abcXYZ0129-_.()（）'，%"), min_size=1, max_size=34)


def test_a_receiver_reads_what_was_meant() -> None:
    read = read_mime(build_mime(LETTER))
    assert read.subject == SUBJECT
    assert read.senders == ((OFFICE, "fazhi@mail.example.cn"),)
    assert read.recipients == (("联络员", "liaison@nyj.example.cn"),)
    assert read.reply_to == (("", "reply@mail.example.cn"),)
    assert read.text == LETTER.text.replace("\n", "\r\n")
    assert [(f.name, f.typed_name, f.media_type, f.content) for f in read.files] == [
        (PDF.name, PDF.name, "application/pdf", PDF.content)
    ]


def test_the_standard_parser_finds_no_defect_and_one_of_each_header() -> None:
    message = BytesParser(policy=policy.default).parsebytes(build_mime(LETTER))
    assert not message.defects
    assert [len(message.get_all(h, [])) for h in ("From", "To", "Subject", "Message-ID", "Date")] == [1] * 5
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"].datetime == LETTER.date
    assert message["Subject"] == SUBJECT


def test_attachment_names_are_written_in_both_encodings() -> None:
    mime = build_mime(LETTER).decode("ascii")
    word = base64.b64encode(PDF.name.encode()).decode()
    assert f'Content-Type: application/pdf;\r\n name="=?UTF-8?B?{word}?="\r\n' in mime
    quoted = "%E6%95%B4%E6%94%B9%E9%80%9A%E7%9F%A5%E4%B9%A6-2026-0012.pdf"
    assert f"Content-Disposition: attachment;\r\n filename*=UTF-8''{quoted}\r\n" in mime


def test_an_english_attachment_name_stays_plain() -> None:
    mime = build_mime(replace(LETTER, attachments=(replace(PDF, name="visit-D001.ics"),))).decode("ascii")
    assert ' name="visit-D001.ics"\r\n' in mime
    assert ' filename="visit-D001.ics"\r\n' in mime


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert build_mime(LETTER) == build_mime(replace(LETTER))


def test_lines_are_short_seven_bit_and_end_with_crlf() -> None:
    mime = build_mime(LETTER)
    assert mime.isascii()
    assert b"\n" not in mime.replace(b"\r\n", b"")
    assert max(map(len, mime.split(b"\r\n"))) <= 120


def test_html_stands_beside_the_text() -> None:
    read = read_mime(build_mime(replace(LETTER, html="<p>正文见附件。</p>")))
    assert read.html == "<p>正文见附件。</p>\r\n"
    assert read.text.startswith("示例县农业农村局")
    assert read_mime(build_mime(replace(LETTER, attachments=(), html="<p>好</p>"))).files == ()


@settings(max_examples=150)
@given(subject=one_line.filter(lambda t: t.strip()), sender=one_line, recipient=one_line)
def test_any_subject_and_name_comes_back_unchanged(subject: str, sender: str, recipient: str) -> None:
    letter = replace(
        LETTER,
        subject=subject,
        sender=Address(sender, "a@b.example.cn"),
        recipient=Address(recipient, "c@d.example.cn"),
        attachments=(),
    )
    mime = build_mime(letter)
    message = BytesParser(policy=policy.default).parsebytes(mime)
    assert message["Subject"] == subject.strip()
    assert [a.addr_spec for a in message["To"].addresses] == ["c@d.example.cn"]
    assert read_mime(mime).senders == ((sender.strip(), "a@b.example.cn"),)
    assert len(message.keys()) == 11


@settings(max_examples=150)
@given(stem=file_stems)
def test_any_attachment_name_comes_back_unchanged(stem: str) -> None:
    name = stem + ".pdf"
    read = read_mime(build_mime(replace(LETTER, attachments=(replace(PDF, name=name),))))
    assert (read.files[0].name, read.files[0].typed_name) == (name, name)


@settings(max_examples=150)
@given(text=st.text(max_size=80))
def test_a_safe_name_is_short_and_always_accepted(text: str) -> None:
    name = safe_attachment_name(text)
    assert len(name) <= 20
    build_mime(replace(LETTER, attachments=(replace(PDF, name=name),)))


@pytest.mark.parametrize(
    ("field", "letter"),
    [
        ("subject", replace(LETTER, subject="通知\r\nBcc: x@example.cn")),
        ("subject", replace(LETTER, subject="通知\u2028Bcc: x@example.cn")),
        ("subject", replace(LETTER, subject="通知\u202ecod.exe")),
        ("subject", replace(LETTER, subject="  ")),
        ("sender.name", replace(LETTER, sender=Address("办公室\nX: y", "a@example.cn"))),
        ("recipient.name", replace(LETTER, recipient=Address("甲\x00", "a@example.cn"))),
        ("邮箱地址", replace(LETTER, recipient=Address("甲", "a@example.cn\r\nBcc: b@example.cn"))),
        ("邮箱地址", replace(LETTER, recipient=Address("甲", "a@example.cn, b@example.cn"))),
        ("邮箱地址", replace(LETTER, recipient=Address("甲", "张三@example.cn"))),
        ("message_id", replace(LETTER, message_id="<a@b>\r\nX: y")),
        ("date", replace(LETTER, date=LETTER.date.replace(tzinfo=None))),
        ("attachments.name", replace(LETTER, attachments=(replace(PDF, name='a".pdf\r\nX: y'),))),
        ("attachments.name", replace(LETTER, attachments=(replace(PDF, name="示法督〔2026〕12号.pdf"),))),
        ("attachments.name", replace(LETTER, attachments=(replace(PDF, name="甲" * 60),))),
        ("attachments.media_type", replace(LETTER, attachments=(replace(PDF, media_type="a/b\r\nX: y"),))),
        ("attachments", replace(LETTER, attachments=(PDF, PDF))),
        ("text", replace(LETTER, text="甲\x00")),
        ("text", replace(LETTER, text=" \n")),
        ("headers", replace(LETTER, headers=(("Bcc", "x@example.cn"),))),
        ("headers", replace(LETTER, headers=(("X-Auto-Response-Suppress", "None"),))),
        ("headers.X-Case", replace(LETTER, headers=(("X-Case", "1\r\nBcc: x@example.cn"),))),
    ],
)
def test_what_could_forge_a_header_is_refused_by_name(field: str, letter: Letter) -> None:
    with pytest.raises(InvalidInput) as refused:
        build_mime(letter)
    assert field in refused.value.what
    assert "\n" not in str(refused.value)
    assert refused.value.expected
    assert refused.value.remedy


def test_an_extra_header_is_written_once() -> None:
    letter = replace(LETTER, headers=(("X-Ducha-Document", "42"), ("X-Ducha-Long", "a" * 150)))
    headers = read_mime(build_mime(letter)).headers
    assert (headers["x-ducha-document"], headers["x-ducha-long"]) == ("42", "a" * 150)


def test_the_message_id_depends_on_office_and_key_only() -> None:
    first = make_message_id("shilixian", "document/12/liaison", "mail.example.cn")
    assert first == make_message_id("shilixian", "document/12/liaison", "mail.example.cn")
    assert first != make_message_id("shilixian", "document/13/liaison", "mail.example.cn")
    assert first != make_message_id("other", "document/12/liaison", "mail.example.cn")
    assert read_mime(build_mime(replace(LETTER, message_id=first))).message_id == first


@pytest.mark.parametrize(
    ("given_text", "wanted"),
    [
        ("Zhang.San@SFJ.Example.CN", "Zhang.San@sfj.example.cn"),
        (" a@example.cn ", "a@example.cn"),
        ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
        ("a@mail.local", "a@mail.local"),
        ("a@MAIL.TEST", "a@mail.test"),
        ("a@mail.example", "a@mail.example"),
    ],
)
def test_an_address_is_returned_as_it_goes_on_the_wire(given_text: str, wanted: str) -> None:
    assert check_address(given_text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@", "@b.cn", "a@b", "a b@c.cn", "张三@c.cn", "a@.local", "a@b..cn", "甲 <a@b.cn>", "a@@b.cn"],
)
def test_a_bad_address_is_refused_with_what_was_found(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(text)
    assert refused.value.found == text
    assert "name@" in refused.value.expected


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("整改通知书-2026-0012.pdf", "整改通知书-2026-0012.pdf"),
        ("法治督察反馈意见暨整改通知书-2026-0012.pdf", "法治督察反馈-2026-0012.pdf"),
        ("示法督〔2026〕12号.PDF", "示法督-2026-12号.pdf"),
        ("整改情况 报告表（示例局）.xlsx", "整改情况报告表-示例局.xlsx"),
        ("../../etc/passwd", "etc-passwd"),
        ("〔〕", "附件"),
    ],
)
def test_a_safe_name_keeps_the_number_and_the_extension(text: str, wanted: str) -> None:
    assert safe_attachment_name(text) == wanted


@pytest.mark.parametrize(
    "damage",
    [
        lambda m: m.replace(b"\r\n", b"\n"),
        lambda m: m.replace(b"Subject:", b"From: x@example.cn\r\nSubject:"),
        lambda m: m.replace(b"--=_mix_", b"--=_mox_"),
        lambda m: m.replace(b"Message-ID", b"X-Long: " + b"a" * 999 + b"\r\nMessage-ID"),
        lambda m: m.replace(b"To: ", b"To: \xe7"),
    ],
)
def test_the_reader_refuses_damaged_mail(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(InvalidInput):
        read_mime(damage(build_mime(LETTER)))
