"""Lists for programs: one page at a time by a stable key, every row limited by what the actor sees."""
