"""Where a number comes from: the entries of `sources.bib`, and what kind of source a parameter has.

A source reads `"key"` or `"key: table, figure or equation"` with a key of `sources.bib`, or `"fitted: to what"`,
`"assumed: why"`, or `"definition"`. What stands before the first colon decides.
"""

import functools
import re
from importlib.resources import files
from typing import Literal, NamedTuple

from neuroimmune.errors import InputError, nearest

Kind = Literal["published", "fitted", "assumed", "definition"]


class Entry(NamedTuple):
    """One publication: the kind of entry, and its fields as written in the file."""

    key: str
    kind: str
    fields: dict[str, str]

    @property
    def short(self) -> str:
        """First author and year, as in a text."""
        authors, year = self.fields.get("author", "").split(" and "), self.fields.get("year", "")
        first = authors[0].split(",")[0].replace("{", "").replace("}", "")
        return f"{first} {'et al. ' if len(authors) > 1 else ''}{year}".strip() if first else self.key

    @property
    def citation(self) -> str:
        """Authors, year, title, journal and DOI, and what is noted of it."""
        f = {name: value.replace("{", "").replace("}", "") for name, value in self.fields.items()}
        where = " ".join(
            filter(None, [f.get("journal", f.get("publisher", "")), f.get("volume", ""), f.get("pages", "")])
        )
        doi = f"doi:{f['doi']}" if "doi" in f else ""
        parts = [f.get("author", ""), f.get("year", ""), f.get("title", ""), where, doi, f.get("note", "")]
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


@functools.cache
def sources() -> dict[str, Entry]:
    """Every entry of `sources.bib` by its key.

    >>> sources()["vigushin1993"].fields["doi"]
    '10.1172/JCI116336'
    """
    return read_bibtex(files("neuroimmune.evidence").joinpath("sources.bib").read_text(encoding="utf-8"))


def read_bibtex(text: str) -> dict[str, Entry]:
    """Entries of a BibTeX file whose fields stand in braces, a field a line, as ours does.

    Raises `InputError` on a key used twice, or an entry that cannot be read.
    """
    text = re.sub(r"^\s*%.*$", "", text, flags=re.MULTILINE)
    found: dict[str, Entry] = {}
    for chunk in re.split(r"^@", text, flags=re.MULTILINE)[1:]:
        head = re.match(r"(\w+)\{\s*([\w:-]+)\s*,", chunk)
        if head is None:
            raise InputError(f"cannot read the BibTeX entry that begins @{chunk[:40]!r}; write @article{{key, ...}}")
        kind, key = head.groups()
        if key in found:
            raise InputError(f"{key} stands twice among the sources; keep one")
        fields = re.findall(r"^\s*(\w+)\s*=\s*\{(.*)\},?\s*$", chunk, flags=re.MULTILINE)
        found[key] = Entry(key, kind.lower(), {name.lower(): value for name, value in fields})
    return found


def kind_of(source: str) -> Kind:
    """What kind of source a parameter has.

    Raises `InputError` if it is empty, names no known key, or is fitted or assumed without saying to what or why.

    >>> kind_of("vigushin1993: abstract"), kind_of("assumed: an example")
    ('published', 'assumed')
    """
    key, _, rest = (part.strip() for part in source.partition(":"))
    if not key:
        raise InputError('a number has no source; give a key of sources.bib, "fitted: to what" or "assumed: why"')
    if key == "definition":
        return "definition"
    if key in ("fitted", "assumed"):
        if not rest:
            raise InputError(f"the source {source!r} does not say {'to what' if key == 'fitted' else 'why'}")
        return "fitted" if key == "fitted" else "assumed"
    if key not in sources():
        raise InputError(f"no source {key!r} in sources.bib{nearest(key, sources())}")
    return "published"
