"""The example county in the middle of its year: the demo's story, broken off on a morning when much is going on."""

from __future__ import annotations

from datetime import date

from pydantic import SecretStr
from sqlmodel import col, select

from cli.demo.clock import DemoClock
from cli.demo.post import open_sink
from cli.demo.story import FIRST_DAY, Story, prepare
from cli.demo.world import make_world
from delivery.sink import MailSink, Rule
from flows.edge import Edge
from flows.jobs import run_reminders, run_sweep, run_watch
from flows.sending import run_outbox
from models.organisation import Person
from tests.browser.desktop import Desktop
from tests.browser.town import Town

MORNING = date(2026, 4, 16)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "建国志强丽华晓燕文博海涛雪梅国庆思远秀英明辉佳宁立新玉兰承志春生静怡"  # of two characters each
# In the year of the example county: login -> whom the account speaks for, and how they are called.
HOLDERS = {
    "director": "L-DIRECTOR", "officer": "P053", "linkage": "P057", "verifier": "P060", "inspector": "P016",
    "liaison": "D002:liaison",
}  # fmt: skip
CALLED = {
    "director": "陈志远", "liaison": "周敏（县教育局）", "sysadmin": "何俊（系统管理员）",
    "secadmin": "梁静（安全管理员）", "auditor": "宋岩（审计管理员）",
}  # fmt: skip
BAD_DAY = (
    Rule(at="rcpt", to="*", reply="550 5.1.1 mailbox unavailable", last=1),
    Rule(at="settle", to="*", drop=True, keep=False, first=2, last=2),
)


def live_until(town: Town, morning: date = MORNING) -> None:
    """Live through the story up to a morning: the clock has done its work of that day, the people have not."""
    clock = DemoClock(FIRST_DAY)
    with open_sink(town.folder / "mails", clock) as sink:
        edge = _edge(town, clock, sink)
        prepare(edge)
        names = _give_names(edge)
        Story(make_world(edge, clock, town.folder), sink).walk(lambda _day, _headline: None, until=morning)
        clock.set(morning, "08:30")
        for job in (run_reminders, run_watch, run_sweep):
            job(edge)
    clock.set(morning, "08:40")
    with MailSink(clock=clock.now, behaviour=BAD_DAY) as sink:
        run_outbox(_edge(town, clock, sink))
    clock.set(morning, "08:50")
    Desktop(_edge(town, clock), town.folder).lay_out()
    town.advance(morning)
    town.people = HOLDERS
    town.names = {**{login: names.get(holder, login) for login, holder in HOLDERS.items()}, **CALLED}
    town.open_accounts()


def _edge(town: Town, clock: DemoClock, sink: MailSink | None = None) -> Edge:
    settings = town.settings
    if sink is not None:
        settings = settings.model_copy(update={"smtp_url": SecretStr(sink.url)})
    return Edge(town.engine, settings, clock)


def _given(number: int) -> str:
    place = number * 10 % len(GIVEN)
    return GIVEN[place : place + 2]


def _give_names(edge: Edge) -> dict[str, str]:
    """Call the numbered people of the example by invented names; return {code: name}."""
    with edge.desk() as desk:
        people = list(desk.session.exec(select(Person).order_by(col(Person.code))))
        for number, person in enumerate(people):
            person.name = SURNAMES[number % len(SURNAMES)] + _given(number)
            desk.session.add(person)
        return {person.code: person.name for person in people}
