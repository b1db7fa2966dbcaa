"""What all tests share: how hypothesis searches."""

import os

from hypothesis import settings

# On a busy machine one slow example is no fault. In CI the same examples every time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")
