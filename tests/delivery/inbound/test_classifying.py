"""What comes in is taken for what it is; in doubt for nothing, and never is a robot taken for a person."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.inbound import BOUNCES, InboundKind
from delivery.inbound.classifying import classify, own_words
from delivery.inbound.decoding import clean_text, decode_bytes, decode_header, parameter, plain_of_html
from delivery.inbound.reading import MAX_TEXT, headers_of, read_letter
from delivery.inbound.returns import read_otherwise
from tests.delivery.inbound.corpus import PEOPLE, samples
from tests.delivery.inbound.mailmaking import ID, OFFICE, UNIT, Sample, block, mail, report

OURS = frozenset({OFFICE})
CORPUS = samples()


def kind_of(mime: bytes) -> InboundKind:
    return classify(read_letter(mime), mime, OURS).kind


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_every_mail_of_the_corpus_is_taken_for_what_it_is(sample: Sample) -> None:
    verdict = classify(read_letter(sample.mime), sample.mime, OURS)

    assert verdict.kind is sample.kind, verdict.why
    assert not sample.status or verdict.status == sample.status
    if sample.named:
        assert ID in verdict.ids
    if sample.kind in BOUNCES:
        assert UNIT in verdict.recipients


def test_the_corpus_is_large_and_has_every_kind_but_the_size() -> None:
    kinds = Counter(sample.kind for sample in CORPUS)
    assert len(CORPUS) >= 60
    assert set(kinds) == set(InboundKind) - {InboundKind.TOO_LARGE}
    assert len({sample.name for sample in CORPUS}) == len(CORPUS)


def test_nothing_but_a_person_is_taken_for_a_person() -> None:
    taken = {sample.name for sample in CORPUS if kind_of(sample.mime) is InboundKind.HUMAN}
    assert taken == {sample.name for sample in PEOPLE}


@pytest.mark.parametrize("charset", ["UTF-8", "GBK", "GB2312", "gb18030"])
@pytest.mark.parametrize(
    "subject", ["自动回复：通知", "假期自动回复", "Automatic reply: x", "答复：自动答复：y", "[自动回复]收到"]
)
def test_a_robot_without_headers_is_known_in_every_charset(charset: str, subject: str) -> None:
    assert kind_of(mail(sender=UNIT, subject=subject, body="好", charset=charset)) is InboundKind.AUTO_REPLY
    raw = mail(sender=UNIT, raw_subject=subject.encode("gb18030"), body="好", charset=charset)
    assert kind_of(raw) is InboundKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("status", "diagnosis", "kind"),
    [
        ("5.1.1", "unknown", InboundKind.HARD_BOUNCE),
        ("5.2.1", "disabled", InboundKind.HARD_BOUNCE),
        ("5.2.2", "", InboundKind.SOFT_BOUNCE),
        ("4.2.2", "", InboundKind.SOFT_BOUNCE),
        ("4.7.1", "greylisted", InboundKind.SOFT_BOUNCE),
        ("5.7.1", "对方邮箱容量已满", InboundKind.SOFT_BOUNCE),
        ("5.6.0", "content denied", InboundKind.HARD_BOUNCE),
    ],
)
def test_a_report_is_hard_or_soft_by_its_code_and_a_full_mailbox_by_its_words(
    status: str, diagnosis: str, kind: InboundKind
) -> None:
    assert kind_of(report(block("failed", status, diagnosis))) is kind


def test_a_report_that_answers_itself_is_still_a_report_and_no_automatic_answer() -> None:
    """Servers mark their reports as automatic; RFC 3834 asks them to."""
    assert (
        kind_of(report(block("failed", "5.1.1"), more="Auto-Submitted: auto-replied\r\n"))
        is InboundKind.HARD_BOUNCE
    )


def test_what_others_know_of_odd_servers_is_asked_when_we_know_nothing() -> None:
    mime = (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@odd.example\nTo: {OFFICE}\nSubject: Notice\n\n"
        f"Your mail to Somebody, {UNIT}, was given up.\n"
    ).encode()
    told = read_otherwise(mime)
    assert told is not None
    assert told.recipients == (UNIT,)
    assert kind_of(mime) is InboundKind.HARD_BOUNCE


def test_detectors_of_others_that_fail_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_message: object) -> object:
        raise ValueError("odd")

    monkeypatch.setattr("flufl.bounce.all_failures", fail)
    assert read_otherwise(b"From: a@b.example\n\nx") is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_bytes_raise(mime: bytes) -> None:
    letter = read_letter(mime)
    assert isinstance(classify(letter, mime, OURS).kind, InboundKind)
    assert len(letter.text) <= MAX_TEXT


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([sample.mime for sample in CORPUS if len(sample.mime) < 10_000]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12)), max_size=8),
)
def test_no_damaged_mail_raises_and_a_damaged_robot_is_no_person(
    mime: bytes, damages: list[tuple[float, bytes]]
) -> None:
    for place, junk in damages:
        cut = int(place * len(mime))
        mime = mime[:cut] + junk + mime[cut + len(junk) :]
    letter = read_letter(mime)
    verdict = classify(letter, mime, OURS)
    assert isinstance(verdict.kind, InboundKind)
    for text in (letter.text, letter.subject, verdict.diagnosis):
        text.encode("utf-8")  # nothing that a database cannot store
        assert "\0" not in text


HEADER_NAMES = st.sampled_from(
    ["From", "Subject", "Content-Type", "Content-Disposition", "Date", "Message-ID", "References", "Precedence",
     "Auto-Submitted", "Content-Transfer-Encoding", "Return-Path", "MIME-Version"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(HEADER_NAMES, st.binary(max_size=60)), max_size=12), st.binary(max_size=300))
def test_no_headers_raise(headers: list[tuple[str, bytes]], body: bytes) -> None:
    mime = (
        b"".join(name.encode() + b": " + value.replace(b"\n", b" ") + b"\n" for name, value in headers)
        + b"\n"
        + body
    )
    letter = read_letter(mime)
    assert isinstance(classify(letter, mime, OURS).kind, InboundKind)
    assert letter.sent_at is None or letter.sent_at.tzinfo is UTC
    assert all(one.startswith("<") for one in letter.references)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["utf-8", "gb18030", "big5", "no-such", "", "\0", "x" * 99]))
def test_no_text_of_a_header_or_a_page_raises(text: str, charset: str) -> None:
    coded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    assert isinstance(decode_header(f"=?{charset}?B?{coded}?= {text}"), str)
    assert isinstance(decode_bytes(text.encode("utf-8", "surrogatepass"), charset), str)
    assert isinstance(plain_of_html(text), str)
    assert isinstance(parameter(f"x; name={text}; name*0*={charset}'' {text}", "name"), str)
    assert len(clean_text(text, 10)) <= 10


# ---- reading ----------------------------------------------------------------------------------------------------


def test_a_character_that_a_sender_cut_in_two_between_words_is_whole_again() -> None:
    raw = "整改报告".encode("gb18030")
    words = [f"=?GB2312?B?{base64.b64encode(part).decode()}?=" for part in (raw[:3], raw[3:])]
    assert decode_header(" ".join(words)) == "整改报告"
    assert decode_header("\r\n ".join(words)) == "整改报告"


def test_a_header_shows_nothing_that_reads_otherwise_than_it_is() -> None:
    assert decode_header("a\u202eb\0c\r\n d\u2066e") == "abc de"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ('attachment; filename="a.pdf"', "a.pdf"),
        ("attachment; filename*=UTF-8''%E6%95%B4%E6%94%B9.pdf", "整改.pdf"),
        ("attachment; filename*0*=UTF-8''%E6%95%B4; filename*1*=%E6%94%B9; filename*2=.pdf", "整改.pdf"),
        ('attachment; filename="=?GBK?B?1fu4xA==?=.pdf"', "整改.pdf"),
        ("attachment; filename*=GBK''%D5%FB%B8%C4.pdf", "整改.pdf"),
        ("attachment", ""),
    ],
)
def test_a_file_name_is_read_in_every_way_in_which_it_is_written(raw: str, name: str) -> None:
    assert parameter(raw, "filename") == name


def test_files_come_with_their_names_and_bytes() -> None:
    (sample,) = [one for one in CORPUS if one.name == "with_files"]
    letter = read_letter(sample.mime)
    assert [(file.name, file.content) for file in letter.files] == [
        ("整改报告.pdf", b"%PDF-1.7 report"),
        ("说明.exe", b"MZ\x90\x00\x03\x00\x00\x00"),
    ]
    assert letter.sender == ("李四", UNIT)
    assert letter.text.startswith("报告见附件")


def test_a_page_is_read_without_its_scripts_and_styles() -> None:
    page = "<html><head><title>t</title><style>p{}</style></head><body><p>甲</p><script>x<b</script>乙&lt;丙<br>丁"
    assert plain_of_html(page).split() == ["甲", "乙<丙", "丁"]


def test_the_words_of_a_person_end_where_the_quotation_begins() -> None:
    assert own_words("收到。\n\n-------- 原始邮件 --------\n自动发送") == "收到。"
    assert own_words("收到。\n> 原文") == "收到。"


def test_the_instant_of_a_mail_is_told_in_utc_and_odd_dates_are_none() -> None:
    assert headers_of(b"Date: Wed, 27 May 2026 10:00:00 +0800\n\n").sent_at == datetime(
        2026, 5, 27, 2, tzinfo=UTC
    )
    for odd in (b"Date: yesterday\n\n", b"Date: Wed, 27 May 99999 10:00:00\n\n", b"\n\n"):
        assert headers_of(odd).sent_at is None
