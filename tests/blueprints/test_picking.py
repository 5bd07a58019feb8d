"""Picking links for a course, in a frame of the platform."""

import html

import jwt
import pytest
from factories.door import BASE, Door, forget_request
from factories.world import track
from fakes.platform import ROLES, STUDENT
from platforms.drive import Reader
from sqlalchemy import select

from lti_mentoring.models import Context, TrackState

CONTENT = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DATA = f"{DL}data"


@pytest.fixture
def door(app, session):
    return Door(app, session)


def start(door, **settings):
    return door.walk(change=door.platform.picking(**settings))


def furnish(session, **columns):
    """Give the course of the launch a track."""
    made = track(session, session.scalars(select(Context)).one(), **columns)
    session.commit()
    return made


def form_of(page):
    reader = Reader(f"{BASE}/lti/deep-link")
    reader.feed(page.text)
    return next(form for form in reader.forms if form.action == f"{BASE}/lti/deep-link")


def choose(door, *picked, do="add", **fields):
    form = dict(form_of(door.open("/lti/deep-link")).fields)
    values = {"csrf_token": form["csrf_token"], "do": do, "pick": list(picked), **fields}
    forget_request()
    return door.browser.post("/lti/deep-link", data=values, base_url=BASE)


def answered(door, page):
    reader = Reader(BASE)
    reader.feed(page.text)
    token = dict(reader.forms[0].fields)["JWT"]
    keys = {key["kid"]: jwt.PyJWK(key) for key in door.browser.get("/lti/jwks.json", base_url=BASE).json["keys"]}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], audience=door.platform.issuer)


def test_a_teacher_picks_a_track_and_the_platform_gets_a_signed_link(door, session):
    assert start(door).headers["Location"] == "/lti/deep-link"
    made = furnish(session)
    page = door.open("/lti/deep-link")
    assert "What should your course show?" in page.text
    assert "Clinical mentorship" in page.text
    sent = choose(door, f"track:{made.key}")
    assert f'action="{door.platform.issuer}/picked"' in sent.text
    assert "data-autosubmit" in sent.text
    assert f"form-action 'self' {door.platform.issuer}" in sent.headers["Content-Security-Policy"]
    said = answered(door, sent)
    assert said["iss"] == door.platform.client_id
    assert said[DATA] == 'opaque<&"é'
    assert said[f"{DL}msg"] == "1 link to Mentoring was chosen."
    assert said[f"{DL}log"] == "links chosen: 1"
    assert said[CONTENT][0]["custom"] == {"track": made.key}
    assert said[CONTENT][0]["lineItem"]["submissionReview"]["url"] == f"{BASE}/lti/launch"


def test_several_things_are_ticked_where_the_platform_takes_several(door, session):
    start(door, accept_multiple=True)
    made = furnish(session)
    assert 'type="checkbox" id="pick-track' in door.open("/lti/deep-link").text
    first = made.milestones[0].key
    picked = [f"track:{made.key}", f"milestone:{made.key}:{first}", f"certificates:{made.key}", "later"]
    items = answered(door, choose(door, *picked))[CONTENT]
    assert [item["title"] for item in items] == ["Mentoring", "Clinical mentorship", "Milestone 1", "My certificates"]
    assert items[2]["custom"] == {"track": made.key, "opens": "milestone", "item": first}


def test_one_thing_is_chosen_where_the_platform_takes_one(door, session):
    start(door, accept_multiple=False)
    made = furnish(session)
    assert 'type="radio" id="pick-track' in door.open("/lti/deep-link").text
    assert choose(door, f"track:{made.key}", f"certificates:{made.key}").status_code == 400
    assert choose(door, f"track:{made.key}", "later").status_code == 400
    assert door.open("/lti/deep-link").status_code == 200  # nothing is lost


def test_looking_for_something_keeps_what_is_ticked(door, session):
    start(door, accept_multiple=True)
    made = furnish(session)
    made.milestones[1].title = "Ward round"
    session.commit()
    ticked = f"certificates:{made.key}"
    page = choose(door, ticked, do="find", find="ward ROUND", dates="yes")
    boxes = [value for name, value in form_of(page).fields if name == "pick"]
    assert boxes == [ticked]
    assert "Ward round" in page.text
    assert "Milestone 3" not in page.text
    assert ("dates", "yes") in form_of(page).fields
    nothing = choose(door, do="find", find="<b>").text
    assert "Nothing here is called so." in nothing
    assert 'value="&lt;b&gt;"' in nothing


def test_adding_without_a_choice_asks_for_one(door, session):
    start(door)
    furnish(session)
    page = choose(door)
    assert page.status_code == 422
    assert "Choose what the link opens" in page.text


def test_a_column_goes_along_unless_the_platform_takes_none(door, session):
    start(door, accept_lineitem=False)
    made = furnish(session)
    assert "gradebook column" not in door.open("/lti/deep-link").text
    assert "lineItem" not in answered(door, choose(door, f"track:{made.key}"))[CONTENT][0]


@pytest.mark.parametrize(
    ("targets", "asked", "where", "window"),
    [
        (["iframe"], False, "window", True),  # nobody asked; a wish typed by hand does no harm
        (["window"], False, None, True),
        (["iframe", "window"], True, "frame", False),
        (["iframe", "window"], True, "window", True),
        ([], False, None, False),
        (["embed"], False, None, False),
    ],
)
def test_where_a_link_opens_is_asked_where_the_platform_leaves_it_open(door, targets, asked, where, window):
    start(door, accept_presentation_document_targets=targets)
    page = door.open("/lti/deep-link")
    assert ("Where it opens" in page.text) is asked
    sent = dict(form_of(page).fields) if where is None else {"where": where}
    (item,) = answered(door, choose(door, "later", **{"where": sent["where"]} if "where" in sent else {}))[CONTENT]
    assert ("window" in item) is window


def test_dates_go_along_when_ticked(door, session):
    start(door)
    made = furnish(session)
    (item,) = answered(door, choose(door, f"milestone:{made.key}:{made.milestones[0].key}", dates="yes"))[CONTENT]
    assert item["submission"] == {"endDateTime": "2026-10-12T23:59:59+00:00"}


def test_a_course_without_a_track_may_add_the_link_first(door):
    start(door)
    assert "This course has no track yet" in door.open("/lti/deep-link").text
    assert answered(door, choose(door, "later"))[CONTENT][0]["title"] == "Mentoring"


def test_picking_nothing_is_answered_too_and_the_seat_ends(door):
    start(door)
    said = answered(door, choose(door, do="cancel"))
    assert (said[CONTENT], said[f"{DL}msg"], said[DATA]) == ([], "Nothing was added.", 'opaque<&"é')
    assert door.open("/lti/deep-link").status_code == 401


def test_the_picker_is_used_once(door, session):
    start(door)
    form = dict(form_of(door.open("/lti/deep-link")).fields) | {"do": "add", "pick": "later"}
    for expected in (200, 401):
        forget_request()
        assert door.browser.post("/lti/deep-link", data=form, base_url=BASE).status_code == expected


@pytest.mark.parametrize("value", ["track:4711", "²", "1" * 12, "test:a:b", "milestone:../..", "track:x\x00"])
def test_what_is_not_of_this_course_is_not_there(door, value):
    start(door)
    assert choose(door, value).status_code == 404
    assert door.open("/lti/deep-link").status_code == 200


def test_a_closed_track_is_not_offered(door, session):
    start(door)
    made = furnish(session, state=TrackState.CLOSED)
    assert made.title not in door.open("/lti/deep-link").text
    assert choose(door, f"track:{made.key}").status_code == 404


@pytest.mark.parametrize("types", [["file"], ["link", "html", "image"], []])
def test_a_place_that_takes_no_link_says_so(door, types):
    start(door, accept_types=types)
    assert "takes no link" in door.open("/lti/deep-link").text
    assert choose(door, "later").status_code == 400
    said = answered(door, choose(door, do="cancel"))
    assert said[CONTENT] == []
    assert "as an activity" in said[f"{DL}errormsg"]
    assert "accept_types" in said[f"{DL}errorlog"]


def test_moodles_request_and_canvass_are_both_served(door):
    """Moodle: mod/lti/locallib.php, lti_build_content_item_selection_request; Canvas: its editor button."""
    for settings in (
        {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
        },
        {
            "accept_types": ["link", "file", "html", "ltiResourceLink", "image"],
            "accept_presentation_document_targets": ["embed", "iframe", "window"],
            "accept_media_types": "image/*,text/html,application/vnd.ims.lti.v1.ltilink,*/*",
            "accept_multiple": "true",
            "auto_create": False,
        },
    ):
        start(door, **settings)
        assert answered(door, choose(door, "later"))[CONTENT][0]["type"] == "ltiResourceLink"


def test_a_hostile_return_address_is_escaped(door):
    start(door, deep_link_return_url='https://lms.example/picked?a="><script>alert(1)</script>')
    page = choose(door, "later")
    assert "<script>alert" not in page.text
    assert html.escape('a="><script>', quote=True).replace("&quot;", "&#34;") in page.text


def test_in_an_ordinary_seat_there_is_nothing_to_pick(door):
    door.walk()
    assert door.open("/lti/deep-link").status_code == 404


def test_a_student_may_not_pick(door):
    answer = door.walk(change={**door.platform.picking(), ROLES: [STUDENT]})
    assert answer.status_code == 403


def test_the_choice_needs_the_proof_of_its_own_form(door):
    start(door)
    forget_request()
    assert door.browser.post("/lti/deep-link", data={"do": "cancel"}, base_url=BASE).status_code == 403
