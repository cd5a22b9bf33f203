"""A lesson beside the page: its panel, what of the page its step shows, its questions."""
