"""Archiving: packages, retention, hand-over, appraisal."""
