"""How much the archive may take, and how much must stay free for everybody else."""

from __future__ import annotations

from dataclasses import dataclass

MB = 10**6
GB = 10**9


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of an archive.

    Attributes:
        upload_bytes: For one content.
        quota_bytes: For all contents that are kept; None for as much as there is.
        low_bytes: With less room than this on the disk nothing new is kept, and actions that
            would keep something are refused before they start.
        grace_s: How long a content stays that no file names any more, in seconds.
        draft_days: How long a record without content stays, in days.
        sweep_every_s: How often what is left over is looked for, in seconds.
    """

    upload_bytes: int = 16 * 2**30
    quota_bytes: int | None = None
    low_bytes: int = 256 * MB
    grace_s: float = 24 * 3600.0
    draft_days: float = 1.0
    sweep_every_s: float = 3600.0

    @property
    def beyond_low(self) -> str:
        """Why something may not come that would take the last room of the disk."""
        return f"less than {in_words(self.low_bytes)} would be left on the disk"

    @property
    def beyond_quota(self) -> str:
        """Why something may not come that would be too much for the archive."""
        return f"the archive may take {in_words(self.quota_bytes or 0)}"

    def low(self, taken_bytes: int, free_bytes: int) -> str:
        """Why nothing more should be begun that keeps files, in words; '' where it may."""
        if free_bytes < self.low_bytes:
            return (
                f"only {in_words(free_bytes)} are free on the disk; "
                f"{in_words(self.low_bytes)} are left to others"
            )
        if self.quota_bytes is not None and taken_bytes >= self.quota_bytes:
            return f"the archive has taken the {in_words(self.quota_bytes)} it may"
        return ""


def in_words(size: int) -> str:
    """A size as the window shows it, in decimal units: '256 MB', '59.7 GB'."""
    return f"{size / GB:.3g} GB" if size >= GB else f"{size // MB} MB"
