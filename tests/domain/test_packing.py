"""What is kept of a round comes back as it was."""

import pytest

from lti_mentoring.domain.packing import digest, pack, unpack


def test_what_is_packed_comes_back_and_has_its_digest():
    assert unpack(pack("ليلى")) == "ليلى"
    assert digest("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_what_is_no_package_is_said_so():
    with pytest.raises(ValueError, match="not packed"):
        unpack(b"nothing")
