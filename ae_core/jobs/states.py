"""What a job can be, and what can be requested of it."""

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
FINISHED, FAILED = "finished", "failed"
DISCARDED = "discarded"

NONE, PAUSE, STOP = "", "pause", "stop"
DISCARD = "discard"
