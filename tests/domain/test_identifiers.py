"""What may name a patient, and what does not."""

from datetime import date

import pytest

from lti_mentoring.domain.identifiers import (
    Identifier,
    Piece,
    find_identifiers,
    find_in_link,
    fingerprint,
    is_health_number,
    pieces,
    words_of_link,
)

TODAY = date(2026, 11, 23)


def found(text):
    return [(one.kind, one.text) for one in find_identifiers(text, today=TODAY)]


@pytest.mark.parametrize(
    ("text", "kind", "marked"),
    [
        ("She was DOB 12/03/1952 and well", Identifier.BIRTH_DATE, "DOB 12/03/1952"),
        ("born on 26 November in Nairobi", Identifier.BIRTH_DATE, "born on 26 November"),
        ("date of birth: 3rd May 1961.", Identifier.BIRTH_DATE, "date of birth: 3rd May 1961"),
        ("a woman (1952-03-12)", Identifier.BIRTH_DATE, "1952-03-12"),
        ("a woman, March 12, 1952", Identifier.BIRTH_DATE, "March 12, 1952"),
        ("seen 12.3.52", Identifier.BIRTH_DATE, "12.3.52"),
        ("seen 12.3.05", Identifier.BIRTH_DATE, "12.3.05"),
        ("geb. 12.03.1952", Identifier.BIRTH_DATE, "geb. 12.03.1952"),
        ("MRN 4471-20 on the chart", Identifier.RECORD_NUMBER, "MRN 4471-20"),
        ("UHID: AB123456", Identifier.RECORD_NUMBER, "UHID: AB123456"),
        ("Hospital no. 88321", Identifier.RECORD_NUMBER, "Hospital no. 88321"),
        ("NHS number 943 476 5919", Identifier.RECORD_NUMBER, "NHS number 943 476 5919"),
        ("her band says 943 476 5919", Identifier.RECORD_NUMBER, "943 476 5919"),
        ("write to layla.h@example.org", Identifier.EMAIL, "layla.h@example.org"),
        ("ring +254 712 345 678 for her son", Identifier.PHONE, "+254 712 345 678"),
        ("mobile: 98765 43210", Identifier.PHONE, "mobile: 98765 43210"),
        ("(022) 2345 6789", Identifier.PHONE, "(022) 2345 6789"),
        ("number 20261188", Identifier.LONG_NUMBER, "20261188"),
        ("code 943 476 5918", Identifier.LONG_NUMBER, "943 476 5918"),
        ("card 1234 5678 9012", Identifier.LONG_NUMBER, "1234 5678 9012"),
        ("I saw Mrs Haddad on the ward", Identifier.NAME, "Mrs Haddad"),
        ("I saw Mr. John Smith on the ward", Identifier.NAME, "Mr. John Smith"),
        ("my patient Layla told me", Identifier.NAME, "my patient Layla"),
        ("a woman called Layla Haddad", Identifier.NAME, "woman called Layla Haddad"),
        ("Patient: Omar Khatib, 60", Identifier.NAME, "Patient: Omar Khatib"),
        ("patient name is O'Brien", Identifier.NAME, "patient name is O'Brien"),
        ("मैंने श्रीमती शर्मा से बात की", Identifier.NAME, "श्रीमती शर्मा"),
    ],
)
def test_an_identifier_is_found_with_its_place(text, kind, marked):
    assert found(text) == [(kind, marked)]
    only = find_identifiers(text, today=TODAY)[0]
    assert text[only.start : only.end] == marked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I saw her on 26 November and again on 21/11/2026.",
        "A woman of 71, blood pressure 120/80, pulse 96, sodium 138.",
        "Mrs K. takes warfarin. The patient I saw had no pain; the patient was calm.",
        "Two studies (2019-2020, n = 1,500,000; 3000000 people) and platelets 250 000.",
        "See https://example.org/a/12345678901 and doi:10.1016/1234567890, PMID 12345678.",
        "Heparin 5000000 IU; MR angiography; Patient Safety matters.",
        "Our patient Dr Raman introduced; my patient Monday",
        "The course began on 2026-09-28 and the year 1985 changed the field.",
        "Version 1.2.3 of the form, room 12-14, ward 6.",
        "Patient: Complains of pain. Name: not given.",
        "in the year 1800: 01.01.1800",
    ],
)
def test_ordinary_clinical_writing_raises_no_alarm(text):
    assert found(text) == []


@pytest.mark.timeout(20)
def test_a_long_list_of_numbers_is_read_in_seconds():
    text = "20261188 and Mrs Haddad\n" * 20_000
    findings = find_identifiers(text, today=TODAY)
    assert len(findings) == 40_000
    assert [one.start for one in findings] == sorted(one.start for one in findings)


def test_of_two_readings_the_more_telling_one_is_kept():
    assert found("MRN 12345678 and 26 Nov") == [(Identifier.RECORD_NUMBER, "MRN 12345678")]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://mrs-haddad.example.edu:8443", ""),
        ("https://files.example.edu/ward%207/Mrs%20Haddad", "/ward 7/Mrs Haddad"),
        ("https://example.edu/a+b?name=Mrs+Haddad&x=%2B1", "/a+b?name=Mrs Haddad&x=+1"),
        ("https://example.edu/a#chart%20of%20Mrs%20Haddad", "/a#chart of Mrs Haddad"),
        ("https://example.edu/%ff", "/\N{REPLACEMENT CHARACTER}"),
        ("", ""),
    ],
)
def test_a_links_words_are_all_behind_its_host_as_they_are_meant(link, words):
    assert words_of_link(link) == words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "/MRN-445566/dob-12-03-1952/Mrs-Haddad",
            [
                (Identifier.RECORD_NUMBER, "MRN-445566"),
                (Identifier.BIRTH_DATE, "dob-12-03-1952"),
                (Identifier.NAME, "Mrs-Haddad"),
            ],
        ),
        ("/chart/mrn/445566/notes", [(Identifier.RECORD_NUMBER, "mrn/445566")]),
        ("/notes?patientId=AB123456&page=2", [(Identifier.RECORD_NUMBER, "patientId=AB123456")]),
        ("/nhs/943-476-5919", [(Identifier.RECORD_NUMBER, "nhs/943-476-5919")]),
        ("/letter_nhs_number_9434765919.pdf", [(Identifier.RECORD_NUMBER, "nhs_number_9434765919")]),
        ("/fhir?birthDate=1952-03-12", [(Identifier.BIRTH_DATE, "birthDate=1952-03-12")]),
        ("/ask?dateOfBirth=1952-03-12", [(Identifier.BIRTH_DATE, "dateOfBirth=1952-03-12")]),
        ("/ward/Mr_John_Smith.docx", [(Identifier.NAME, "Mr_John_Smith")]),
        ("/notes?patient_name=Layla Haddad", [(Identifier.NAME, "patient_name=Layla Haddad")]),
        ("/call?phone=+254712345678", [(Identifier.PHONE, "phone=+254712345678")]),
        ("/to/layla.h@example.org", [(Identifier.EMAIL, "layla.h@example.org")]),
    ],
)
def test_what_may_name_a_patient_is_found_in_a_links_words(words, told):
    findings = find_in_link(words)
    assert [(one.kind, one.text) for one in findings] == told
    assert [words[one.start : one.end] for one in findings] == [text for _, text in told]


@pytest.mark.parametrize(
    "link",
    [
        "https://doi.org/10.1016/S0140-6736(20)30183-5",
        "https://onlinelibrary.wiley.com/doi/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
        "https://www.cell.com/cell/0092-8674-12345678",
        "https://pubmed.ncbi.nlm.nih.gov/31986264/",
        "https://vimeo.com/1012345678",
        "https://vimeo.com/9434765919",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1234567s",
        "https://docs.example.com/document/d/1aB2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ0123456789/edit?gid=1234567890",
        "https://www.dropbox.com/scl/fi/x7h2k/case-log.pdf?rlkey=0123456789abc&dl=0",
        "https://files.example.edu/0123-4567-8901/0123/456/7890",
        "https://files.example.edu/550e8400-0123-4567-8901-446655440000",
        "https://meet.example.com/j/98765432101?pwd=0611223344",
        "https://example.org/product?pid=1234567&file_id=998877&folderId=445566&recordId=123456",
        "https://dl.acm.org/conference/chi-2024/urn-12345",
        "https://www.england.nhs.uk/publication/nhs-2019-2020-plan/",
        "https://news.example.org/2015/03/12/a-day-on-the-ward",
        "https://blog.example.org/2015-03-12-a-day-on-the-ward.html",
        "https://example.org/Report%2012%20March%202015.pdf",
        "https://m.example.org/mobile/20231234/phone/20231235",
        "https://cdn.example.org/npm/htmx.org@1.9.2",
        "https://maps.example.org/@51.5007292,-0.1246254,17z",
        "https://repository.example.edu/Master-Thesis_2020_final.pdf",
        "https://en.example.org/wiki/Sri_Lanka",
        "https://example.org/Patient/Information-Leaflets?name=Week+Three",
    ],
)
def test_the_numbers_and_dates_of_an_ordinary_link_raise_no_alarm(link):
    assert find_in_link(words_of_link(link)) == ()


def test_the_text_can_be_shown_with_the_findings_marked():
    text = "I saw Mrs Haddad today"
    findings = find_identifiers(text, today=TODAY)
    assert pieces(text, findings) == (
        Piece("I saw "),
        Piece("Mrs Haddad", Identifier.NAME),
        Piece(" today"),
    )
    assert pieces("calm", ()) == (Piece("calm"),)


def test_consent_holds_for_exactly_what_was_shown():
    first = find_identifiers("Mrs Haddad", today=TODAY)
    assert fingerprint(first) == fingerprint(find_identifiers("then Mrs Haddad", today=TODAY))
    assert fingerprint(first) != fingerprint(find_identifiers("Mrs Haddad, MRN 12345", today=TODAY))


@pytest.mark.parametrize(
    ("digits", "valid"), [("9434765919", True), ("9434765918", False), ("943476591", False), ("0000000000", True)]
)
def test_a_health_number_has_a_check_digit(digits, valid):
    assert is_health_number(digits) is valid
