"""Every text that a person reads goes through gettext: in templates, in forms, in failures and in what is told."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PACKAGE = ROOT / "lti_mentoring"
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "N_"}
READ_ALOUD = {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext"}
NOT_READ = {"script", "style", "code"}
LETTERS = re.compile(r"[^\W\d_]{2}")
FOR_THE_TAG = re.compile(r"{%-? block \w+_class %}.*?{%-? endblock")
"""A block that fills an attribute of the layout with class names."""
UNIVERSAL = {"UTC", "Ed25519 (eddsa-rdfc-2022),"}
HERE = "\N{OBJECT REPLACEMENT CHARACTER}"  # where an expression stands
SENTENCE = re.compile(r"[A-Z][^\W\d_]*\s+\S*[^\W\d_]{2}")
WORDS = re.compile(r"[^\W\d_]{2,}[^\W\d_'’,.:-]*\s+\S*[^\W\d_]{2}|^[A-Z][a-z]+$")
"""A sentence or a single capitalised word; identifiers, class lists and paths are neither."""


def templates(*suffixes):
    found = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in suffixes)
    return pytest.mark.parametrize("path", found, ids=[path.relative_to(TEMPLATES).as_posix() for path in found])


@pytest.fixture(scope="module")
def environment():
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def without_expressions(environment, source):
    """Return what a template says by itself: expressions become one mark, and so does what {% trans %} holds."""
    kept, within, in_trans = [], "", False
    for _, kind, value in environment.lex(FOR_THE_TAG.sub("{% block removed %}{% endblock", source)):
        if kind.endswith("_begin"):
            within, first = kind, True
        elif kind.endswith("_end"):
            kept.append(HERE if within == "variable_begin" else "")
            within = ""
        elif within == "block_begin" and kind == "name" and first:
            in_trans, first = {"trans": True, "endtrans": False}.get(value, in_trans), False
        elif kind == "data" and not in_trans:
            kept.append(value)
    return "".join(kept)


class SaidByItself(HTMLParser):
    """Collects the texts and the read-aloud attributes of a page that are not expressions."""

    def __init__(self, source):
        super().__init__()
        self.said, self.around = [], []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.around = [tag] if tag in NOT_READ else self.around
        is_button = tag == "input" and ("type", "submit") in attrs
        named = READ_ALOUD | ({"value"} if is_button else set())
        self.said += [f"{name}={value}" for name, value in attrs if name in named and LETTERS.search(value or "")]

    def handle_endtag(self, tag):
        self.around = [] if tag in self.around else self.around

    def handle_data(self, data):
        said = data.strip(HERE + " \n")
        if not self.around and LETTERS.search(said) and said not in UNIVERSAL:
            self.said.append(said)


def text_in_expressions(environment, source):
    """Return the literals of expressions that read like words and are no argument of gettext."""
    tree = environment.parse(source)
    translated = {
        id(text)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for text in call.find_all(nodes.Const)
    }
    keys = {id(pair.key) for pair in tree.find_all(nodes.Pair)}
    return [
        text.value
        for text in tree.find_all(nodes.Const)
        if id(text) not in translated | keys and isinstance(text.value, str) and WORDS.search(text.value)
    ]


@templates(".html")
def test_a_page_says_nothing_that_is_not_translated(environment, path):
    assert SaidByItself(without_expressions(environment, path.read_text(encoding="utf-8"))).said == []


@templates(".txt")
def test_a_mail_says_nothing_that_is_not_translated(environment, path):
    own = without_expressions(environment, path.read_text(encoding="utf-8"))
    assert [line for line in own.splitlines() if LETTERS.search(line)] == []


@templates(".html", ".txt")
def test_an_expression_of_a_template_holds_no_bare_words(environment, path):
    assert text_in_expressions(environment, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Send</p>",
        '<a title="Send it">{{ name }}</a>',
        '<input type="submit" value="Send">',
        "{{ button('Send it') }}",
        "{% if late %}Too late{% endif %}",
    ],
)
def test_bare_words_are_found(environment, source):
    said = SaidByItself(without_expressions(environment, source)).said
    assert said or text_in_expressions(environment, source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Send it') }}</p>",
        '<a class="btn primary" title="{{ _("Send it") }}">{% trans %}Send it{% endtrans %}</a>',
        "{% set kind = 'm-card quiet' %}<script>const told = 'Send it'</script>",
    ],
)
def test_translated_words_and_names_for_machines_are_let_be(environment, source):
    assert SaidByItself(without_expressions(environment, source)).said == []


FIELDS_AND_RULES = re.compile(r"\w*Field|InputRequired|DataRequired|Length|NumberRange|Optional|Regexp|ValidationError")
PAGES = sorted((*(PACKAGE / "blueprints").rglob("*.py"), *(PACKAGE / "forms").rglob("*.py")))
FOR_OPERATORS = {"Counter", "Histogram", "GaugeMetricFamily", "info", "warning", "exception"}
NAMES = {"Open edX"}
SCREENS_OF_AN_LMS = {PACKAGE / "lti" / "quirks.py", *(PACKAGE / "lti" / "products").rglob("*.py")}
"""They hold what an LMS's administrator looks for on screens that are English, named as they are there."""
BELOW = sorted(
    {path for layer in ("domain", "services", "queries", "lti") for path in (PACKAGE / layer).rglob("*.py")}
    - SCREENS_OF_AN_LMS
)
FOR_MAINTAINERS = "SELECT ", "NHS North West GMSA, FHIR guide", "Agence du Numérique en Santé, table of identifiers"
"""How statements of the database begin, and where the form of a register's numbers was read."""
FOR_PEOPLE = {"told", "label", "message", "description", "title", "body"}


def called(call):
    """Return the name of what ``call`` calls."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(LETTERS.search(node.value))


def bare_arguments(call):
    """Return the words that a form's field, a rule, a failure or what is told is given as they stand."""
    kept = [keyword.value for keyword in call.keywords if keyword.arg in FOR_PEOPLE]
    if FIELDS_AND_RULES.fullmatch(called(call)):
        kept += call.args[:1]
    elif called(call) == "explain":
        kept += call.args[1:3]
    return [node.value for node in kept if is_text(node)]


def calls_in(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def bare_sentences(source):
    """Return what reads like a sentence in ``source``, and gettext is not asked for."""
    tree = ast.parse(source)
    asked = (call for call in calls_in(tree) if called(call) in GETTEXT | FOR_OPERATORS)
    spoken = {id(part) for call in asked for part in ast.walk(call)}
    spoken |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    return [
        node.value
        for node in ast.walk(tree)
        if is_text(node) and id(node) not in spoken and SENTENCE.match(node.value) and node.value not in NAMES
    ]


def bare_words(source):
    """Return the words for people in ``source`` that gettext is not asked for."""
    return bare_sentences(source) + [words for call in calls_in(ast.parse(source)) for words in bare_arguments(call)]


@pytest.mark.parametrize("path", PAGES, ids=[path.relative_to(PACKAGE).as_posix() for path in PAGES])
def test_a_form_or_a_view_holds_no_bare_words(path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'explain("gone", "Gone", _l("It is gone."))',
        'StringField("Name")',
        'InputRequired(message="Needed")',
        'redirect_or_hx(url, told="Sent")',
        'words = "Something went wrong"',
        'words = f"Sent to {name} at last" if name else "Sent to nobody"',
    ],
)
def test_bare_words_of_a_form_or_a_view_are_found(source):
    assert bare_words(source)


@pytest.mark.parametrize(
    "source",
    ['StringField(_l("Name"))', 'log.info("Login refused")', 'key = "a/path or-a-class"', '"""Say what it is."""'],
)
def test_a_form_or_a_view_may_hold_translated_words_and_those_for_machines(source):
    assert bare_words(source) == []


@pytest.mark.parametrize("path", BELOW, ids=[path.relative_to(PACKAGE).as_posix() for path in BELOW])
def test_a_rule_a_service_or_a_query_says_no_sentence_of_its_own(path):
    said = bare_sentences(path.read_text(encoding="utf-8"))
    assert [words for words in said if not words.startswith(FOR_MAINTAINERS)] == []


@pytest.mark.parametrize("source", ['raise Refused(why="Choose another day")', 'title = f"Nobody waits for {name}"'])
def test_bare_sentences_of_a_rule_are_found(source):
    assert bare_sentences(source)


def test_nothing_is_let_be_that_is_not_there():
    said = [words for path in BELOW for words in bare_sentences(path.read_text(encoding="utf-8"))]
    assert [one for one in FOR_MAINTAINERS if not any(words.startswith(one) for words in said)] == []
