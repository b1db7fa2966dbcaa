"""Runs Things: bench, actions, server, command line; complete without a screen."""
