"""Checking the office's own templates, without a database: names, numbers, periods, and a trial print of every kind."""
