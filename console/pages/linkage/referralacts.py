"""What the forms of screenings and transfers do: each calls one verb and says in a sentence what was done."""

from __future__ import annotations

from casework.desk import Desk
from casework.linkage import referrals
from casework.linkage.clues import find_referral
from casework.linkage.letters import Material, list_materials
from casework.linkage.referrals import Outcome
from casework.linkage.splitting import split
from console.actforms import Acts, code_of, lines_of
from console.forms import Form
from console.pages.intake.incomingforms import do_item, items_in
from core.life.referrallife import GROUP_LABELS

KIND = "kind-"


def _screen(desk: Desk, number: int, form: Form) -> str:
    referrals.screen(desk, number, receiver=form.text("receiver"), opinion=form.text("opinion"))
    return "已提出初核意见"


def _study(desk: Desk, number: int, form: Form) -> str:
    people = [code_of(line) for line in lines_of(form.text("participants"))]
    row = referrals.study(desk, number, note=form.text("note"), participants=people, file=form.file("file"))
    return f"已登记集体研究，{row.transfer_by_on}前作出决定并送出"


def _approve(desk: Desk, number: int, form: Form) -> str:
    referrals.approve(desk, number, note=form.text("note"))
    return "已批准移送，移送函已起草，请审核签发"


def _decline(desk: Desk, number: int, form: Form) -> str:
    referrals.decline(desk, number, reason=form.text("reason"))
    return "已决定不予移送"


def _send_back(desk: Desk, number: int, form: Form) -> str:
    referrals.send_back(desk, number, reason=form.text("reason"))
    return "已退回补充核查"


def _material(desk: Desk, number: int, form: Form) -> str:
    file = form.file("file")
    material = Material(
        form.text("name"),
        form.number("copies", "份数") or 0,
        form.number("pages", "每份页数") or 0,
        form.flag("original"),
    )
    found = list_materials(desk, number, [material], [file] if file else [], anew=form.flag("anew"))
    return f"已列入清单，共{len(found)}项"


def _block(desk: Desk, number: int, form: Form) -> str:
    referrals.block(desk, number, reason=form.text("reason"))
    return "已登记暂缓移送"


def _unblock(desk: Desk, number: int, _form: Form) -> str:
    row = referrals.unblock(desk, number)
    return f"已登记原因消除，{row.transfer_by_on}前移送"


def _send(desk: Desk, number: int, form: Form) -> str:
    referrals.send(
        desk,
        number,
        channel=form.text("channel"),
        handed_to=form.text("handed_to"),
        post_number=form.text("post_number"),
        file=form.file("file"),
    )
    return "已登记送出"


def _receipt(desk: Desk, number: int, form: Form) -> str:
    _answered(desk, number, form, "received")
    return "已登记接收"


def _return(desk: Desk, number: int, form: Form) -> str:
    _answered(desk, number, form, "returned")
    return "已登记退回"


def _pass_on(desk: Desk, number: int, form: Form) -> str:
    _answered(desk, number, form, "passed_on")
    return "已登记转送"


def _answered(desk: Desk, number: int, form: Form, verdict: str) -> None:
    referrals.receipt(
        desk,
        number,
        verdict=verdict,
        number=form.text("number"),
        note=form.text("note"),
        passed_to=form.text("passed_to"),
        file=form.file("file"),
    )


def _result(desk: Desk, number: int, form: Form) -> str:
    kinds = {
        name.removeprefix(KIND): form.number(name, "人数") or 0
        for name in form.values
        if name.startswith(KIND)
    }
    groups = {code: form.number(code, word) or 0 for code, word in GROUP_LABELS.items()}
    outcome = Outcome(**groups, kinds={kind: people for kind, people in kinds.items() if people})
    referrals.result(
        desk,
        number,
        note=form.needed("note", "办理结果"),
        outcome=outcome,
        advice=items_in(form),
        interim=form.flag("interim"),
        file=form.file("file"),
    )
    return "已登记阶段性结果" if form.flag("interim") else "已登记办理结果，办结"


def _split(desk: Desk, number: int, form: Form) -> str:
    row = split(
        desk,
        number,
        receiver=form.text("receiver"),
        matter=form.text("matter"),
        instead=form.flag("instead"),
    )
    return f"已分送，另作第{row.part}件"


def _close(desk: Desk, number: int, form: Form) -> str:
    referrals.close(desk, number, reason=form.text("reason"))
    return "已办结"


def _item(desk: Desk, number: int, form: Form) -> str:
    find_referral(desk, number)
    return do_item(desk, "referral", number, form)


REFERRAL_ACTS = Acts(
    {
        "screen": _screen, "study": _study, "approve": _approve, "decline": _decline, "send_back": _send_back,
        "material": _material, "block": _block, "unblock": _unblock, "send": _send, "receipt": _receipt,
        "return": _return, "pass_on": _pass_on, "result": _result, "split": _split, "close": _close,
        "item": _item,
    },
    grave=frozenset({"approve", "decline"}),
)  # fmt: skip
