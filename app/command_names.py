"""The names of the subcommands, known without importing the command line."""

COMMANDS = frozenset({"serve"})
"""Kept equal to the commands of `app.cli` by a test."""
