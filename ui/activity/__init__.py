"""What runs, waits and ended; and the application's log."""
