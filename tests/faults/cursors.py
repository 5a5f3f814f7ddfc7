"""The project's settings, with server-side cursors, as Django has them unless they are switched off."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES

DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = False
