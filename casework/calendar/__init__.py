"""Calendars of working days: a year's table proposed, put in force, and the dates that it moves."""
