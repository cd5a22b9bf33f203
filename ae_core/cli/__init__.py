"""The command line, `python -m ae_core`: a function each; `train` and `classify` are declared."""
