"""Telling the operator, in the window and on the desktop, that something ended."""
