"""Who reaches the app over the network: from where, by which name and path, how fast."""
