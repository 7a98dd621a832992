"""What the office counts, subject by subject: each number with its definition, its SQL and the rows behind it."""
