"""What is done beside serving, from the start of the server to its end: each a context manager."""
