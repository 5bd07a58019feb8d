from dataclasses import dataclass

import pytest
from fakes.service_calls import NOON, RecordingSigner, Registration

from lti_mentoring.lti.deep_linking import (
    LinkColumn,
    LinkItem,
    PickRefused,
    Telling,
    deep_linking_response,
    may_pick,
    window_choices,
)
from lti_mentoring.lti.messages import DeepLinkingSettings

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RETURN = "https://lms.test/contentitem_return.php?id=3&sesskey=%2F"
LINK = LinkItem("https://tool.test/lti/launch", "Clinical mentorship", custom={"track": "5"})


@dataclass
class Answered:
    form: object
    claims: dict

    @property
    def items(self):
        return self.claims[f"{DL}content_items"]


def settings(**more):
    return DeepLinkingSettings(**({"return_url": RETURN, "accept_types": ("link", "ltiResourceLink")} | more))


def answer(asked, items, **more):
    signer = RecordingSigner()
    form = deep_linking_response(
        asked,
        items,
        platform=Registration("https://lms.test/token", issuer="https://lms.test"),
        deployment_id="deployment-1",
        signer=signer,
        now=NOON,
        **more,
    )
    return Answered(form, signer.claims[0])


def test_the_answer_is_signed_for_the_platform_and_short_lived():
    answered = answer(settings(), [LINK])
    claims = dict(answered.claims)
    assert len(claims.pop("nonce")) >= 22
    assert claims == {
        "iss": "client-1",
        "aud": "https://lms.test",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 300,
        f"{CLAIM}deployment_id": "deployment-1",
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
        f"{DL}content_items": [
            {
                "type": "ltiResourceLink",
                "url": "https://tool.test/lti/launch",
                "title": "Clinical mentorship",
                "custom": {"track": "5"},
            }
        ],
    }
    assert (answered.form.action, answered.form.jwt) == (RETURN, "signed-1")
    assert "signed-1" not in repr(answered.form)


def test_every_answer_has_a_nonce_of_its_own():
    assert answer(settings(), [LINK]).claims["nonce"] != answer(settings(), [LINK]).claims["nonce"]


@pytest.mark.parametrize("data", ["csrf:op=7", "", "ünïcode"])
def test_data_goes_back_exactly_when_it_came(data):
    assert answer(settings(data=data, has_data=True), [LINK]).claims[f"{DL}data"] == data


def test_data_that_did_not_come_does_not_go_back():
    assert f"{DL}data" not in answer(settings(), [LINK]).claims


def test_a_cancelled_pick_is_answered_too():
    answered = answer(settings(accept_types=(), data="d", has_data=True), [], told=Telling("Nothing was chosen."))
    assert (answered.items, answered.claims[f"{DL}msg"]) == ([], "Nothing was chosen.")
    assert answered.claims[f"{DL}data"] == "d"


def test_nothing_is_ever_null():
    bare = answer(settings(), [LinkItem("https://tool.test/lti/launch", column=LinkColumn(10))]).items[0]
    assert bare == {
        "type": "ltiResourceLink",
        "url": "https://tool.test/lti/launch",
        "lineItem": {"scoreMaximum": 10},
    }


def test_a_link_may_bring_its_column():
    column = LinkColumn(100.0, "Mentorship", "track-5", "grade")
    item = answer(settings(), [LinkItem("https://tool.test/l", "T", "About it", column=column)]).items[0]
    assert item["text"] == "About it"
    assert item["lineItem"] == {
        "scoreMaximum": 100,
        "label": "Mentorship",
        "resourceId": "track-5",
        "tag": "grade",
    }


@pytest.mark.parametrize(("accepts", "sent"), [(True, True), (None, True), (False, False)])
def test_a_column_is_left_out_where_the_platform_takes_none(accepts, sent):
    item = answer(settings(accept_lineitem=accepts), [LinkItem("https://tool.test/l", column=LinkColumn(1))]).items[0]
    assert ("lineItem" in item) is sent


@pytest.mark.parametrize("maximum", [0, -1, True, float("nan")])
def test_a_column_without_a_maximum_is_none(maximum):
    with pytest.raises(ValueError, match="maximum"):
        LinkColumn(maximum)


def test_several_links_go_only_where_several_are_taken():
    assert len(answer(settings(accept_multiple=True), [LINK, LINK]).items) == 2
    with pytest.raises(PickRefused) as caught:
        answer(settings(), [LINK, LINK])
    assert caught.value.code == "one_item_only"


def test_a_platform_that_takes_no_links_gets_none():
    pictures = settings(accept_types=("file", "html"))
    assert not may_pick(pictures)
    assert may_pick(settings())
    with pytest.raises(PickRefused) as caught:
        answer(pictures, [LINK])
    assert caught.value.code == "links_not_accepted"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//lms.test/x",
        "/x",
        "",
        "https://",
        "https://[/",
        "https://user@lms.test/x",
        "ftp://lms.test/",
    ],
)
def test_an_answer_goes_to_a_web_address_only(address):
    with pytest.raises(PickRefused) as caught:
        answer(settings(return_url=address), [])
    assert caught.value.code == "return_address_malformed"


def test_what_the_platform_is_told_has_the_names_of_the_standard():
    told = Telling("For you.", "for the log", "Sorry.", "for the error log")
    claims = answer(settings(), [], told=told).claims
    assert [claims[f"{DL}{name}"] for name in ("msg", "log", "errormsg", "errorlog")] == [
        "For you.", "for the log", "Sorry.", "for the error log"
    ]  # fmt: skip
    assert not {f"{DL}{name}" for name in ("msg", "log", "errormsg", "errorlog")} & set(answer(settings(), []).claims)


@pytest.mark.parametrize(
    ("targets", "choices"),
    [
        ((), (False,)),
        (("embed",), (False,)),
        (("iframe", "frame"), (False,)),
        (("window",), (True,)),
        (("window", "iframe"), (True, False)),
    ],
)
def test_where_a_link_opens_is_what_the_platform_offers_its_first_wish_first(targets, choices):
    assert window_choices(settings(accept_targets=targets)) == choices
