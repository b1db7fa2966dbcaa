"""The archive: files that are kept, found again, and know how they were made.

`records` and `errors` are what everybody may import; they need no database. `service` has the
`FileService`, `archive` what it stands on. Nothing is imported here: SQLAlchemy takes 0.16 s.
"""
