"""View-models: what the window shows, testable with no widget."""
