"""Charts, figures and pictures that several pages draw."""
