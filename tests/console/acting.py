"""Short ways for tests of pages: the word of a form, sending one, waiting for long work to end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response


def word_of(browser: TestClient, page: str) -> str:
    """Return the word that the forms of a page carry."""
    found = re.search(r'name="_csrf" value="([0-9a-f]{64})"', browser.get(page).text)
    assert found is not None, page
    return found[1]


def send(
    browser: TestClient, page: str, address: str, data: Mapping[str, Any] | None = None, files: Any = None
) -> Response:
    """Send a form of a page."""
    given = {"_csrf": word_of(browser, page), **(data or {})}
    own = {"origin": str(browser.base_url)}
    answer: Response = browser.post(address, data=given, files=files, headers=own)
    return answer


def outcome_of(browser: TestClient, answer: Response) -> Response:
    """Follow an act to its long work, wait until that has ended, and return its page."""
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert address.startswith("/jobs/")
    while not browser.get(f"{address}/state").json()["ended"]:
        pass  # the work is done by a thread of this process
    page: Response = browser.get(address)
    return page


def file_of(browser: TestClient, page: Response) -> bytes:
    """Return the file that long work made."""
    found = re.search(r'href="(/jobs/[^"]+/file)"', page.text)
    assert found is not None, page.text
    return browser.get(found[1]).content
