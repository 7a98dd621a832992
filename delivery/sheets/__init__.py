"""Workbooks and tables, out and in: values to bytes, bytes to values; no database, no clock."""
