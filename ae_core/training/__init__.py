"""From what was asked for to a trained model: the loop, its optimisers, and the run around it."""
