"""A platform that others wrote: Open edX's lti-consumer-xblock, outside Open edX, as a process of its own.

    python xblock_platform.py PORT TOOL_BASE_URL

All that is LTI is theirs: login initiation, authentication, id_token, keys, tokens, roster, gradebook, the check of a
deep linking response. Ours are Django's settings, the look-ups that Open edX's courseware would answer
(lti_consumer.plugin.compat, the seam they made for it), and the /_ctl addresses that a test steers it by.

Its package is under AGPL-3.0: it lives in an environment of its own, never imported by the product, never shipped.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command

CLIENT_ID = "client-xblock"
LOCATION = "block-v1:org+course+run+type@lti_consumer+block@unit1"
CONTEXT_ID = "course-v1:org+course+run"
FACULTY = 1
STUDENTS = range(2, 8)

# Django reads these from the module that runs, which is this one.
urlpatterns = []


def configure(base):
    """Give Django what lti_consumer needs, and a database in the folder where we stand."""
    database = Path.cwd() / f"xblock-{urlsplit(base).port}.sqlite3"
    settings.configure(
        SECRET_KEY="only for tests " * 4,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="__main__",
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions",
                        "rest_framework", "django_filters", "waffle", "config_models", "lti_consumer"],
        MIDDLEWARE=["edx_django_utils.cache.middleware.RequestCacheMiddleware",
                    "django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "edx_django_utils.cache.middleware.TieredCacheMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        # Several requests of one tool may write at once; the usual deferred begin would fail with "locked".
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database),
                               "OPTIONS": {"timeout": 15, "transaction_mode": "IMMEDIATE"}}},
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        REST_FRAMEWORK={"PAGE_SIZE": 10},
        USAGE_ID_PATTERN=r"(?P<usage_id>[^/]+)",
        LMS_ROOT_URL=base,
        LMS_BASE=base.removeprefix("http://"),
        LEARNING_MICROFRONTEND_URL=base,
        PLATFORM_NAME="xblock-platform",
        SERVICE_VARIANT="lms",
        FEATURES={},
    )  # fmt: skip
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


class Block(SimpleNamespace):
    """The one graded unit of the course, as far as lti_consumer looks at it."""

    def is_past_due(self):
        return False

    def max_score(self):
        return 1

    def set_user_module_score(self, user, score, max_score, comment):
        self.gradebook.append({"user": user, "score": score, "max_score": max_score, "comment": comment})


class Course:
    """The course's people and gradebook, in memory."""

    def __init__(self, location):
        self.people = {number: self.person(number) for number in (FACULTY, *STUDENTS)}
        self.gradebook = []
        self.custom = {}
        self.block = Block(
            lti_1p3_passport_id="", display_name="Unit 1", context_id=CONTEXT_ID, weight=100, has_score=True,
            accept_grades_past_due=True, scope_ids=SimpleNamespace(usage_id=location), gradebook=self.gradebook,
        )  # fmt: skip

    @staticmethod
    def person(number):
        role = "instructor" if number == FACULTY else "student"
        return {"id": number, "username": f"u{number}", "email": f"u{number}@example.org", "name": f"User {number}",
                "roles": [role]}  # fmt: skip

    def answer_for_courseware(self):
        """Put our course where Open edX's courseware would be asked."""
        from lti_consumer.plugin import compat

        compat.load_enough_xblock = compat.load_block_as_user = lambda _location: self.block
        compat.get_course_members = lambda _key: {number: dict(one) for number, one in self.people.items()}
        compat.merge_course_forum_roles = lambda _key, members: members
        compat.batch_get_or_create_externalids = lambda _users: {
            number: SimpleNamespace(external_user_id=f"ext-{number}") for number in self.people
        }
        compat.get_user_from_external_user_id = lambda user: user
        for allowed in ("user_has_studio_write_access", "user_has_access", "user_course_access"):
            setattr(compat, allowed, lambda *_, **__: True)
        compat.get_course_by_id = lambda key: SimpleNamespace(id=key)


class Control:
    """The addresses by which a test steers the platform."""

    def __init__(self, base, tool, course, location):
        from lti_consumer.models import CourseAllowPIISharingInLTIFlag, Lti1p3Passport, LtiConfiguration

        self.base, self.course, self.location = base, course, location
        # Names and mail addresses are told to the tool only where the course says so.
        CourseAllowPIISharingInLTIFlag.objects.create(course_id=location.course_key, enabled=True)
        self.passport = Lti1p3Passport.objects.create(
            name="tool", lti_1p3_client_id=CLIENT_ID, lti_1p3_tool_keyset_url=f"{tool}/lti/jwks.json"
        )
        self.configuration = LtiConfiguration.objects.create(
            version=LtiConfiguration.LTI_1P3,
            config_store=LtiConfiguration.CONFIG_ON_DB,
            location=location,
            lti_1p3_passport=self.passport,
            lti_1p3_oidc_url=f"{tool}/lti/login",
            lti_1p3_launch_url=f"{tool}/lti/launch",
            lti_1p3_redirect_uris=[f"{tool}/lti/launch"],
            lti_advantage_enable_nrps=True,
            lti_advantage_deep_linking_enabled=True,
            lti_advantage_deep_linking_launch_url=f"{tool}/lti/launch",
            lti_advantage_ags_mode=LtiConfiguration.LTI_ADVANTAGE_AGS_PROGRAMMATIC,
        )

    def routes(self):
        from django.http import HttpResponse
        from django.urls import include, path
        from django.views.decorators.csrf import csrf_exempt

        return [
            path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
            path("_ctl/config", self.config),
            path("_ctl/launch", self.launch),
            path("_ctl/state", self.state),
            path("_ctl/rotate", csrf_exempt(self.rotate)),
            path("_ctl/mutate", csrf_exempt(self.mutate)),
            path("back", lambda _request: HttpResponse("back in the course")),
        ]

    def config(self, _request):
        from django.http import JsonResponse

        api = f"{self.base}/api/lti_consumer/v1"
        return JsonResponse(
            {
                "iss": self.base,
                "client_id": self.passport.lti_1p3_client_id,
                "deployment_id": "1",
                "auth_url": f"{api}/launch/",
                "token_url": f"{api}/token/{self.passport.passport_id}",
                "jwks_url": f"{api}/public_keysets/{self.passport.passport_id}",
                "context_id": CONTEXT_ID,
                "resource_link_id": str(self.location),
            }
        )

    def launch(self, request):
        """Send the browser to the tool's login, as the courseware page would."""
        from django.http import HttpResponseRedirect
        from lti_consumer.data import Lti1p3LaunchData

        asked = request.GET
        person = self.course.people[int(asked.get("user", STUDENTS[0]))]
        data = Lti1p3LaunchData(
            user_id=str(person["id"]),
            external_user_id=f"ext-{person['id']}",
            user_role=asked.get("role", person["roles"][0]),
            config_id=self.configuration.config_id,
            resource_link_id=str(self.location),
            name=person["name"],
            email=person["email"],
            preferred_username=person["username"],
            launch_presentation_document_target="iframe",
            launch_presentation_return_url=f"{self.base}/back",
            message_type=asked.get("type", "LtiResourceLinkRequest"),
            context_id=CONTEXT_ID,
            context_type=["course_offering"],
            context_title="Course",
            context_label="C1",
            custom_parameters=self.course.custom,
            deep_linking_content_item_id=int(asked["item"]) if "item" in asked else None,
        )
        return HttpResponseRedirect(self.configuration.get_lti_consumer().prepare_preflight_url(data))

    def state(self, _request):
        """Tell what the platform holds: its gradebook, columns, scores, and what was chosen."""
        from django.http import JsonResponse
        from lti_consumer.models import LtiAgsLineItem, LtiAgsScore, LtiDlContentItem

        columns = [
            {"pk": item.pk, "label": item.label, "score_maximum": item.score_maximum, "tag": item.tag,
             "resource_id": item.resource_id, "resource_link_id": str(item.resource_link_id or "")}
            for item in LtiAgsLineItem.objects.order_by("pk")
        ]  # fmt: skip
        scores = [
            {"line_item": score.line_item_id, "user": score.user_id, "given": score.score_given,
             "maximum": score.score_maximum, "grading_progress": score.grading_progress}
            for score in LtiAgsScore.objects.order_by("pk")
        ]  # fmt: skip
        chosen = [
            {"pk": item.pk, "type": item.content_type, "attributes": item.attributes}
            for item in LtiDlContentItem.objects.order_by("pk")
        ]
        return JsonResponse(
            {"gradebook": self.course.gradebook, "line_items": columns, "scores": scores, "content_items": chosen}
        )

    def rotate(self, _request):
        """Take a new key: another key id, and the old key gone."""
        from django.http import JsonResponse

        self.passport.refresh_from_db()
        self.passport.lti_1p3_internal_private_key = self.passport.lti_1p3_internal_private_key_id = ""
        self.passport.save()
        # Their property makes the new key when it is asked for.
        made = self.passport.lti_1p3_public_jwk
        return JsonResponse({"kid": self.passport.lti_1p3_private_key_id, "keys": len(made["keys"])})

    def mutate(self, request):
        """Change the course: ``leave`` and ``join`` are numbers of people, ``custom`` replaces the custom values."""
        from django.http import JsonResponse

        change = json.loads(request.body)
        for number in change.get("leave", []):
            self.course.people.pop(number, None)
        for number in change.get("join", []):
            self.course.people[number] = self.course.person(number)
        self.course.custom = change.get("custom", self.course.custom)
        return JsonResponse({"people": sorted(self.course.people)})


def serve(port, tool):
    base = f"http://127.0.0.1:{port}"
    configure(base)
    # Only importable once Django is set up.
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from opaque_keys.edx.keys import UsageKey

    location = UsageKey.from_string(LOCATION)
    course = Course(location)
    course.answer_for_courseware()
    urlpatterns.extend(Control(base, tool, course, location).routes())
    # One process: launches under way lie in a cache of this process's memory.
    server = ThreadedWSGIServer(("127.0.0.1", port), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2].rstrip("/"))
