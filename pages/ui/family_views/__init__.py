"""What each family has of its own to show, on Latent space and Reconstruct."""
