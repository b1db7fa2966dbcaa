"""Whether a computer has what the program needs: for `labwright doctor`."""
