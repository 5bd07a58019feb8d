"""What stands on both sides of each wall, and how the sweep tries it: addresses, forms, and what must not happen."""

from contextlib import contextmanager
from datetime import timedelta

from factories.browser import forget_request, sit
from factories.world import deployment, institution, registration
from flask import Request, request
from sqlalchemy import event
from sweeps.furnished import Furnished
from werkzeug.datastructures import ImmutableMultiDict

from lti_mentoring.clock import utcnow

WORDS = {"product": "moodle"}
"""What an address names by a word that is the same for everybody."""
REFUSED = {401, 403, 404}
CHANGES = ("INSERT", "UPDATE", "DELETE")
OUR_KEYS = ("INSERT INTO tool_key", "DELETE FROM tool_key")
"""Made and taken out of the published list when somebody asks for it; nobody's state."""

# What forms send, all at once: each view takes what is its own. Without it some would only say that a field is missing.
EVERYTHING = {
    "version": "1", "reason": "She moves to another ward now.", "places": "7", "field": "Surgery", "text": "Words.",
    "title": "A title", "sentence": "has walked the way.", "points": "50", "rule": "weighted", "mode": "one",
    "decision": "accept", "reached": "yes", "role": "student", "shows": "name", "do": "add", "index": "1",
    "item_entrustment": "3", "item_better": "Wash your hands first.", "answer-version": "1", "appeal-version": "1",
    "extend-version": "1", "excuse-version": "1", "lift-version": "1", "reopen-version": "1",
    "answer-words": "Well seen and said.", "appeal-words": "Look at page two.", "extend-words": "She was ill then.",
    "excuse-words": "She did it before.", "lift-words": "It was another's.", "reopen-words": "It was another file.",
    "extend-due_on": "2090-01-01", "starts_on": "2026-09-28", "weight": "10", "proof": "word", "signer": "mentor",
    "instrument": "0", "due_after_days": "7", "how": "csv", "test": "0",
    "audience": "students", "pass_percent": "60", "answers": "each", "stem": "Is it so?", "accepted": "yes",
    "strategy": "balanced", "undo_hours": "24", "lots": "same",
    "note": "They are related.",
    "profession": "general.teaching", "career": "early", "years": "3", "domains": "practice", "skills": "feedback",
    "specialties": "general.design", "languages": "en", "timezone": "Europe/Stockholm", "hours": "week_evening",
    "works": "both", "about": "I like questions.", "paused_until": "2090-01-01", "words": "I would like to.",
    "applications_open": "y", "kind": "licence", "register": "uk_gmc", "number": "7012345", "look-words": "Listed.",
    "verify-method": "register", "verify-until": "2090-01-01", "verify-since": "2009",
    "revoke-reason": "It was a forgery.",
    "style_pace": "one", "style_lead": "one", "style_answers": "both", "style_plan": "other",
    "public": "work", "practising_months": "6", "trained-shows": "name",
    "whom": "Vera Outside <vera@clinic.example>",
    "checkers": "office",
    "starts_at": "21:00", "ends_at": "07:00", "days": "6",
    "domain": "research", "due_on": "2090-01-01", "success": "I see the bias.", "step_1": "Read one.",
    "day": (utcnow() + timedelta(days=30)).date().isoformat(), "clock": "16:30", "which": "first", "minutes": "30",
    "place": "Room 12", "join_url": "https://meet.example/room", "agenda": "What is next.",
}  # fmt: skip

EACH_FIELD = "*"
"""What a view is said to read that goes through all fields: those of a preview, ``student-<number>``."""
# Names in forms and queries that name a row: which numbers of a world each may hold. A name that a view reads and that
# stands in neither list fails the sweep.
NAMES_A_ROW = {
    "from": ("mentor_id",), "group": ("group_id",), "instrument": ("instrument_id",), "mentor": ("mentor_id",),
    "milestone": ("milestone_id",), "needed": ("milestone_id",), "opens": ("track_id",),
    "people": ("student_id", "guide_id"), "pick": ("picked",), "stage": ("stage_id",),
    "shown": ("mentorship_id",), "to_mentor": ("mentor_id",),
    "student": ("student_id",), "concerning": ("guide_id",), "readers": ("reader_id",), "handler": ("guide_id",),
    "mentorship": ("mentorship_id",),
    "test": ("test_id",),
    "track_id": ("track_id",), EACH_FIELD: ("mentor_id",),
}  # fmt: skip
NAMES_NO_ROW = {
    "about", "accepted", "answers", "attempts", "audience", "column_points", "drawn", "explanation", "kind", "minutes",
    "number", "pass_percent", "reading", "saved", "shuffled", "stem", "ticked", "tolerance", "truth",
    "action", "address", "agree", "agreed", "any_other", "asked", "auth_url", "back", "before", "client_id",
    "colleague", "credential", "csrf_token", "dates", "decision", "deployments", "despite", "do", "due_after_days",
    "faculty_as_mentor", "field", "file", "find", "how", "index", "issuer", "jwks_url", "mentoring_seat", "mentors",
    "mentors_rank", "message", "mode", "most_new", "name", "needed_for_certificate", "note", "only", "page",
    "place", "places", "points", "proof", "purpose", "q", "reached", "reason", "reply_days", "role", "rule",
    "sentence", "show", "shows", "signer", "starts_on", "template", "text", "thing", "ticket", "title",
    "token_audience", "token_url", "told", "checkers", "url", "version", "waiting", "way", "weight", "where", "whom",
    "wishes_from", "wishes_until",
    "strategy", "together", "groups", "who", "wish", "mentor_wish", "section", "undo_hours", "lots",
}  # fmt: skip
NAMES_NO_ROW |= {
    "about", "applications_open", "career", "domains", "hours", "languages", "leave", "paused_until", "profession",
    "skills", "specialties", "timezone", "words", "works", "years", "credential_needed", "expires_on",
    "faculty_verify", "holder", "issued_on", "kind", "number", "register", "specialty", "skill", "language", "zone",
    "free", "checked", "stops", "public", "level", "practising_months", "new", "roles", "signer_role",
}  # fmt: skip
NAMES_NO_ROW |= {"activity_url", "agenda", "clock", "day", "join_url", "which"}
NAMES_NO_ROW |= {"by", "does", "starts_at", "ends_at", "days", "none"}
NAMES_NO_ROW |= {"due_on", "success", "shared"}
NAMES_NO_ROW |= {"help", "time", "style", "further", "domain", "trained-shows", "practising-shows", "lead-shows"}
PREFIXES = (
    "again-",
    "key-",
    "name-",
    "answer-",
    "appeal-",
    "choices-",
    "excuse-",
    "extend-",
    "item_",
    "lift-",
    "look-",
    "reopen-",
    "revoke-",
    "step_",
    "style_",
    "verify-",
)
"""Of forms that stand on one page together; their fields are words, days and versions."""
PICKING = {
    "return_url": "https://lms.example/picked", "accept_types": ["ltiResourceLink"], "accept_targets": [],
    "accept_multiple": False, "accept_lineitem": None, "auto_create": None, "title": None, "text": None, "data": None,
    "has_data": False, "deployment_id": "1",
}  # fmt: skip
"""What a seat holds while something is picked for the course."""
# Where the name is read only by a form that is wrong otherwise, what makes it wrong.
WITH = {("assigning.move", "from"): {"reason": ""}, ("assigning.end_one", "from"): {"reason": ""}}


class Recorder(ImmutableMultiDict):
    """A form or a query that notes which names are read of it, by endpoint."""

    reads: dict = {}  # noqa: RUF012  # one for all: werkzeug makes a new one for each request

    def _note(self, name):
        if request.endpoint:
            self.reads.setdefault(request.endpoint, set()).add(name)

    def __contains__(self, name):
        self._note(name)
        return super().__contains__(name)

    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)

    def items(self, *arguments, **options):
        self._note(EACH_FIELD)
        return super().items(*arguments, **options)

    def get(self, name, *arguments, **options):
        self._note(name)
        return super().get(name, *arguments, **options)

    def getlist(self, name, *arguments, **options):
        self._note(name)
        return super().getlist(name, *arguments, **options)


class RecordedRequest(Request):
    parameter_storage_class = Recorder


class Walls:
    """The own course, and what lies behind the walls. ``beyond``: whose numbers are tried, and who tries them."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.here = here = Furnished(app, session, marker="mark-here")
        ours = here.registration

        def world(marker, inside=None):
            return Furnished(app, session, inside=inside, marker=f"mark-{marker}")

        sharer = world("sharer", deployment(session, ours, deployment_id="3", institution_id=institution(session).id))
        same = registration(session, institution(session), issuer=ours.issuer)
        self.beyond = {
            "another course": (here, world("course", here.deployment)),
            "another deployment": (here, world("deployment", deployment(session, ours, deployment_id="2"))),
            "another institution": (here, world("institution")),
            "another institution at the same issuer": (here, world("issuer", deployment(session, same))),
            "another institution at our registration": (here, sharer),
            "the institution whose registration we share": (sharer, here),
        }
        for name in ("another institution at the same issuer", "another institution at our registration"):
            self._look_alike(self.beyond[name][1])
        self.spare = world("spare")
        session.commit()
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]

    def _look_alike(self, there):
        """Let an institution hold the very subjects and course ids that we hold: only the tenant tells them apart."""
        for name in ("student", "guide", "faculty", "classmate", "colleague"):
            getattr(there, name).subject = getattr(self.here, name).subject
        there.context.context_id = self.here.context.context_id
        there.link.resource_link_id = self.here.link.resource_link_id

    def seated(self, role, who=None, world=None, **columns):
        return sit(self.app, self.session, world or self.here, role, who, **columns)

    def browser(self, role, world=None):
        return self.seated(role, world=world) if role else Stranger(self.app)

    def numbers(self, place):
        """What is tried: every number of the other side that is not the own side's, too (a shared registration)."""
        ours, theirs = self.beyond[place]
        shared = {"registration_id"} if theirs.registration.id == ours.registration.id else set()
        if theirs.registration.institution_id == theirs.institution.id:
            shared = set()
        return {name: number for name, number in theirs.numbers.items() if name not in shared}

    def access(self, rule):
        return self.app.view_functions[rule.endpoint].access_rule

    def calls(self, rule, numbers):
        """Every address that a rule makes with these numbers, with its methods."""
        values = {name: value for name, value in (WORDS | numbers).items() if name in rule.arguments}
        if rule.endpoint == "awards.progress":
            values["job_id"] = numbers["batch_id"]
        choices = [name for name in rule.arguments if name not in values]
        paths = [values]
        for name in choices:
            items = getattr(rule._converters[name], "items", None)
            assert items, f"{rule}: no number for {name}"
            paths = [{**one, name: item} for one in paths for item in items]
        for one in paths:
            path = rule.build(one, append_unknown=False)[1]
            yield from ((method, path) for method in sorted(rule.methods & {"GET", "POST"}))

    def named(self, rule):
        """The names of a rule's forms and queries that name a row, as its view was seen to read them."""
        return sorted(Recorder.reads.get(rule.endpoint, set()) & set(NAMES_A_ROW))


BRIEFLY = {"headers": {"Accept": "application/json"}}
"""Refused at the door: no page is drawn, which takes most of the time."""


class Stranger:
    """A browser without a seat."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path, **options):
        forget_request()
        return self.client.get(path, base_url="https://localhost", **options)

    def post(self, path, data, **options):
        forget_request()
        return self.client.post(path, data=data, base_url="https://localhost", **options)


def filled_by(world):
    """Everything that forms send, with each number that they may name, of this world."""
    return EVERYTHING | {name: world.numbers[kinds[0]] for name, kinds in NAMES_A_ROW.items() if name != EACH_FIELD}


def naming(endpoint, name, ours, theirs):
    """Every form in which this one name holds a number of the other side and all else is right."""
    more = WITH.get((endpoint, name), {})
    if name == EACH_FIELD:
        waiting, mentors = "student-{}".format, (theirs.numbers["mentor_id"], ours.numbers["mentor_id"])
        pairs = ((waiting(ours.waiting.id), mentors[0]), (waiting(theirs.waiting.id), mentors[1]))
        wished = [{"version": "0", f"{kind}-{mentors[0]}": "1"} for kind in ("tier", "veto")]
        return [EVERYTHING | one for one in (*({field: mentor} for field, mentor in pairs), *wished)]
    foreign = [theirs.numbers[kind] for kind in NAMES_A_ROW[name] if theirs.numbers[kind] != ours.numbers[kind]]
    return [filled_by(ours) | more | {name: number} for number in foreign]


def press(browser, method, path, data=None, **options):
    return browser.get(path, **options) if method == "GET" else browser.post(path, data or EVERYTHING, **options)


def read_everything(walls):
    """Press every route in every role it is open to, with nothing and with all, in a course of its own.

    What views read of forms and queries is noted on the way.
    """
    spare = walls.spare
    for rule in walls.rules:
        picking = rule.endpoint.startswith("picking.")
        for role in sorted(walls.access(rule).roles or ()):
            browser = None
            for method, path in walls.calls(rule, spare.numbers):
                for data in ({"no": "field"}, filled_by(spare))[method == "GET" :]:
                    if browser is None or picking:  # to answer ends the seat
                        browser = walls.seated(role, world=spare, **({"deep_linking": PICKING} if picking else {}))
                    press(browser, method, path, data)


@contextmanager
def nothing_written(session):
    """Fail when something is written and kept while the block runs."""
    pending, kept = [], []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if statement.startswith(CHANGES) and not statement.startswith(OUR_KEYS):
            pending.append(statement)

    def keep(_connection):
        kept.extend(pending)
        pending.clear()

    listeners = (
        ("before_cursor_execute", note), ("commit", keep), ("rollback", lambda _connection: pending.clear()),
    )  # fmt: skip
    engine = session.get_bind()
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
    assert kept == [], kept
