"""What only the page Models draws."""
