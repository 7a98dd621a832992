"""Every life as a table of moves: states, acts, who may act; and the machines made of them."""
