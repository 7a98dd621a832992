"""What is done to a case: one verb a function that loads, asks core and writes; callers own the transaction."""
