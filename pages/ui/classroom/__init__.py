"""What only the page Classroom draws."""
