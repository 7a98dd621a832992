"""Where a run works: in the checkout that its own interpreter imports."""

from __future__ import annotations

import os

from system.paths import ROOT


def enter_checkout() -> dict[str, str]:
    """Go to the checkout, so that `ducha.toml` and relative paths mean what they mean to the command.

    Prefect starts every run in an empty temporary folder. A path written into prefect.yaml would hold on one machine
    only, and without this step the folder of whoever deployed would be stored; the installed code knows where it is.
    """
    os.chdir(ROOT)
    return {"directory": str(ROOT)}
