"""What every page stands on: caches, the address, forms, notices. It draws no picture."""
