"""What only the page Latent space draws."""
