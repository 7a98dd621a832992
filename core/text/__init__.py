"""Texts that come from outside: YAML with positions, confusable characters, secrecy marks."""
