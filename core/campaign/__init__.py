"""What a campaign is: its plan file, kind, scope, milestones, recurrence."""
