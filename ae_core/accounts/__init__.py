"""Who owns what, and the limits of what each person may use.

Cookies are read by the server and by `pages/ui/shared/owner.py`.
"""
