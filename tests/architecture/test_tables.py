"""Every row says whose it is."""

from lti_mentoring import models
from lti_mentoring.db import db

OF_THE_INSTALLATION = {
    "institution",  # the tenant itself
    "tool_key",  # our own keys, published once for everybody
    "platform_key_set",  # what a platform publishes to the world, known by its address
}


def test_every_row_carries_its_institution():
    assert models.__all__
    without = {name for name, table in db.metadata.tables.items() if "institution_id" not in table.columns}
    assert without == OF_THE_INSTALLATION


OF_NOBODY_OR_ONE = {
    "account": "an operator belongs to the installation, all others to an institution; the table checks it",
    "passkey": "as its account",
    "sign_in_link": "as its account",
    "sign_in_session": "as its account",
    "passkey_challenge": "before anybody has signed in it is nobody's",
    "sign_in_request": "before the address is looked up it is nobody's; deleted after a day",
    "audit_entry": "what an operator does to their own account is no institution's",
}


def test_only_what_belongs_to_an_account_may_belong_to_no_institution():
    tables = db.metadata.tables.items()
    nullable = {name for name, table in tables if getattr(table.columns.get("institution_id"), "nullable", False)}
    assert nullable == set(OF_NOBODY_OR_ONE)
