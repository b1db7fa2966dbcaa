"""A driver that cannot be imported."""

from __future__ import annotations

raise RuntimeError("the licence of the vendor's library has run out")
