"""What a person can set on a page: declared once, in its address, on its widgets, as JSON."""
