"""Time zones stand once, by the name of now; a former name that is stored, open or in an address is understood."""

from lti_mentoring.forms.zones import zone_now, zone_words, zones


def test_each_place_is_offered_once_by_its_name_of_now():
    offered = dict(zones())
    assert offered["Asia/Kolkata"] == "Asia / Kolkata"
    assert offered["America/Argentina/Buenos_Aires"] == "America / Argentina / Buenos Aires"
    assert not {"Asia/Calcutta", "Europe/Kiev", "America/Buenos_Aires", "Asia/Istanbul"} & set(offered)
    # A place whose name of now would not be offered keeps the one that it has.
    assert "Atlantic/Jan_Mayen" in offered


def test_a_former_name_is_understood_and_shown_as_the_name_of_now():
    assert zone_now("Asia/Calcutta") == "Asia/Kolkata"
    assert zone_words("Europe/Kiev") == "Europe / Kyiv"
    assert (zone_now("Moon/Base"), zone_now(None), zone_words("")) == ("Moon/Base", "", "")
