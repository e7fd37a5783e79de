"""One job each, none inherits from another; the session puts them together."""
