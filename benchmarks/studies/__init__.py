"""What recipes were chosen by: rates, penalties, and how much a seed matters."""
