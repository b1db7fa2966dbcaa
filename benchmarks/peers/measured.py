"""What the peers have too: one data property and one with a getter."""

from things import Thing, property


class Measured(Thing):
    """One property of each form."""

    counter: int = property(default=7)

    @property
    def gain(self) -> float:
        """A value with a getter."""
        return 1.0
