"""Mail: the outbox, what each mail says, and reminders inside the office."""
