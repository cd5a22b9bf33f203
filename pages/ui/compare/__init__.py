"""What only the page Compare draws."""
