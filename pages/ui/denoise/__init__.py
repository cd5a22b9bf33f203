"""What only the page Denoise draws."""
