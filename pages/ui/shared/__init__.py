"""What every page uses: caches, the address, forms, notices. Pictures are in `drawing`."""
