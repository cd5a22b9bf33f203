"""Measures models: metrics, denoising, classical filters, loss maps, out-of-distribution images."""
