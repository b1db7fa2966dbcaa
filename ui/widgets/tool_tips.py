"""Tool tips of text that comes from devices and people."""

from __future__ import annotations

import html


def plain_tool_tip(text: str) -> str:
    """Text as a tool tip that wraps, keeps its line breaks and is never taken for markup.

    A tool tip guesses its format from the text, so one that a device gave is escaped. No text
    gives no tool tip.
    """
    if not text:
        return ""
    return f"<qt><span style='white-space:pre-wrap'>{html.escape(text)}</span></qt>"
