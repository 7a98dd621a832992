"""Who may use the console and what for: permissions as data, the rules of passwords and locks."""
