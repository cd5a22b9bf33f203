"""What the app withstands, measured: hostile input, many at once, faults of the machine."""
