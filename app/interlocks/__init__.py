"""Interlocks: conditions over property values that refuse an action or a write, and say why."""
