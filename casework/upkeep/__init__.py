"""The doctor, backup and restore."""
