"""The databases that scans are stored in: SQLite and PostgreSQL behind one protocol."""
