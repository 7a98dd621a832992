"""How a process that lives long treats what it has loaded: rules, modules and routes stay, so nobody looks for them."""

from __future__ import annotations

import gc

# What is loaded stays, and what work leaves behind is young: looking through everything, as the collector does by
# default every few seconds, holds up requests and sweeps for a fifth of a second and finds next to nothing.
SELDOM = (20_000, 5, 100)


def leave_loaded_alone() -> None:
    """Tell the collector that what is there now is there to stay."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
