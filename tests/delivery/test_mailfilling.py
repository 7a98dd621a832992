"""Words put into the text of a mail when it goes out; the rest of the mail stays as it was stored."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from delivery.addresses import Address
from delivery.mail import Attachment, Letter, build_mime
from delivery.mailfilling import fill_text, text_of

PLACE = "〔口令〕"


def letter(*attachments: Attachment) -> bytes:
    """Write a mail whose text holds the placeholder twice."""
    return build_mime(
        Letter(
            message_id="<1@x.example>",
            sender=Address("办公室", "a@x.example"),
            recipient=Address("联络员", "b@x.example"),
            subject="通知",
            text=f"链接：\nhttps://x.example/n/{PLACE}\n" + "长文" * 60 + f"\n{PLACE}\n",
            date=datetime(2026, 3, 2, tzinfo=UTC),
            attachments=attachments,
            reply_to=Address("办公室", "a@x.example"),
        )
    )


@pytest.mark.parametrize(
    "attachments", [(), (Attachment("a.pdf", "application/pdf", PLACE.encode() + b"--\r\n--"),)]
)
def test_only_the_text_changes_and_the_mail_stays_whole(attachments: tuple[Attachment, ...]) -> None:
    stored = letter(*attachments)
    sent = fill_text(stored, {PLACE: "A-b_9" * 8})

    assert text_of(sent) == text_of(stored).replace(PLACE, "A-b_9" * 8)
    assert fill_text(stored, {PLACE: PLACE}) == stored
    assert fill_text(stored, {"不在其中": "x"}) == stored
    before, after = (message_from_bytes(mime, policy=policy.default) for mime in (stored, sent))
    assert before.items() == after.items()
    for one, other in zip(before.iter_attachments(), after.iter_attachments(), strict=True):
        assert one.get_content() == other.get_content()
    assert max(len(line) for line in sent.split(b"\r\n")) <= 78
    assert b"\n" not in sent.replace(b"\r\n", b"")
