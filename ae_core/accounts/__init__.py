"""Who owns what, what it costs them, and what they may use.

No cookie is read here: the server does.
"""
