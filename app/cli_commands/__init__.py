"""What can be asked of a bench from a terminal, one group of commands a file."""
