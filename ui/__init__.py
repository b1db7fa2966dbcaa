"""The window: the only place with Qt; shows what `app` runs."""
