"""What a mentor's public page may show, and what it never does."""

import pytest

from lti_mentoring.domain.credentials import CredentialState
from lti_mentoring.domain.mentor_pages import (
    OF_PROFILE,
    PublicPart,
    UnknownPublicPart,
    is_told_to_strangers,
    public_parts_of,
    public_title,
)
from lti_mentoring.domain.profiles import Part


def test_what_is_ticked_is_shown_in_the_order_of_the_page_and_nothing_else():
    assert public_parts_of([]) == []
    assert public_parts_of(["offer", "work", "checked", "work"]) == ["checked", "work", "offer"]
    with pytest.raises(UnknownPublicPart):
        public_parts_of(["work", "students"])


def test_every_part_of_a_profile_can_be_chosen_by_itself():
    assert list(OF_PROFILE.values()) == list(Part)
    assert set(PublicPart) - set(OF_PROFILE) == {
        PublicPart.CHECKED, PublicPart.LEVEL, PublicPart.ROLES, PublicPart.AGAIN,
    }  # fmt: skip


def test_strangers_read_of_a_credential_only_while_it_holds():
    assert {state for state in CredentialState if is_told_to_strangers(state)} == {
        CredentialState.VERIFIED,
        CredentialState.EXPIRING,
    }


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Licence to practise", True), ("Degree of 1998", True), ("Licence 7012345", False), ("No. 70 12 34", False)],
)
def test_a_title_with_a_number_in_it_is_not_repeated(title, shown):
    assert public_title(title) == (title if shown else "")
