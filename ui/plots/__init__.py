"""Plots of values over time: the model knows no widget, the canvas knows no Thing."""
