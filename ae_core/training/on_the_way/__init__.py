"""What becomes of a run while it goes on: its steps counted again, its time, what is changed."""
