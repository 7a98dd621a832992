"""What comes to the office from outside: two leads, and an advice of the discipline office, each to its end."""

from __future__ import annotations

from datetime import date

from casework.intake.incoming import NewIncoming, assign_incoming, close_incoming, register_incoming
from casework.intake.incomingreplies import answer_incoming, draft_incoming_reply
from casework.intake.leadends import draft_reply, reply_to_source
from casework.intake.leadpassing import Passing, record_answer, transfer_lead
from casework.intake.leads import NewLead, register_lead
from casework.intake.leadsteps import close_lead, conclude_check, decline_lead, start_check
from casework.linkage.linkageitems import NewItem
from casework.tasks import finish_task, list_tasks
from cli.demo import papers
from cli.demo.script import Step
from cli.demo.world import LINKAGE, OFFICERS, World
from core.codes import Line
from models.base import key_of

REGISTRAR, CHECKER = OFFICERS
DIRECTOR, DEPUTY = "L-DIRECTOR", "L-DEPUTY"
CALL = NewLead(
    source="hotline_12345",
    received_on=date(2026, 3, 3),
    title="反映综合执法窗口不出示执法证件",
    text="来电人反映，3月2日综合执法人员检查店铺时未出示执法证件，也未留下检查记录。",
    line=Line.PARTY,
    source_ref="示例12345〔2026〕0317",
    unit="D023",
    person="来电人（示例）",
    contact="000-0000000",
    real_name=True,
)
LETTER = NewLead(
    source="petition",
    received_on=date(2026, 3, 24),
    title="要求撤销一项民事判决",
    text="来信人不服一起民事案件的终审判决，要求督察机构撤销。",
    line=Line.PARTY,
    source_ref="示例信〔2026〕108号",
    unit="D026",
    person="来信人（示例）",
)
PASSING = Passing(
    topic="核查行政检查亮证和记录情况",
    demands=("核实3月上旬行政检查出示证件和制作记录的情况", "对同类检查开展自查", "书面报告核查和处理结果"),
    matter="有群众反映，近期行政检查存在未出示执法证件、未留检查记录的情况。",
)
ADVICE = NewIncoming(
    sender="discipline",
    kind="discipline_advice",
    title="关于规范涉企行政检查的纪检监察建议",
    text="近期办案发现部分单位涉企检查无计划、无备案，建议纳入法治督察重点。",
    received_on=date(2026, 4, 14),
    their_number="示例纪建〔2026〕2号",
    unit="D020",
    items=(NewItem("将涉企行政检查列入专项督察内容"), NewItem("摸清涉企行政检查备案制度执行情况")),
)
DONE = {
    "将涉企行政检查列入专项督察内容": "已列入六月专项督察方案",
    "摸清涉企行政检查备案制度执行情况": "已发函摸底，26个单位报送了情况",
}


class Intake:
    """The leads and the advice of the story."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.call = self.letter = self.advice = 0

    def steps(self) -> tuple[Step, ...]:
        """Return what happens on which day."""
        return (
            (date(2026, 3, 3), self._call_comes_in),
            (date(2026, 3, 4), self._pass_call_on),
            (date(2026, 3, 9), self._unit_has_answered),
            (date(2026, 3, 10), self._answer_caller),
            (date(2026, 3, 24), self._letter_comes_in),
            (date(2026, 3, 31), self._decline_letter),
            (date(2026, 4, 14), self._advice_arrives),
            (date(2026, 5, 6), self._answer_advice),
            (date(2026, 5, 8), self._hand_answer_over),
        )

    def _call_comes_in(self) -> None:
        with self.world.desk(by=REGISTRAR) as desk:
            self.call = key_of(register_lead(desk, CALL))
            start_check(desk, self.call, CHECKER)

    def _pass_call_on(self) -> None:
        with self.world.desk(by=CHECKER) as desk:
            opinion = "已调取检查台账，反映的情况基本属实，建议转办核查。"
            conclude_check(desk, self.call, opinion, dispute="none", substantiated=True)
        with self.world.desk(by=REGISTRAR) as desk:
            _lead, document = transfer_lead(desk, self.call, "D023", PASSING)
            number = key_of(document)
        papers.review(self.world, [number])

    def _unit_has_answered(self) -> None:
        """Take the unit's answer, and draft the reply that is signed tomorrow."""
        with self.world.desk(by=REGISTRAR) as desk:
            answer = (
                "经核查，2名执法人员未按规定出示执法证件，已批评教育并补学制度；自查检查记录31份，补正4份。"
            )
            record_answer(desk, self.call, answer, substantiated=True)
            document = draft_reply(
                desk,
                self.call,
                "来电人",
                handling="转综合行政执法局核查并报告结果",
                verified="您反映的检查中，2名执法人员未按规定出示执法证件，情况属实。",
                result="已责令改正，并对有关人员批评教育；同类检查记录已全面自查补正。",
            )
            number = key_of(document)
        papers.review(self.world, [number])

    def _answer_caller(self) -> None:
        with self.world.desk(by=REGISTRAR) as desk:
            reply_to_source(desk, self.call, "document", "书面答复已送达来电人")
            close_lead(desk, self.call, "已答复，来电人无异议")

    def _letter_comes_in(self) -> None:
        with self.world.desk(by=REGISTRAR) as desk:
            self.letter = key_of(register_lead(desk, LETTER))
            start_check(desk, self.letter, CHECKER)

    def _decline_letter(self) -> None:
        with self.world.desk(by=CHECKER) as desk:
            opinion = "所反映的是生效民事判决，不属于法治督察范围。"
            conclude_check(desk, self.letter, opinion, dispute="none", substantiated=False)
        with self.world.desk(by=DIRECTOR) as desk:
            decline_lead(desk, self.letter, "不服生效民事判决的，应当依法申请再审，督察机构不评价裁判。")
        with self.world.desk(by=CHECKER) as desk:
            reply_to_source(desk, self.letter, "telephone", "已电话告知不予处理的理由和申请再审的途径")
            close_lead(desk, self.letter)

    def _advice_arrives(self) -> None:
        with self.world.desk(by=LINKAGE) as desk:
            file = self.world.paper("纪检监察建议书")
            self.advice = key_of(register_incoming(desk, ADVICE, file=file))
            assign_incoming(desk, self.advice, LINKAGE)

    def _answer_advice(self) -> None:
        with self.world.desk(by=LINKAGE) as desk:
            for task in list_tasks(desk):
                if task.kind == "linkage_item" and task.subject_id == self.advice:
                    finish_task(desk, key_of(task), DONE[task.title.partition("：")[2]])
            document = draft_incoming_reply(
                desk,
                self.advice,
                handling="已采纳建议，并对涉企行政检查备案制度执行情况开展摸底。",
                next_steps="专项督察结束后，通报督察结果和整改情况。",
            )
            number = key_of(document)
        papers.review(self.world, [number], by=DEPUTY)

    def _hand_answer_over(self) -> None:
        with self.world.desk(by=LINKAGE) as desk:
            file = self.world.paper("复函签收回执")
            answer_incoming(desk, self.advice, channel="hand", note="复函由专人送达", file=file)
            close_incoming(desk, self.advice, "建议已采纳，复函已送达")
