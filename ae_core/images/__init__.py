"""One picture: decoded from its bytes, in the form of a model, and a drawn digit found in it."""
