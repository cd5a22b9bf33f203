"""What only the page Image sets draws."""
