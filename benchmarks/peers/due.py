"""Due dates by workalendar and numpy: `due.py QUESTIONS.json`, with {starts, counts, off}; prints answers and seconds.

workalendar knows no year after 2023, and numpy's calendar knows holidays but no weekend day that is worked.
"""

import json
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from workalendar.asia import China  # type: ignore[import-not-found]  # installed for the peers only

LAST_YEAR = 2023


def main():
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    starts = [date.fromisoformat(day) for day in asked["starts"]]
    answers, seconds = {}, {}
    china = China()
    plain = np.busdaycalendar(holidays=asked["off"])
    for count in asked["counts"]:
        early = [day for day in starts if (date(LAST_YEAR, 12, 31) - day).days > 2 * count + 20]
        began = time.perf_counter()
        due = [china.add_working_days(day, count) for day in early]
        seconds[f"workalendar/{count}"] = (time.perf_counter() - began) / max(len(early), 1)
        answers[f"workalendar/{count}"] = {str(day): str(end) for day, end in zip(early, due, strict=True)}
        began = time.perf_counter()
        due = [np.busday_offset(day, count, roll="backward", busdaycal=plain) for day in starts]
        seconds[f"numpy/{count}"] = (time.perf_counter() - began) / len(starts)
        answers[f"numpy/{count}"] = {str(day): str(end) for day, end in zip(starts, due, strict=True)}
        many = np.array(starts, dtype="datetime64[D]")
        began = time.perf_counter()
        np.busday_offset(many, count, roll="backward", busdaycal=plain)
        seconds[f"numpy, all at once/{count}"] = (time.perf_counter() - began) / len(starts)
    versions = {name: version(name) for name in ("workalendar", "numpy")}
    print(json.dumps({"answers": answers, "seconds": seconds, **versions}))


if __name__ == "__main__":
    main()
