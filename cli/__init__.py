"""The `ducha` command: the hand that starts the others; no decisions."""
