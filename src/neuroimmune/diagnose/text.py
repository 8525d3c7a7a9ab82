"""Text as files have it: bytes decoded, numbers, codes and labels told apart."""

import math
import re
from pathlib import Path

from neuroimmune.diagnose.instrument import NO_YES, Item
from neuroimmune.errors import InputError

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)  # 1,200 may be 1200 and may be 1.2
_WORDS = {"no": 0.0, "false": 0.0, "n": 0.0, "unchecked": 0.0, "yes": 1.0, "true": 1.0, "y": 1.0, "checked": 1.0}


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises InputError when there are none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    if not content.strip():
        raise InputError(f"{path} is empty")
    return content


def decode(content: bytes, name: str, notes: list[str]) -> str:
    """Text of any common encoding; a guess is noted."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decoded(content, encoding, name)
    if b"\0" in content[:1000]:
        pairs = content[:1000]
        return _decoded(content, "utf-16-le" if pairs[1:2] == b"\0" else "utf-16-be", name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        notes.append(f"{name} is not UTF-8; it was read as Windows-1252")
        return content.decode("cp1252", errors="replace")


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not text: {error.reason} at byte {error.start:,}. Save it as CSV in UTF-8"
        ) from None


def text_of(cell: object) -> str:
    """A cell as it would be written, without the point that a whole number of a spreadsheet carries."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def number_in(text: str) -> float | None:
    """The number a text holds, with a point or a comma. None for a text that holds none, or two readings of one.

    >>> number_in("2,5"), number_in("1,200"), number_in("two")
    (2.5, None, None)
    """
    if not NUMBER.fullmatch(text) or _THOUSANDS.fullmatch(text):
        return None
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


def code_of(cell: object) -> str:
    """A cell as a code: one code however a file writes it.

    >>> [code_of(cell) for cell in ("1", "1.0", "1,0", 1.0, "01", "Often")]
    ['1', '1', '1', '1', '1', 'Often']
    """
    text = text_of(cell)
    number = number_in(text)
    return text if number is None else text_of(number)


def label_code(text: str, item: Item) -> float | None:
    """The answer whose label a text is.

    >>> label_code("Yes", Item("smoker", 0, 1, labels=NO_YES))
    1.0
    """
    word = text.strip().lower()
    if item.labels == NO_YES and word in _WORDS:
        return _WORDS[word]
    return item.low + item.labels.index(word) if word in item.labels else None
