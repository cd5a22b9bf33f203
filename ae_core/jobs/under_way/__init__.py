"""A run while it trains: what people change of it, and who watches it."""
