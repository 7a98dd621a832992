"""Due dates and lights: the sweep, the ladder of a case, and why each is as it is."""
