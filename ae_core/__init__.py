"""Autoencoders to look into: image sets, models, training, codes. Knows nothing of the web app."""
