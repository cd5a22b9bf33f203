"""What runs in the browser, as Python mounts it: the live map, the drawing pad, the built files."""
