"""A run while it trains: what is told and kept of it, what people change of it, who watches it."""
