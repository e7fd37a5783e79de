"""Settings that must be in place before Qt loads."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
