"""One script a page, from top to bottom. What it draws with lies in `ui`."""
