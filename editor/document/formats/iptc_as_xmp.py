"""IPTC-IIM as XMP properties, for files that have no place for it.

Source: IPTC Photo Metadata Standard 2023.1, "IPTC Core", whose properties name their IIM datasets.
"""

from __future__ import annotations

from editor.document.formats import iptc, xmp

_SIMPLE = {
    10: (xmp.PHOTOSHOP, "photoshop:Urgency"),
    15: (xmp.PHOTOSHOP, "photoshop:Category"),
    40: (xmp.PHOTOSHOP, "photoshop:Instructions"),
    85: (xmp.PHOTOSHOP, "photoshop:AuthorsPosition"),
    90: (xmp.PHOTOSHOP, "photoshop:City"),
    92: (xmp.IPTC_CORE, "Iptc4xmpCore:Location"),
    95: (xmp.PHOTOSHOP, "photoshop:State"),
    100: (xmp.IPTC_CORE, "Iptc4xmpCore:CountryCode"),
    101: (xmp.PHOTOSHOP, "photoshop:Country"),
    103: (xmp.PHOTOSHOP, "photoshop:TransmissionReference"),
    105: (xmp.PHOTOSHOP, "photoshop:Headline"),
    110: (xmp.PHOTOSHOP, "photoshop:Credit"),
    115: (xmp.PHOTOSHOP, "photoshop:Source"),
    122: (xmp.PHOTOSHOP, "photoshop:CaptionWriter"),
}
_LANGUAGES = {5: "dc:title", 116: "dc:rights", 120: "dc:description"}
_DATE, _TIME = 55, 60


def properties(iim: bytes, packet: bytes | None) -> dict[tuple[str, str], xmp.Value]:
    """What an IPTC block tells that an XMP packet does not, as ``xmp.edited`` adds it."""
    told, known = iptc.texts(iim), xmp.names_in(packet)
    found: dict[tuple[str, str], xmp.Value] = {}
    for number, key in _SIMPLE.items():
        if number in told:
            found[key] = told[number][0]
    for number, name in _LANGUAGES.items():
        if number in told:
            found[xmp.DC, name] = xmp.Container("Alt", (told[number][0],))
    if 80 in told:
        found[xmp.DC, "dc:creator"] = xmp.Container("Seq", tuple(told[80]))
    if 25 in told:
        found[xmp.DC, "dc:subject"] = xmp.Container("Bag", tuple(told[25]))
    if 20 in told:
        name = "photoshop:SupplementalCategories"
        found[xmp.PHOTOSHOP, name] = xmp.Container("Bag", tuple(told[20]))
    if date := _date(told.get(_DATE, [""])[0], told.get(_TIME, [""])[0]):
        found[xmp.PHOTOSHOP, "photoshop:DateCreated"] = date
    return {
        (space, name): value
        for (space, name), value in found.items()
        if (space, name.split(":")[1]) not in known
    }


def _date(day: str, time: str) -> str:
    """Dates of IIM ("20260131", "142530+0100") as XMP has them; "" where they are none."""
    if len(day) != 8 or not day.isdecimal() or "00" in (day[4:6], day[6:]):
        return ""
    text = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(time) < 6 or not time[:6].isdecimal():
        return text
    text += f"T{time[:2]}:{time[2:4]}:{time[4:6]}"
    zone = time[6:]
    if len(zone) == 5 and zone[0] in "+-" and zone[1:].isdecimal():
        text += f"{zone[:3]}:{zone[3:]}"
    return text
