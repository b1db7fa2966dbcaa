"""The steps, in the order of their numbers. One that has been published is never changed."""
