"""Accounts of the console: opened and granted by administrators, signed in with, kept apart from business."""
