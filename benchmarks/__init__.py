"""Figures and their goals: each is a command, `python -m benchmarks.NAME`."""
