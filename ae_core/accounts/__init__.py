"""Who asks, who owns what, and the limits of what each person may use."""
