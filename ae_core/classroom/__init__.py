"""A class: who teaches it, who is in it, what all of them see, what they answer and bring."""
