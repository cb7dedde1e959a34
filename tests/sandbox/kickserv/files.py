"""The bytes of attachments and signatures, made from their records, and the ways to spoil them."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Any

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = bytes.fromhex("ffd8ffe000104a46494600010101004800480000")
JPEG_END = bytes.fromhex(
    "ffdb004300030202020202030202020303030304060404040404080606050609080a0a090809090a0c0f0c0a0b0e"
    "0b09090d110d0e0f101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda"
    "0008010100003f00d2cf20ffd9"
)
"""The rest of a grey picture of one pixel; the record's size is filled up with comments."""
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n"
)
PDF_END = b"trailer<</Root 1 0 R>>\n%%EOF\n"

FAILURES = {
    "wrong_length": "the header promises ten bytes more than are sent",
    "truncated": "half of the file, with a header that fits",
    "corrupt": "right length, one byte changed; the ETag is that of the real file",
    "expired": "the signed address answers 403, as a store does after its expiry",
    "empty": "no bytes",
    "wrong_type": "a page of HTML under the type of the picture",
    "login_page": "the product's login page with status 200",
    "gone": "404",
    "loop": "redirects to itself",
}


def content(record: dict[str, Any]) -> bytes:
    """Return the file of an attachment or signature: ``file_size`` bytes of its ``content_type``.

    A size too small for the format is cut from the format's smallest file.
    """
    size = record["file_size"]
    make = {"image/png": _png, "image/jpeg": _jpeg}.get(record["content_type"], _pdf)
    return make(size, hashlib.sha256(str(record["id"]).encode()).digest())[:size]


def _filling(size: int, salt: bytes) -> bytes:
    return (salt.hex().encode() * (max(0, size) // 64 + 1))[: max(0, size)]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(size: int, salt: bytes) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    rest = _chunk(b"IDAT", zlib.compress(b"\x00" + salt[:1])) + _chunk(b"IEND", b"")
    room = size - len(PNG_START + header + rest) - 12 - len(b"Comment\x00")
    return PNG_START + header + _chunk(b"tEXt", b"Comment\x00" + _filling(room, salt)) + rest


def _jpeg(size: int, salt: bytes) -> bytes:
    room = size - len(JPEG_START + JPEG_END)
    comments = []
    while room >= 4:
        length = min(room - 2, 65_535)
        # What is left must hold a comment's own header or be nothing.
        length -= 4 if 0 < room - 2 - length < 4 else 0
        comments.append(b"\xff\xfe" + struct.pack(">H", length) + _filling(length - 2, salt))
        room -= length + 2
    return JPEG_START + b"".join(comments) + JPEG_END


def _pdf(size: int, salt: bytes) -> bytes:
    room = size - len(PDF + PDF_END) - 2
    return PDF + b"%" + _filling(room, salt) + b"\n" + PDF_END
