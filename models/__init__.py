"""Memory: the tables, the engine and transactions; the constraints here carry the law."""
