"""What the pages draw with: a folder a page, and what several share."""
