"""Reports, rankings, and the closed periods that they stand on."""
