"""The invariants: what must hold whatever happened, each looked up with a handful of queries over whole tables."""
