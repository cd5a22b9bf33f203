"""The code that a person moves, and the live map on which it moves."""
