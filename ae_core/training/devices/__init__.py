"""What is different on a GPU: steps that Python does not wait for, and runs that share one."""
