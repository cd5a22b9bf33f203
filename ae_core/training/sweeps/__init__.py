"""Sweeps: many models of one family, trained as one."""
