"""From bytes to pictures:

one image, archives, arrays, tables, and the form that pictures get. No labels split, no sets.
"""
