"""What a portrait consists of, pixel by pixel."""

from __future__ import annotations

CLASSES: tuple[str, ...] = (
    "background", "skin", "nose", "right brow", "left brow", "right eye", "left eye", "iris",
    "upper lip", "lower lip", "mouth", "teeth", "hair", "beard", "ears", "neck", "glasses", "hat",
    "clothes",
)  # fmt: skip
"""Names in the order of their numbers; right is the person's own.

*skin* is the face's, with its forehead and a bald head; *nose* its bridge, tip and wings; *eye*
what the lids leave of the white (and of all of a closed eye, nothing); *mouth* what shows between
the lips and is no tooth; *beard* also moustaches and stubble that hides the skin; *glasses*
frames, and lenses that one cannot see through; *hat* also headscarves, hoods and helmets;
*clothes* also jewellery; *background* all else, another person and a hand before the face among
it.
"""
