"""What the fast parts cost, each measured beside the plain way of doing the same in the same run."""
