import pytest
from tests.press.designs.samples import subject

from scanly.press.designs.words import call_of, calls, usual_call
from scanly.press.page import Box
from scanly.press.type.setting import Face, Manner, set_text
from scanly.sites.blocks import block_types
from scanly.sites.model import Block, Site
from scanly.sites.words.language import LANGUAGES


def page(*types: str, hidden: tuple[str, ...] = ()) -> Site:
    blocks = tuple(Block(kind, kind, hidden=kind in hidden) for kind in types)
    return Site("asha", "Asha", blocks=blocks)


def test_every_call_is_said_in_every_language_and_no_two_calls_of_a_language_are_the_same():
    assert set(calls()) == set(LANGUAGES)
    for said in calls().values():
        assert said.keys() == calls()["en"].keys()
        assert all(text.strip() == text and text for text in said.values())
        assert len(set(said.values())) == len(said)


def test_calls_are_translated_and_short_enough_for_a_line_of_a_sign():
    for language, said in calls().items():
        for name, text in said.items():
            assert len(text) <= 45
            assert language == "en" or text != calls()["en"][name]


def test_fonts_have_all_letters_of_all_calls():
    for said in calls().values():
        for text in said.values():
            assert set_text(text, Box(0, 0, 500, 20), Manner(12), Face("bold"))


@pytest.mark.parametrize(
    ("types", "call"),
    [
        (("name-board", "menu", "pay-me", "wifi"), "menu"),
        (("pay-me",), "pay"),
        (("price-list", "pay-me"), "prices"),
        (("services", "ask-for-a-time"), "book"),
        (("order", "price-list"), "order"),
        (("wifi", "text"), "wifi"),
        (("feedback",), "review"),
        (("name-board", "links"), "visit"),
        ((), "visit"),
    ],
)
def test_the_call_is_what_the_page_is_good_for(types, call):
    assert usual_call(page(*types)) == call


def test_a_code_that_leads_to_a_block_calls_for_that_block_alone():
    whole = page("menu", "kind-words", "pay-me", "text")
    assert usual_call(whole, "pay-me") == "pay"
    assert usual_call(whole, "kind-words") == "review"
    assert usual_call(whole, "text") == "visit"
    assert usual_call(whole, "nothing-there") == "menu"


def test_a_block_that_is_hidden_calls_for_nothing():
    assert usual_call(page("menu", "pay-me", hidden=("menu",))) == "pay"


def test_any_other_address_is_visited():
    assert usual_call(None) == "visit"


def test_blocks_that_calls_are_chosen_by_are_blocks():
    from scanly.press.designs import words

    assert set(words._BY_FRAGMENT) <= set(block_types())
    assert set(words._BY_FRAGMENT.values()) <= set(calls()["en"])


def test_a_call_is_said_in_the_nearest_language_and_the_owners_own_words_as_they_are():
    assert call_of("hi", "menu") == "मेन्यू के लिए स्कैन करें"
    assert call_of("pt-BR", "menu") == "Escaneie para ver o cardápio"
    assert call_of("nl", "menu") == "Scan for the menu"
    assert call_of("hi", "Free coffee!") == "Free coffee!"
    assert subject("de").call == "Scannen und bestellen"
