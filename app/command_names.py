"""The names of the subcommands, known without importing the command line."""

COMMANDS = frozenset(
    {
        "archive",
        "db",
        "doctor",
        "invoke",
        "read",
        "runs",
        "serve",
        "stop",
        "things",
        "watch",
        "write",
    }
)
"""Kept equal to the commands of `app.cli` by a test."""
