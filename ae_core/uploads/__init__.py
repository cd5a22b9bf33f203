"""From the files that people bring to pictures: what is in them, how it is meant, and a survey."""
