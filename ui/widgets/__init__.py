"""The widgets everything in the window is made of; each takes the `Theme` first."""

from ui.states import LOOKS, State, StateLook, state_of_invocation, state_of_thing
from ui.widgets.buttons import Chip, IconButton, Segment, SegmentedControl, TextButton
from ui.widgets.inputs import ComboBox, SearchBox
from ui.widgets.island import Island, IslandHeader, paint_island
from ui.widgets.labels import ElidedLabel, IconMark, PlainLabel, ReasonLabel, StateLabel
from ui.widgets.progress_line import ProgressLine, paint_progress
from ui.widgets.ring_slider import RingSlider
from ui.widgets.status_button import StatusButton
from ui.widgets.steady_button import SteadyButton
from ui.widgets.stop_all_button import StopAllButton
from ui.widgets.switch import Switch
from ui.widgets.tabs import TabButton
from ui.widgets.tick_box import TickBox
from ui.widgets.tool_tips import plain_tool_tip

__all__ = [
    "LOOKS",
    "Chip",
    "ComboBox",
    "ElidedLabel",
    "IconButton",
    "IconMark",
    "Island",
    "IslandHeader",
    "PlainLabel",
    "ProgressLine",
    "ReasonLabel",
    "RingSlider",
    "SearchBox",
    "Segment",
    "SegmentedControl",
    "State",
    "StateLabel",
    "StateLook",
    "StatusButton",
    "SteadyButton",
    "StopAllButton",
    "Switch",
    "TabButton",
    "TextButton",
    "TickBox",
    "paint_island",
    "paint_progress",
    "plain_tool_tip",
    "state_of_invocation",
    "state_of_thing",
]
