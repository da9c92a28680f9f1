"""The web server: one page, the live picture, a documented REST interface."""

from vedette.server.app import build_app
from vedette.server.desk import Desk
from vedette.server.listen import serve

__all__ = ["Desk", "build_app", "serve"]
