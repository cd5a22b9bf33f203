"""The connection to the database.

Each table is declared by the module that owns it.
"""
