"""One family a file, found by its name: a new file is a new family."""
