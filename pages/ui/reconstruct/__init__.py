"""What only the page Reconstruct draws."""
