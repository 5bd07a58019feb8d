"""A platform as a process of its own: it gives tokens, and a roster's pages from memory.

Arguments: PORT PEOPLE PAGE_SIZE
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def member(number):
    """Return one member as platforms send them."""
    return {
        "status": "Active", "user_id": f"7f0c{number:08x}-4f2a-4d0e-9d57-1c2b3a4d5e6f", "name": f"Amina {number} Yusuf",
        "given_name": f"Amina {number}", "family_name": "Yusuf", "email": f"student{number}@students.example.org",
        "lis_person_sourcedid": f"example:{number}", "roles": [LEARNER],
    }  # fmt: skip


def pages(people, size):
    """Return every page as bytes, in order."""
    context = {"id": "course-1", "label": "C1", "title": "Course"}
    return [
        json.dumps({"id": "x", "context": context, "members": [member(n) for n in range(at, min(at + size, people))]})
        for at in range(0, people, size)
    ]


def serve(port, people, size):
    held = [page.encode() for page in pages(people, size)]
    own = f"http://127.0.0.1:{port}"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(json.dumps({"access_token": "t", "token_type": "bearer", "expires_in": 3600}).encode())

        def do_GET(self):
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["0"])[0])
            more = f'<{own}/members?page={number + 1}>; rel="next"' if number + 1 < len(held) else None
            self.answer(held[number], more)

        def answer(self, body, link=None):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if link:
                self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Stay quiet."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
