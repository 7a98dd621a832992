"""What is done with documents, and with the letters of the compartment, which only their readers find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from fastapi.responses import Response
from pydantic import Field, JsonValue

from casework.desk import Desk
from casework.linkage.letterboard import letters_view
from casework.listings.keyset import cut
from casework.mail.mailacts import send_to_new_addresses
from casework.paperwork.answers import answer_item, record_reply
from casework.paperwork.documents import seal_document, void_document
from casework.paperwork.paperview import hidden_letter, visible_document
from casework.paperwork.replies import take_reply
from casework.paperwork.reviewing import approve_document, edit_document, return_document, send_to_review
from casework.paperwork.serving import serve_document
from casework.paperwork.viewing import sign_viewed
from console.api.areas.documents import DocumentShown, document, letter
from console.api.bodies import Deed, first_of, need_file, takes
from console.api.calls import Call, Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from core.access.permissions import Permission
from core.access.scopes import Area
from models.document import Document

router = Routes(Area.DOCUMENTS, Permission.DOCUMENT_VIEW)
letters = Routes(Area.REFERRALS, Permission.LINKAGE)
Find = Callable[[Desk, int], Document]
Channel = Literal["acknowledgement", "hand", "telephone", "post", "portal", "left"]


class Review(Deed):
    """送核，发文稿纸随之存档 / send a draft to review"""

    needs: ClassVar[Permission | None] = Permission.DOCUMENT_DRAFT
    act: Literal["review"]

    def do(self, desk: Desk, key: int) -> object:
        return send_to_review(desk, key)


class Approve(Deed):
    """核稿通过，或者合法性审核通过 / approve a draft in review"""

    act: Literal["approve"]
    step: Literal["reviewed", "legal"] = "reviewed"
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return approve_document(desk, key, self.step, self.note)


class Return(Deed):
    """退回修改 / give a draft in review back"""

    act: Literal["return"]
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return return_document(desk, key, self.note)


class Edit(Deed):
    """修改文稿；此前的审核意见作废 / change the words of a draft"""

    needs: ClassVar[Permission | None] = Permission.DOCUMENT_DRAFT
    act: Literal["edit"]
    values: dict[str, JsonValue]
    copies_to: list[str] | None = None

    def do(self, desk: Desk, key: int) -> object:
        return edit_document(desk, key, self.values, self.copies_to)


class Sign(Deed):
    """签发，可附签批件；须由本人在页面上查看并验证密码后办理 / sign; by the person at a browser"""

    personal: ClassVar[str] = "签发文书"
    needs: ClassVar[Permission | None] = Permission.DOCUMENT_SIGN
    act: Literal["sign"]


class Seal(Deed):
    """登记用印，附盖章后的 PDF / note the seal, with the sealed PDF"""

    needs: ClassVar[Permission | None] = Permission.DOCUMENT_SEAL
    act: Literal["seal"]

    def do(self, desk: Desk, key: int) -> object:
        return seal_document(desk, key, need_file(self.enclosed, "盖章后的 PDF"))


class Serve(Deed):
    """登记送达，可附回证 / record that it was served"""

    act: Literal["serve"]
    channel: Channel
    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return serve_document(
            desk, key, self.channel, self.on or desk.today, first_of(self.enclosed), self.note
        )


class Void(Deed):
    """作废，文号保留 / void it; its number stays"""

    needs: ClassVar[Permission | None] = Permission.DOCUMENT_SIGN
    act: Literal["void"]
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return void_document(desk, key, self.note)


class Reply(Deed):
    """登记单位的答复 / record what a unit answered"""

    act: Literal["reply"]
    outcome: Literal["received", "obeyed", "not_obeyed"] = "received"
    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return record_reply(
            desk, key, self.on or desk.today, self.outcome, first_of(self.enclosed), self.note
        )


class AnswerItem(Deed):
    """登记一条意见的落实情况 / record what became of one opinion"""

    act: Literal["answer"]
    item: int = Field(ge=1, le=1000)
    result: Literal["done", "partly", "not_done"]
    on: date | None = None
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return answer_item(desk, key, self.item, self.result, self.on or desk.today, self.note)


class Workbook(Deed):
    """导入单位报来的整改情况报告表；第一个文件为报告表，其余为佐证 / the answer workbook, then evidence"""

    act: Literal["workbook"]

    def do(self, desk: Desk, key: int) -> object:
        book = need_file(self.enclosed, "整改情况报告表")
        return take_reply(desk, key, book, self.enclosed[1:])


class MailAgain(Deed):
    """向后来登记的邮箱补发 / queue it to contacts whose address it was not sent to"""

    act: Literal["mail"]

    def do(self, desk: Desk, key: int) -> object:
        return send_to_new_addresses(desk, visible_document(desk, key))


DEEDS = takes(
    Review, Approve, Return, Edit, Sign, Seal, Serve, Void, Reply, AnswerItem, Workbook, MailAgain, files=10
)  # fmt: skip
LETTER_DEEDS = takes(
    Review, Approve, Return, Edit, Sign, Seal, Serve, Reply, AnswerItem, Workbook, files=10
)  # fmt: skip


def _done(call: Call, number: int, sent: Any, find: Find, show: Show) -> Response:
    """Do an act on a document that is found in its own way."""
    call.check(sent)

    def verb(desk: Desk) -> object:
        row = find(desk, number)
        if isinstance(sent, Sign):
            return sign_viewed(desk, call.account_id, [row], first_of(sent.enclosed))
        return sent.do(desk, number)

    return call.change(sent, verb, show)


@router.act("/documents/{number}/acts", DocumentShown)
def act_on_a_document(call: HasCall, number: Number, sent: Annotated[Any, DEEDS]) -> Response:
    """核稿、退回、修改、签发、用印、送达、作废、登记答复 / review, sign, seal, serve, void, note replies"""
    return _done(call, number, sent, visible_document, document(number))


class LetterLine(Shown):
    """A letter of the compartment in a list."""

    id: int
    name: str
    number: str
    unit: str
    state: str
    state_word: str
    drafted_on: date
    signed_on: date | None
    about: str


@letters.read("/letters", Listing[LetterLine])
def list_letters(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """本人可以知悉的限知文书；state 为 all 的含已办结 / letters of the compartment one may know of"""
    wanted = "all" if state == "all" else ""
    return call.page(
        LetterLine, lambda desk: cut(letters_view(desk, wanted), after, limit, lambda one: one.id)
    )


@letters.read("/letters/{number}", DocumentShown)
def read_letter(call: HasCall, number: Number) -> Response:
    """一份限知文书；查看留痕 / one letter of the compartment; the look is noted"""
    return call.look(letter(hidden_letter, number))


@letters.act("/letters/{number}/acts", DocumentShown)
def act_on_a_letter(call: HasCall, number: Number, sent: Annotated[Any, LETTER_DEEDS]) -> Response:
    """核稿、退回、签发、用印、送达、登记答复；随移送事项作废 / review, sign, seal, serve, note replies"""
    return _done(call, number, sent, hidden_letter, letter(hidden_letter, number))
