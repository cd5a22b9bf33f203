"""The database:

its connection, its schema. What is in its tables belongs to the rooms that declare them.
"""
