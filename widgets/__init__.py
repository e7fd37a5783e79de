"""Views: they show the session's state and emit gestures."""
