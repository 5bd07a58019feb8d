"""A browser over HTTP for tests: reads forms, follows pages that send themselves, keeps cookies as browsers do.

    browser = Browser()
    page = browser.open(platform.launch_url("u2"))          # follows redirects and forms that send themselves
    page = browser.submit(page.form("/evidence"), text="I saw ...")

It keeps Secure cookies over plain http on this machine, as Chromium does for loopback and no HTTP library does. With
``framed_by`` set it behaves like a frame in a page of that host: cookies of other hosts need Secure, SameSite=None and
(unless ``third_party="all"``) Partitioned; with ``third_party="none"`` there are none at all. Not imitated: the
difference between the hosts of one site, and Lax cookies kept back from a cross-site POST.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests

MOST_STEPS = 12
SECONDS = 60
MOVED = {301, 302, 303, 307, 308}
KEEP_METHOD = {307, 308}
SENDS_ITSELF = re.compile(r"\.submit\(\)")


@dataclass
class Cookie:
    """One cookie with the attributes that decide where it goes. ``top`` is the page around, for a partitioned one."""

    name: str
    value: str
    host: str
    path: str = "/"
    secure: bool = False
    http_only: bool = False
    same_site: str = ""
    partitioned: bool = False
    top: str = ""
    is_over: bool = False


@dataclass
class Form:
    """A form of a page: ``fields`` are the pairs that a browser would send with no button pressed."""

    action: str
    method: str = "get"
    enctype: str = "application/x-www-form-urlencoded"
    attributes: dict = field(default_factory=dict)
    fields: list = field(default_factory=list)
    buttons: list = field(default_factory=list)
    choices: dict = field(default_factory=dict)

    def __getitem__(self, name):
        return next(value for key, value in self.fields if key == name)


class Reader(HTMLParser):
    """Reads forms, links, inline scripts, the title and the visible text out of a page."""

    def __init__(self, url):
        super().__init__()
        self.url, self.base = url, url
        self.forms, self.links, self.frames, self.scripts, self.texts = [], [], [], [], []
        self.title = ""
        self._form = self._select = self._area = self._button = None
        self._inside = ""

    def handle_starttag(self, tag, attrs):
        found = {name: value if value is not None else "" for name, value in attrs}
        handler = getattr(self, f"_on_{tag}", None)
        if handler:
            handler(found)
        if tag in {"script", "style", "title"}:
            self._inside = tag

    def _on_a(self, found):
        if "href" in found:
            self.links.append(urljoin(self.base, found["href"]))

    def _on_iframe(self, found):
        self.frames.append(urljoin(self.base, found.get("src", "")))

    def _on_base(self, found):
        self.base = urljoin(self.url, found.get("href", ""))

    def _on_form(self, found):
        action = urljoin(self.base, found.get("action", ""))
        enctype = found.get("enctype", "application/x-www-form-urlencoded")
        self._form = Form(action, found.get("method", "get").lower(), enctype, found)
        self.forms.append(self._form)

    def _on_input(self, found):
        form, kind = self._form_of(found), found.get("type", "text").lower()
        if form is None or "name" not in found or "disabled" in found:
            return
        value = found.get("value", "on" if kind in {"checkbox", "radio"} else "")
        if kind in {"submit", "image", "button", "reset"}:
            form.buttons.append((found["name"], value))
        elif kind in {"checkbox", "radio"}:
            form.choices.setdefault(found["name"], []).append(value)
            if "checked" in found:
                form.fields.append((found["name"], value))
        elif kind != "file":
            form.fields.append((found["name"], value))

    def _on_button(self, found):
        form = self._form_of(found)
        if form is not None and "name" in found and found.get("type", "submit") == "submit":
            form.buttons.append((found["name"], found.get("value", "")))

    def _on_select(self, found):
        self._select = (self._form_of(found), found, [])

    def _on_option(self, found):
        if self._select:
            self._select[2].append((found.get("value", ""), "selected" in found))

    def _on_textarea(self, found):
        self._area = (self._form_of(found), found, [])

    def _form_of(self, found):
        if "form" in found:
            return next((form for form in self.forms if form.attributes.get("id") == found["form"]), self._form)
        return self._form

    def handle_data(self, data):
        if self._area:
            self._area[2].append(data)
        elif self._inside == "script":
            self.scripts.append(data)
        elif self._inside == "title":
            self.title += data
        elif not self._inside and data.strip():
            self.texts.append(data.strip())

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = ""
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area:
            form, found, parts = self._area
            self._area = None
            if form is not None and "name" in found:
                # The first line break behind the tag is not part of the value (HTML, the textarea element).
                form.fields.append((found["name"], "".join(parts).replace("\r\n", "\n").removeprefix("\n")))
        elif tag == "select" and self._select:
            self._close_select()

    def _close_select(self):
        form, found, options = self._select
        self._select = None
        if form is None or "name" not in found or "disabled" in found:
            return
        form.choices[found["name"]] = [value for value, _chosen in options]
        chosen = [value for value, is_chosen in options if is_chosen]
        if not chosen and options and "multiple" not in found:
            chosen = [options[0][0]]
        form.fields += [(found["name"], value) for value in chosen]


class Page:
    """What came back: status, final address, headers, text, and what can be done next."""

    def __init__(self, response):
        self.response = response
        self.status, self.url, self.headers = response.status_code, response.url, response.headers
        response.encoding = response.encoding if "charset" in response.headers.get("Content-Type", "") else "utf-8"
        self.html = response.text
        self._reader = Reader(self.url)
        if "html" in self.headers.get("Content-Type", ""):
            self._reader.feed(self.html)
        reader = self._reader
        self.forms, self.links, self.frames, self.title = (
            reader.forms,
            reader.links,
            reader.frames,
            reader.title.strip(),
        )

    @property
    def path(self):
        return urlsplit(self.url).path

    @property
    def text(self):
        """The words that a person reads, in one line."""
        return " ".join(" ".join(self._reader.texts).split())

    @property
    def json(self):
        return self.response.json()

    @property
    def sends_itself(self):
        """Whether the page's one form goes off without a click."""
        if len(self.forms) != 1:
            return False
        return "data-autosubmit" in self.forms[0].attributes or any(map(SENDS_ITSELF.search, self._reader.scripts))

    def form(self, part="", *, has=None):
        """Return the form whose address contains ``part`` (and which has a field or choice ``has``)."""
        for form in self.forms:
            names = {name for name, _value in (*form.fields, *form.buttons)} | set(form.choices)
            if part in form.action and (has is None or has in names):
                return form
        offered = [form.action for form in self.forms]
        raise AssertionError(
            f"No form to {part!r} at {self.url} ({self.status}); there are {offered}: {self.text[:400]}"
        )

    def link(self, part):
        """Return the first link whose address contains ``part``."""
        for link in self.links:
            if part in link:
                return link
        raise AssertionError(f"No link to {part!r} at {self.url} ({self.status}): {self.text[:400]}")


class Browser:
    """One person's browser."""

    def __init__(self, framed_by="", third_party="partitioned", verify=True):
        self.framed_by, self.third_party = framed_by, third_party
        self.cookies, self.history = [], []
        self.session = requests.Session()
        self.session.verify = verify
        # We keep the cookies ourselves: the library would send no Secure one over http, and knows no Partitioned.
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.headers["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()

    def get(self, url, **headers):
        """Follow ``url`` through its redirects; headers with _ for -."""
        return self._go("GET", url, headers=headers)

    def post(self, url, data=None, files=None, **headers):
        """Post and follow the redirects."""
        return self._go("POST", url, data=data, files=files, headers=headers)

    def open(self, url):
        """Follow ``url``, its redirects, and every page that sends itself."""
        return self.settle(self.get(url))

    def settle(self, page):
        """Go on from a page that sends itself until one waits for a person."""
        for _ in range(MOST_STEPS):
            if not page.sends_itself:
                return page
            page = self.submit(page.forms[0])
        raise AssertionError(f"Pages keep sending themselves, last {page.url}")

    def submit(self, form, *, button=None, files=None, follow=True, **values):
        """Send ``form`` with some values replaced (a list sends several, None none) and a button pressed."""
        pairs = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            pairs += [(name, one) for one in (value if isinstance(value, list | tuple) else [value]) if one is not None]
        if button is not None:
            pairs.append(next(pair for pair in form.buttons if button in pair))
        if form.method == "get":
            return self._go("GET", requests.Request("GET", form.action, params=pairs).prepare().url, follow=follow)
        if form.enctype == "multipart/form-data":
            # Without a file the library would send the other content type.
            files = [(name, (None, value)) for name, value in pairs] + list((files or {}).items())
            return self._go("POST", form.action, files=files, follow=follow)
        return self._go("POST", form.action, data=pairs, follow=follow)

    def cookie(self, name):
        """Return the cookie whose name contains ``name``, or None."""
        return next((cookie for cookie in self.cookies if name in cookie.name), None)

    def _go(self, method, url, *, headers=None, follow=True, **body):
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        for _ in range(MOST_STEPS):
            if self.history:
                named.setdefault("Referer", self.history[-1].split("?")[0])
            jar = self._header(url)
            sent = {**named, **({"Cookie": jar} if jar else {})}
            response = self.session.request(method, url, headers=sent, allow_redirects=False, timeout=SECONDS, **body)
            self._keep(response)
            self.history.append(url)
            if not follow or response.status_code not in MOVED or "Location" not in response.headers:
                return Page(response)
            url = urljoin(url, response.headers["Location"])
            if response.status_code not in KEEP_METHOD:
                method, body = "GET", {}
        raise AssertionError(f"More than {MOST_STEPS} redirects, last to {url}")

    def _header(self, url):
        parts = urlsplit(url)
        sent = [
            f"{cookie.name}={cookie.value}"
            for cookie in self.cookies
            if cookie.host == parts.hostname and cookie.top == self._top(cookie) and is_below(parts.path, cookie.path)
        ]
        return "; ".join(sent)

    def _keep(self, response):
        host = urlsplit(response.url).hostname
        for line in response.raw.headers.getlist("Set-Cookie"):
            cookie = parsed(line, host)
            cookie.top = self._top(cookie)
            if self._is_dropped(cookie):
                continue
            same = (cookie.name, cookie.host, cookie.path, cookie.top)
            self.cookies = [one for one in self.cookies if (one.name, one.host, one.path, one.top) != same]
            if not cookie.is_over:
                self.cookies.append(cookie)

    def _top(self, cookie):
        return (self.framed_by or cookie.host) if cookie.partitioned else ""

    def _is_dropped(self, cookie):
        if cookie.same_site == "none" and not cookie.secure:
            return True
        if not self.framed_by or self.framed_by == cookie.host:
            return False
        if self.third_party == "none" or cookie.same_site != "none":
            return True
        return self.third_party == "partitioned" and not cookie.partitioned


def parsed(line, host):
    """Read a Set-Cookie header (the standard library's reader knows no Partitioned before Python 3.14)."""
    pair, *attributes = [part.strip() for part in line.split(";")]
    name, _, value = pair.partition("=")
    cookie = Cookie(name, value, host)
    found = {key.lower(): text for key, _, text in (attribute.partition("=") for attribute in attributes)}
    cookie.path = found.get("path") or "/"
    cookie.secure, cookie.http_only = "secure" in found, "httponly" in found
    cookie.same_site, cookie.partitioned = found.get("samesite", "").lower(), "partitioned" in found
    if "max-age" in found:
        cookie.is_over = int(found["max-age"]) <= 0
    elif "expires" in found:
        cookie.is_over = parsedate_to_datetime(found["expires"]) <= datetime.now(UTC)
    return cookie


def is_below(path, start):
    """Say whether a cookie for ``start`` goes to ``path`` (RFC 6265 §5.1.4)."""
    path = path or "/"
    return path == start or path.startswith(start if start.endswith("/") else f"{start}/")
