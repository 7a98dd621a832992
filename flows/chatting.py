"""Notices to chat groups under Prefect."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report
from flows.retries import patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("工作群提示")
def tell(today: date | None, office: str, _shard: int) -> Report:
    """Tell what waits; what was told is remembered, so that a second run repeats nothing."""
    return do_duty("chat", today, office)


@flow(name="chat")
async def chat(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Tell the chat groups of the staff what waits, in counts only.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("chat", tell, today, office, shard)
