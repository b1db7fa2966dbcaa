"""The demo bench: instruments with no hardware, one a file, and the physics behind them."""
