"""The litigation line (行政争议): matters, their dates and lights, what follows from them, rates of lost cases."""
