"""The rectification ledger as a workbook, out and in."""
