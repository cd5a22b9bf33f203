"""Decodes uploads into pictures: images, zips, NumPy files and CSV tables; and formats pictures.

Image sets, with labels and splits, are made in `image_sets`.
"""
