"""Named places at which a test may stop this process, as a power cut or the kernel would.

In service nothing is armed and a call costs a comparison. `tests/proof` reads all names from the source, so that a new
place cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable

_armed: Callable[[str], None] | None = None


def reach(name: str) -> None:
    """Tell whoever has armed the failpoints that this place is reached; what they do there is up to them.

    name   written out at the call: `<verb>.<what has just happened or is about to>`, once in the whole source
    """
    if _armed is not None:
        _armed(name)


def arm(act: Callable[[str], None] | None) -> None:
    """Let something happen at every failpoint of this process; None disarms them."""
    global _armed  # noqa: PLW0603  # one switch a process is the point
    _armed = act
