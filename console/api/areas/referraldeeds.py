"""What is done with screenings and transfers; whether to refer is decided by the person themself, at a browser."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from casework.desk import Desk
from casework.linkage import referrals
from casework.linkage.clues import find_referral
from casework.linkage.letters import Material, list_materials
from casework.linkage.splitting import split
from console.api.areas.linkageparts import Finish, Point, points
from console.api.bodies import Deed, first_of, takes

DECIDING = "决定是否移送"


class OnReferral(Deed):
    """An act on a referral that the caller may know of."""

    def see(self, desk: Desk, key: int) -> None:
        find_referral(desk, key)


class Reasoned(OnReferral):
    """An act with a reason."""

    note: str


class Screen(OnReferral):
    """提出初核意见 / give the opinion of the screening"""

    act: Literal["screen"]
    receiver: str
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return referrals.screen(desk, key, receiver=self.receiver, opinion=self.note)


class Study(OnReferral):
    """登记集体研究，可附纪要 / record the collective study"""

    act: Literal["study"]
    note: str = ""
    participants: list[str] = Field(default_factory=list, max_length=50)

    def do(self, desk: Desk, key: int) -> object:
        said = self.note or (f"见{self.enclosed[0].name}" if self.enclosed else "")
        return referrals.study(
            desk, key, note=said, participants=self.participants, file=first_of(self.enclosed)
        )


class Approve(OnReferral):
    """批准移送；须由本人在页面上验证密码后办理 / approve; by the person at a browser"""

    personal: ClassVar[str] = DECIDING
    act: Literal["approve"]
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return referrals.approve(desk, key, note=self.note)


class Decline(Reasoned):
    """不予移送；须由本人在页面上验证密码后办理 / decline; by the person at a browser"""

    personal: ClassVar[str] = DECIDING
    act: Literal["decline"]

    def do(self, desk: Desk, key: int) -> object:
        return referrals.decline(desk, key, reason=self.note)


class SendBack(Reasoned):
    """退回补充核查 / send it back for more"""

    act: Literal["send_back"]

    def do(self, desk: Desk, key: int) -> object:
        return referrals.send_back(desk, key, reason=self.note)


class ListMaterial(OnReferral):
    """列入移送材料清单，可附文件；anew 为重列清单 / put something on the list of what is handed over"""

    act: Literal["material"]
    name: str
    copies: int = Field(1, ge=0, le=1000)
    pages: int = Field(0, ge=0, le=100_000)
    original: bool = False
    anew: bool = False

    def do(self, desk: Desk, key: int) -> object:
        material = Material(self.name, self.copies, self.pages, self.original)
        return list_materials(desk, key, [material], self.enclosed[:1], anew=self.anew)


class Block(Reasoned):
    """暂缓移送 / hold it back"""

    act: Literal["block"]

    def do(self, desk: Desk, key: int) -> object:
        return referrals.block(desk, key, reason=self.note)


class Unblock(OnReferral):
    """原因消除，继续移送 / go on"""

    act: Literal["unblock"]

    def do(self, desk: Desk, key: int) -> object:
        return referrals.unblock(desk, key)


class Send(OnReferral):
    """登记送出，可附签收单 / record that it was handed over"""

    act: Literal["send"]
    channel: Literal["hand", "confidential_post"] = "hand"
    handed_to: str = ""
    post_number: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return referrals.send(
            desk, key, channel=self.channel, handed_to=self.handed_to, post_number=self.post_number,
            file=first_of(self.enclosed),
        )  # fmt: skip


class Receipt(OnReferral):
    """登记接收、退回或转送，可附回执 / record that it was received, returned or passed on"""

    act: Literal["receipt"]
    verdict: Literal["received", "returned", "passed_on"] = "received"
    number: str = ""
    note: str = ""
    passed_to: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return referrals.receipt(
            desk, key, verdict=self.verdict, number=self.number, note=self.note, passed_to=self.passed_to,
            file=first_of(self.enclosed),
        )  # fmt: skip


class Result(OnReferral):
    """登记办理结果；interim 为阶段性结果 / what came of it; `interim` while it goes on"""

    act: Literal["result"]
    note: str
    organisational: int = Field(0, ge=0, le=100_000)
    disciplinary: int = Field(0, ge=0, le=100_000)
    criminal: int = Field(0, ge=0, le=100_000)
    educational: int = Field(0, ge=0, le=100_000)
    kinds: dict[str, Annotated[int, Field(ge=0, le=100_000)]] = Field(default_factory=dict)
    advice: list[Point] = Field(default_factory=list, max_length=100)
    interim: bool = False

    def do(self, desk: Desk, key: int) -> object:
        outcome = referrals.Outcome(
            self.organisational, self.disciplinary, self.criminal, self.educational, self.kinds
        )
        return referrals.result(
            desk, key, note=self.note, outcome=outcome, advice=points(self.advice), interim=self.interim,
            file=first_of(self.enclosed),
        )  # fmt: skip


class Split(OnReferral):
    """分送另一机关；instead 为改送 / send a part to another body, or it all there instead"""

    act: Literal["split"]
    receiver: str
    matter: str
    instead: bool = False

    def do(self, desk: Desk, key: int) -> object:
        return split(desk, key, receiver=self.receiver, matter=self.matter, instead=self.instead)


class Close(Reasoned):
    """办结 / close it"""

    act: Literal["close"]

    def do(self, desk: Desk, key: int) -> object:
        return referrals.close(desk, key, reason=self.note)


class FinishItem(Finish):
    """登记一项建议的落实 / end one point of advice with what was done"""

    subject: ClassVar[str] = "referral"

    def see(self, desk: Desk, key: int) -> None:
        find_referral(desk, key)


DEEDS = takes(
    Screen, Study, Approve, Decline, SendBack, ListMaterial, Block, Unblock, Send, Receipt, Result, Split, Close,
    FinishItem, files=1,
)  # fmt: skip
