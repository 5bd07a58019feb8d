"""A catalogue made for tests: every text of the product in brackets, as if it were another language."""

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "N_": None,
    "ngettext": (1, 2),
}  # fmt: skip


@cache
def messages():
    """Return what gettext is asked for in the package and the templates: texts, and pairs for one and for many."""
    sources = [(path, "python") for path in (ROOT / "lti_mentoring").rglob("*.py")]
    sources += [(path, "jinja2") for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    return frozenset(
        found for path, kind in sources for _, found, _, _ in extract_from_file(kind, path, keywords=KEYWORDS) if found
    )


def bracketed(text):
    """Return the pseudo-translation of ``text``."""
    return f"⟦{text}⟧"


def pseudo_catalogue(folder, language):
    """Write ``folder/<language>/LC_MESSAGES/messages.mo`` and return ``folder``."""
    catalogue = Catalog(locale=language)
    for found in messages():
        many = isinstance(found, tuple)
        catalogue.add(found, tuple(map(bracketed, found)) if many else bracketed(found))
    path = folder / language / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    return folder
