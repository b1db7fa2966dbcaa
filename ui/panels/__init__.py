"""A panel per Thing, built from its description alone."""

from ui.panels.depth import Depth
from ui.panels.panels_area import PanelsArea
from ui.panels.thing_panel import ThingPanel

__all__ = ["Depth", "PanelsArea", "ThingPanel"]
