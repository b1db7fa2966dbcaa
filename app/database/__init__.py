"""The bench's database: one file, or a PostgreSQL server; one writer, readers that cannot write.

Nothing is imported here: SQLAlchemy takes 0.16 s, and the window is drawn before it is needed.
"""

FILE_NAME = "labwright.db"
"""The file in a bench's folder of data, where it is not on a server."""
