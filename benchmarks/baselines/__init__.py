"""What the benchmarks hold our figures against."""
