"""What a browser and a tool see of a launch from the demonstration LMS."""

from html.parser import HTMLParser

import jwt


class Form(HTMLParser):
    """The only form of a page: its address and its hidden fields."""

    def __init__(self, answer):
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(answer.text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.action = found["action"]
        elif tag == "input":
            self.fields[found["name"]] = found["value"]


def claims_of(web, token):
    """Return what a message says, its signature checked with the published keys."""
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(key for key in web.get("/jwks.json").json["keys"] if key["kid"] == kid)
    return jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience="demo-mentoring")
