"""From what was asked for to a trained model: the loop, its objectives, and the run around it.

What an autoencoder's loss is lies in `models/`; what a classifier learns, in `classifiers/`.
"""
