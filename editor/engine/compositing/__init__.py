"""From the crop to the photograph: one fold for canvas, export and command line."""
