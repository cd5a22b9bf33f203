"""What only the page Codes draws."""
