"""Where this process runs: settings, clock, paths, logging."""
