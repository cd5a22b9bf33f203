"""What can be taken home of a page: as link, picture, table, notebook, or one page alone."""
