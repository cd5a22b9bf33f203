"""The database: its tables, the connection, migrations, and what to say of what goes wrong."""
