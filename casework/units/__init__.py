"""Inspected units through time: changes, assignment of what they leave, their yearly filings."""
