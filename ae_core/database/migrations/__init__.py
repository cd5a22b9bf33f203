"""Changes of the tables, one a file, in the order of their numbers; Alembic runs them."""
