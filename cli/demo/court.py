"""The litigation line of the story: four matters that show its four colours, three of them to their end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from casework.litigation.assessing import assess
from casework.litigation.clocks import set_given
from casework.litigation.ending import Outcome, conclude
from casework.litigation.files import find_matter
from casework.litigation.filing import close
from casework.litigation.lights import refresh
from casework.litigation.ones import Ones, hand_in, set_ones
from casework.litigation.recording import record_fact
from casework.litigation.registering import Entry, register
from cli.demo.script import Step
from cli.demo.world import OFFICERS, World
from core.life.matterlife import Fault, Instance, MatterKind, PaperKind, Plaintiff, Result

OFFICER = OFFICERS[0]
DEPUTY = "L-DEPUTY"
COURT = "示例县人民法院"
FINE = Entry(
    number="（2026）示0101行初12号",
    kind=MatterKind.LITIGATION,
    unit="D008",
    forum=COURT,
    cause="行政处罚",
    received_on=date(2026, 3, 2),
    instance=Instance.FIRST,
    plaintiff=Plaintiff.ENTERPRISE,
    handler="承办人（示例）",
)
REVIEW = Entry(
    number="示复〔2026〕8号",
    kind=MatterKind.REVIEW,
    unit="D016",
    forum="示例县人民政府",
    cause="行政许可",
    received_on=date(2026, 3, 16),
)
LICENCE = Entry(
    number="（2026）示0101行初27号",
    kind=MatterKind.LITIGATION,
    unit="D020",
    forum=COURT,
    cause="行政许可",
    received_on=date(2026, 4, 7),
    instance=Instance.FIRST,
    plaintiff=Plaintiff.ENTERPRISE,
)
LAND = Entry(
    number="（2026）示0101行初41号",
    kind=MatterKind.LITIGATION,
    unit="T003",
    forum=COURT,
    cause="征地补偿",
    received_on=date(2026, 6, 15),
    instance=Instance.FIRST,
    plaintiff=Plaintiff.GROUP,
)


class Court:
    """The matters of the story; every act in a transaction of its own."""

    def __init__(self, world: World) -> None:
        self.world = world

    def steps(self) -> tuple[Step, ...]:
        """Return what happens on which day."""
        return (*self._fine(), *self._review(), *self._licence(), *self._land())

    def _fine(self) -> tuple[Step, ...]:
        """A fine: yellow by its score, red for want of an attendee, black when it is lost, filed in the end."""
        number = FINE.number
        held = {
            "F2": "听证告知没有送达记录",
            "F3": "所引条款在作出处罚前已修改",
            "F5": "同类案件罚款幅度相差较大",
        }
        plan = Ones(
            "分管副局长",
            "县自然资源和规划局",
            ("法规股", "执法大队", "法律顾问"),
            "核对程序证据，依法与企业协商化解",
        )
        opinion = "判决认定事实清楚，建议不上诉。"
        return (
            (date(2026, 3, 2), lambda: self._register(FINE)),
            (date(2026, 3, 4), lambda: self._assess(number, held)),
            (date(2026, 3, 6), lambda: self._set_ones(number, plan)),
            (date(2026, 3, 11), lambda: self._fact(number, "defence_submitted", "提交答辩状和证据清单")),
            (date(2026, 3, 11), lambda: self._hearing(number, date(2026, 4, 2))),
            (date(2026, 3, 13), lambda: self._progress(number, "已提交答辩状，正在与企业沟通。")),
            (date(2026, 4, 1), lambda: self._fact(number, "attendee_named", "出庭应诉负责人确定函")),
            (date(2026, 4, 15), lambda: self._progress(number, "庭审已结束，主要负责人出庭应诉。")),
            (date(2026, 4, 20), lambda: self._conclude(number, Result.LOST, "撤销处罚决定，责令重新作出")),
            (date(2026, 4, 22), lambda: self._hand_in(number, PaperKind.LOSS_REPORT, "一审判决撤销处罚决定。")),
            (date(2026, 4, 24), lambda: self._hand_in(number, PaperKind.APPEAL_OPINION, opinion)),
            (date(2026, 4, 28), lambda: self._recap(number)),
            (date(2026, 4, 29), lambda: self._hand_in(
                number, PaperKind.RECTIFICATION_PLAN, "修订听证告知文书，处罚决定一律先经法制审核。")),
            (date(2026, 4, 30), lambda: self._set_ones(number, plan)),
            (date(2026, 5, 8), lambda: self._close(number, "未上诉，判决生效；整改方案已落实")),
        )  # fmt: skip

    def _review(self) -> tuple[Step, ...]:
        """A review that is answered in time and won: no light."""
        number = REVIEW.number
        return (
            (date(2026, 3, 16), lambda: self._register(REVIEW)),
            (date(2026, 3, 18), lambda: self._assess(number, {})),
            (date(2026, 3, 20), lambda: self._fact(number, "review_replied", "行政复议答复书")),
            (date(2026, 5, 15), lambda: self._conclude(number, Result.WON, "维持原行政行为")),
            (date(2026, 5, 22), lambda: self._close(number, "复议决定维持")),
        )

    def _licence(self) -> tuple[Step, ...]:
        """A refused licence: blue, and settled."""
        number = LICENCE.number
        held = {"F3": "所引规范性文件已失效", "F5": "对同类申请的处理不一致"}
        return (
            (date(2026, 4, 7), lambda: self._register(LICENCE)),
            (date(2026, 4, 9), lambda: self._assess(number, held)),
            (date(2026, 4, 14), lambda: self._fact(number, "defence_submitted", "提交答辩状和证据清单")),
            (date(2026, 5, 22), lambda: self._conclude(number, Result.SETTLED, "双方和解，法院准许撤诉")),
            (date(2026, 5, 27), lambda: self._close(number, "和解撤诉")),
        )

    def _land(self) -> tuple[Step, ...]:
        """A dispute over land that many people share: yellow, and still before the court when the story ends."""
        number = LAND.number
        held = {"F1": "补偿登记表缺签字页", "F2": "补偿安置公告少一次", "F8": "涉及32户"}
        plan = Ones(
            "镇长", "示例三镇人民政府", ("国土所", "司法所", "村委会"), "补正登记材料，逐户说明政策，依法协商"
        )
        return (
            (date(2026, 6, 15), lambda: self._register(LAND)),
            (date(2026, 6, 17), lambda: self._assess(number, held)),
            (date(2026, 6, 22), lambda: self._set_ones(number, plan)),
            (date(2026, 6, 24), lambda: self._fact(number, "defence_submitted", "提交答辩状和证据清单")),
            (date(2026, 6, 24), lambda: self._hearing(number, date(2026, 8, 26))),
            (date(2026, 6, 30), lambda: self._progress(number, "已走访19户，12户同意协商。")),
            (date(2026, 7, 15), lambda: self._progress(number, "登记材料已补正，21户达成初步意见。")),
            (date(2026, 7, 31), lambda: self._progress(number, "27户达成初步意见，其余继续沟通。")),
            (date(2026, 8, 3), lambda: self._fact(number, "attendee_named", "出庭应诉负责人确定函")),
        )

    def _register(self, entry: Entry) -> None:
        with self.world.desk(by=OFFICER) as desk:
            register(desk, entry)

    def _assess(self, number: str, reasons: Mapping[str, str]) -> None:
        with self.world.desk(by=OFFICER) as desk:
            assess(desk, find_matter(desk, number), reasons)

    def _set_ones(self, number: str, plan: Ones) -> None:
        with self.world.desk(by=OFFICER) as desk:
            set_ones(desk, find_matter(desk, number), plan)

    def _fact(self, number: str, code: str, paper: str) -> None:
        with self.world.desk(by=OFFICER) as desk:
            file = find_matter(desk, number)
            record_fact(desk, file, code, files=(self.world.paper(f"{paper}-{file.id}"),))

    def _hearing(self, number: str, on: date) -> None:
        with self.world.desk(by=OFFICER) as desk:
            file = find_matter(desk, number)
            set_given(desk, file, "hearing", on)
            refresh(desk, file)

    def _progress(self, number: str, content: str) -> None:
        self._hand_in(number, PaperKind.PROGRESS, content)

    def _hand_in(self, number: str, kind: PaperKind, content: str) -> None:
        with self.world.desk(by=OFFICER) as desk:
            hand_in(desk, find_matter(desk, number), kind, content)

    def _recap(self, number: str) -> None:
        with self.world.desk(by=OFFICER) as desk:
            content = "听证告知未留送达记录，条款引用未及时更新，法制审核流于形式。"
            hand_in(desk, find_matter(desk, number), PaperKind.RECAP, content, fault=Fault.SLIGHT)

    def _conclude(self, number: str, result: Result, summary: str) -> None:
        today = self.world.today
        with self.world.desk(by=OFFICER) as desk:
            file = find_matter(desk, number)
            paper = self.world.paper(f"裁判文书-{file.id}")
            conclude(desk, file, Outcome(result, today, summary=summary, files=(paper,)))

    def _close(self, number: str, note: str) -> None:
        with self.world.desk(by=DEPUTY) as desk:
            close(desk, find_matter(desk, number), note)
