"""Linkage with the discipline office: screening, transfer, letters, results, in its own compartment."""
