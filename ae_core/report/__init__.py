"""The page that compares all checkpoints: `python -m ae_core report`."""
