"""How a database of an older program becomes one of today's, step by step; alembic runs them."""
