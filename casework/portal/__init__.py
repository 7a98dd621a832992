"""The portal: what an inspected unit reads and does, limited to its own and to what was told it."""
