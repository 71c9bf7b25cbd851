"""Floor 2: one way to SQLite and PostgreSQL, through SQLAlchemy Core."""
