"""Rehearsals: a campaign played through in a transaction that is rolled back."""
