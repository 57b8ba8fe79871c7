"""The icon as the systems want it: PNG pictures of the SVG, in the containers of Windows and macOS."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from building.folders import ROOT

_ICON = ROOT / "resources" / "icons" / "lepton.svg"
_ICNS = {"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}
"""The types of PNG pictures in an .icns file and their sizes: https://en.wikipedia.org/wiki/Apple_Icon_Image_format"""


def png(size: int) -> bytes:
    """The icon, `size` pixels wide and high, drawn by Qt, which needs no application for that."""
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(_ICON)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """An .ico file of PNG pictures by size: a header, an entry of 16 bytes for each, the pictures."""
    entries, packed, offset = b"", b"", 6 + 16 * len(pictures)
    for size, picture in sorted(pictures.items()):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        packed += picture
        offset += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + packed


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """An .icns file of PNG pictures by size: blocks of a type, their length with this head of 8 bytes, the picture."""
    blocks = b"".join(
        kind.encode() + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for kind, size in _ICNS.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(blocks)) + blocks


def windows_icon() -> bytes:
    """The icon for Windows."""
    return ico({size: png(size) for size in (16, 32, 48, 256)})


def macos_icon() -> bytes:
    """The icon for macOS."""
    return icns({size: png(size) for size in _ICNS.values()})
