"""The command line:

`python -m ae_core`. One command a function, `train` and `classify` from declarations.
"""
