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
