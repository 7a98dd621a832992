"""The commands, one file a subject; each opens a desk, calls a verb and prints its result."""
