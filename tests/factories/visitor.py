"""Somebody without a seat and without an account, in a browser of their own that comes from a mail."""

import re

from factories.browser import forget_request

BASE = "https://localhost"


class Visitor:
    """``page`` is the last one that a form was opened on."""

    def __init__(self, app):
        self.client, self.page = app.test_client(), None

    def get(self, path, **options):
        forget_request()
        return self.client.get(path, base_url=BASE, **options)

    def post(self, path, data=None):
        forget_request()
        return self.client.post(path, data=data, base_url=BASE)

    def look(self, token, at="/invitation/open"):
        self.page = self.post(at, {"link": token})
        return self.page

    def proof(self):
        """The proof of the form that is open."""
        return re.search(r'name="visitor" value="([^"]+)"', self.page.text)[1]

    def accept(self, token, name="Dr Vera Outside", **more):
        form = {"link": token, "name": name, "language": "en", "visitor": self.proof()}
        return self.post("/invitation/accept", {**form, **more})
