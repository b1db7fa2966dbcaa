"""The archive in the window: a gallery of what was kept, and how it was made."""
