"""Files are brought over HTTP, become blobs, and go into actions."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import resource
import socket
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.server.answers import Refused
from app.server.uploads import Incoming, Uploads
from tests_server_everything import everything  # type: ignore[import-not-found]

MIB = 1024 * 1024
