"""Working days, statutory periods, and the periods an office reports by."""
