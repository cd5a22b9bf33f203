"""Reading uploads in a process of its own, which has limits and may die."""
