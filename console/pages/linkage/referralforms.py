"""The forms of screenings and transfers that are legal now for who asks."""

from __future__ import annotations

from casework.linkage.handover import CHANNELS
from casework.linkage.referralpage import ReferralPage
from console.actforms import ActForm, Field, only
from console.pages.intake.incomingforms import ITEMS_HINT, item_forms
from core.life.referrallife import GROUP_LABELS

PERSON_HINT = "一行一人，写编号，如 P053"


def referral_forms(page: ReferralPage) -> tuple[ActForm, ...]:
    """Return the forms of the acts on a screening or transfer."""
    every = (
        _screen(page), _study(page), _approve(), _decline(), _send_back(), _material(page), _block(),
        _unblock(), _send(), *_receipts(), _result(page), _split(page), _close(),
    )  # fmt: skip
    return (*item_forms(page.items), *only(every, page.acts))


def _screen(page: ReferralPage) -> ActForm:
    return ActForm("screen", "提出初核意见", (
        Field("opinion", "初核意见", "area", "涉嫌什么、依据什么、材料是否齐全"),
        Field("receiver", "建议的接收机关", "select", options=page.receivers, value="discipline"),
    ), "提出意见")  # fmt: skip


def _study(page: ReferralPage) -> ActForm:
    least = f"至少{page.needed_participants}人；" if page.needed_participants else ""
    return ActForm("study", "登记集体研究", (
        Field("note", "研究情况和结论", "area"),
        Field("participants", "参加人员", "area", f"{least}{PERSON_HINT}；会议纪要已写明的可不填", required=False),
        Field("file", "会议纪要", "file", "附扫描件；规则不要求的可不附", required=False),
    ), "登记")  # fmt: skip


def _approve() -> ActForm:
    return ActForm("approve", "批准移送", (
        Field("note", "批示", required=False),
    ), "批准移送", hint="由主要负责人决定；批准后起草移送函，经签发、用印后专人或机要送达。", grave=True)  # fmt: skip


def _decline() -> ActForm:
    return ActForm("decline", "决定不予移送", (
        Field("reason", "不予移送的理由", "area"),
    ), "不予移送", hint="不予移送是正常的结论，理由留存；尚未送出的移送函随之作废。", grave=True)  # fmt: skip


def _send_back() -> ActForm:
    return ActForm("send_back", "退回补充核查", (Field("reason", "缺什么、补什么", "area"),), "退回")


def _material(_page: ReferralPage) -> ActForm:
    return ActForm("material", "编制证据材料清单", (
        Field("name", "材料名称"),
        Field("copies", "份数", "number", value="1"),
        Field("pages", "每份页数", "number", "0 为手工清点", value="0"),
        Field("original", "原件", "flag", required=False),
        Field("file", "材料的电子件", "file", required=False),
        Field("anew", "清空后重新编制", "flag", required=False),
    ), "列入清单", hint="未签发的移送函随清单更新；签发后不能改动。")  # fmt: skip


def _block() -> ActForm:
    return ActForm("block", "登记暂缓移送", (Field("reason", "特殊原因", "area"),), "登记")


def _unblock() -> ActForm:
    return ActForm("unblock", "登记暂缓原因消除", (), hint="移送期限自今天重新计算。")


def _send() -> ActForm:
    return ActForm("send", "登记送出", (
        Field("channel", "方式", "radios", options=tuple(CHANNELS.items()), value="hand"),
        Field("handed_to", "对方收件人", required=False),
        Field("post_number", "机要编号", required=False),
        Field("file", "签收单", "file", required=False),
    ), "登记", hint="移送只能专人送达或走机要。")  # fmt: skip


def _receipts() -> tuple[ActForm, ...]:
    common = (
        Field("number", "对方编号", required=False),
        Field("note", "说明", "area", required=False),
        Field("file", "回执", "file", required=False),
    )
    return (
        ActForm("receipt", "登记对方接收", common, "登记"),
        ActForm(
            "return", "登记对方退回", common, "登记", hint="退回的，在期限内改送有权机关或者补充后再送。"
        ),
        ActForm("pass_on", "登记对方转送", (Field("passed_to", "转送的机关"), *common), "登记"),
    )


def _result(page: ReferralPage) -> ActForm:
    groups = tuple(
        Field(code, f"{word}人数（未写明种类的）", "number", required=False, value="0")
        for code, word in GROUP_LABELS.items()
    )
    kinds = tuple(
        Field(f"kind-{code}", f"{word}人数", "number", required=False, value="0")
        for code, word in page.sanction_kinds
    )
    return ActForm("result", "登记办理结果", (
        Field("note", "办理结果", "area", "只写人数和种类，不写姓名"),
        *kinds, *groups,
        Field("items", "建章立制建议", "area", ITEMS_HINT, required=False),
        Field("interim", "阶段性结果，暂不办结", "flag", required=False),
        Field("file", "反馈材料", "file", required=False),
    ), "登记")  # fmt: skip


def _split(page: ReferralPage) -> ActForm:
    instead = (Field("instead", "改送：由本件代替被退回的移送", "flag", required=False),)
    return ActForm("split", "分送其他机关", (
        Field("receiver", "接收机关", "select", options=page.receivers),
        Field("matter", "分送的部分", "area"),
        *(instead if page.row.state == "returned" else ()),
    ), "分送", hint="分出的部分自成一件，另行批准。")  # fmt: skip


def _close() -> ActForm:
    return ActForm("close", "办结移送", (Field("reason", "理由", "area"),), "办结")
