"""Training in the background: a table of jobs, a worker, and one process a job."""
