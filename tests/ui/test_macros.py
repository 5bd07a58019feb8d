"""The parts as HTML: what a reader of the page, by eye or by ear, can rely on."""

import re

import pytest

ROOT_CLASS = re.compile(r'class="([^"]*)"')
INLINE = re.compile(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.fixture(scope="module")
def page(gallery):
    return gallery.test_client().get("/").text


def part(gallery, template, **values):
    with gallery.test_request_context():
        source = '{% import "_ui/parts.html" as ui %}' + template
        return gallery.jinja_env.from_string(source).render(**values)


def test_nothing_needs_an_inline_script_or_style(page):
    assert not INLINE.search(page)


def test_every_id_is_there_once_and_every_reference_leads_somewhere(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
        assert set(names.split()) <= set(ids)
    assert set(re.findall(r'<label[^>]*\sfor="([^"]+)"', page)) <= set(ids)


def test_every_class_of_ours_is_in_the_style_sheet(page, style_sheet):
    ours = {name for names in ROOT_CLASS.findall(page) for name in names.split() if name.startswith("m-")}
    without_looks = {"m-place__nav", "m-card--open", "m-side"}
    assert {name for name in ours - without_looks if f".{name}" not in style_sheet} == set()


def test_every_icon_that_is_used_is_in_the_sprite(page, static):
    sprite = (static / "icons.svg").read_text()
    used = set(re.findall(r"icons\.svg#(i-\w+)", page))
    assert used
    assert {name for name in used if f'id="{name}"' not in sprite} == set()


def test_every_name_stands_in_its_own_language(page):
    assert '<bdi class="m-person__name" lang="ar">عمر الخطيب</bdi>' in page
    assert '<bdi lang="hi">अनन्या शर्मा</bdi>' in page


def test_the_path_says_its_states_in_words(page):
    assert re.search(
        r'<li class="is-now" aria-current="step">.*Ward history<span class="visually-hidden">, your next step', page
    )
    assert page.count('aria-current="step"') == 2  # one path each


def test_a_field_with_an_error_tells_it_three_times_in_the_same_words(page):
    assert '<a href="#better">Write one thing</a>' in page
    assert re.search(r'id="better-e">.*Write one thing', page)
    assert re.search(
        r'<textarea aria-describedby="better-e" aria-invalid="true" class="form-control is-invalid" id="better"', page
    )


def test_the_summary_leads_to_the_first_answer_of_a_choice(page):
    assert '<a href="#trust-0">Choose how much help</a>' in page
    assert 'id="trust-0"' in page


def test_a_rating_starts_with_nothing_chosen_and_sets_not_seen_apart(page):
    scale = page.split('id="trust"')[1].split("</fieldset>")[0]
    assert " checked" not in scale
    assert re.search(r'm-scale__opt--apart"><input[^>]*value="none"', scale)
    assert '<span class="m-last">Her last: 2, on 30 Oct</span>' in scale


def test_a_rating_shows_what_was_chosen(gallery, gallery_form):
    assert re.search(r'value="2" checked', part(gallery, "{{ ui.rating(form.trust) }}", form=gallery_form))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("sure", 'type="checkbox"'),
        ("sign", 'type="radio"'),
        ("kinds", 'type="checkbox"'),
        ("who", "<select"),
        ("better", "<textarea"),
        ("weight", 'inputmode="numeric"'),
        ("when", 'type="date"'),
        ("name", 'type="text"'),
    ],
)
def test_a_field_of_any_type_gets_its_control(gallery, gallery_form, name, shown):
    html = part(gallery, "{{ ui.field(form[name]) }}", form=gallery_form, name=name)
    assert shown in html
    assert gallery_form[name].label.text in html


def test_a_job_stops_asking_when_it_has_ended(gallery):
    running = part(gallery, '{{ ui.job("j", "Sending", 3, 30, poll_url="/poll", every=5) }}')
    ended = part(gallery, '{{ ui.job("j", "Sent", 0, 0) }}')
    assert 'hx-trigger="every 5s"' in running
    assert "hx-" not in ended
    assert 'max="1"' in ended


def test_a_table_keeps_its_roles_when_it_turns_into_cards(page):
    table = page.split('<table class="m-table m-table--cards')[1].split("</table>")[0]
    assert table.count('role="row"') == 6
    assert 'aria-sort="descending">State' in table
    assert 'data-label="In gradebook" class="is-num"' in table


def test_bars_survive_zeros_and_long_names(gallery):
    html = part(gallery, '{{ ui.bars([("Nothing", 0)], ["A", "B"], "Say", "Cap") }}')
    assert "<rect" not in html
    assert ">0</text>" in html


def test_a_question_names_a_safe_way_first(page):
    dialog = page.split('<dialog class="m-dialog"')[1].split("</dialog>")[0]
    assert dialog.index("data-dialog-close autofocus>Keep it") < dialog.index("Withdraw the certificate</button>")


def test_a_question_can_be_a_page(gallery):
    html = part(
        gallery,
        '{% call ui.confirm_page("Withdraw it?", "It ends.", "/w", ("Keep it", "/back"), "Withdraw") %}{% endcall %}',
    )
    assert '<a class="btn btn-quiet" href="/back">Keep it</a>' in html


def test_without_a_place_the_header_is_bare(pages):
    html = pages.get("/pair?bare=1").text
    assert "m-tabs" not in html
    assert "<strong>Mentoring</strong>" in html


@pytest.mark.parametrize("art", ["open", "half", "mail"])
def test_nothing_yet_names_the_first_step(gallery, art):
    html = part(gallery, '{{ ui.empty("Nobody yet", "Ask.", ("Ask", "/ask"), art=art) }}', art=art)
    assert '<a class="btn btn-primary" href="/ask">Ask</a>' in html
