"""The settings of an open assistant are read again, while others ask."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.errors import EndpointRefused, EndpointUnreachable, SettingsError
from pincite.api.visitors import VISITOR, Visitor
from pincite.ui.settings_handlers import SettingsHandlers
from rag import Assistant, open_assistant
from rag.models import AnswerReady
from rag.settings import SETTINGS_FILE, Settings
from rag.settings_file import read_written, write_settings
from rag.trial import try_model

from .misbehaving_server import MisbehavingServer

KEY = "secret-key-of-the-test"
ASKED = "Who bought the crane?"


@pytest.fixture
def opened(tmp_path: Path, tiny_model: Path):
    """A library of one sentence, which is never refused: a tiny model finds it barely likely."""
    (tmp_path / "library").mkdir()
    write_settings(tmp_path / "library" / SETTINGS_FILE, {"abstention_threshold": "0.0"})
    with open_assistant(
        tmp_path / "library", embedding_model=str(tiny_model), candidates=40
    ) as assistant:
        (tmp_path / "crane.txt").write_text("Tessel Bay bought the crane.", encoding="utf-8")
        assistant.add(tmp_path / "crane.txt")
        yield assistant


def set_in_file(assistant: Assistant, **values: str | None) -> None:
    write_settings(assistant.library_path / SETTINGS_FILE, values)


def test_a_saved_setting_holds_from_the_next_question_on(opened) -> None:
    assert not opened.ask(ASKED).abstained
    set_in_file(opened, abstention_threshold="1.0")
    assert opened.reload_settings() == ()
    assert opened.ask(ASKED).abstained
    assert opened.settings.abstention_threshold == 1.0


def test_what_is_being_answered_ends_with_the_settings_it_began_with(opened) -> None:
    before = opened.settings.fingerprint
    events = opened.stream(ASKED)
    next(events)
    set_in_file(opened, abstention_threshold="1.0")
    opened.reload_settings()
    *_, last = events
    assert isinstance(last, AnswerReady)
    assert not last.answer.abstained
    assert last.answer.trace.settings_fingerprint == before


def test_arguments_count_before_the_file_as_at_the_beginning(opened) -> None:
    set_in_file(opened, candidates="20", passages="5")
    opened.reload_settings()
    assert (opened.settings.candidates, opened.settings.passages) == (40, 5)


def test_what_models_were_loaded_with_waits_and_is_named(opened) -> None:
    set_in_file(opened, threads="1", passages="5")
    assert opened.reload_settings() == ("threads",)
    assert (opened.settings.threads, opened.settings.passages) == (0, 5)


def test_a_file_that_cannot_be_used_changes_nothing(opened) -> None:
    before = opened.settings
    (opened.library_path / SETTINGS_FILE).write_text("passages = 9000\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="between 1 and 50"):
        opened.reload_settings()
    assert opened.settings is before
    assert not opened.ask(ASKED).abstained


def test_who_measures_keeps_the_settings_of_the_moment(opened) -> None:
    with opened.pinned() as pinned:
        set_in_file(opened, abstention_threshold="1.0")
        opened.reload_settings()
        assert opened.ask(ASKED).abstained
        assert not pinned.ask(ASKED).abstained
        assert pinned.settings.abstention_threshold != 1.0


def test_who_measures_keeps_the_model_between_two_questions(opened) -> None:
    with MisbehavingServer("saying", words=("Tessel Bay ", "bought the crane ", "[1].")) as server:
        set_in_file(opened, llm_base_url=server.base_url)
        opened.reload_settings()
        with opened.pinned() as pinned:
            pinned.ask(ASKED)
            client = pinned._answering._llm._http_client
            set_in_file(opened, llm_base_url=None)
            opened.reload_settings()
            pinned.ask(ASKED)
            assert pinned._answering._llm._http_client is client
            assert not client.is_closed
        assert client.is_closed


def test_a_model_that_is_no_more_asked_is_closed_after_its_last_answer(opened) -> None:
    with MisbehavingServer("saying", words=("Tessel Bay ", "bought the crane ", "[1].")) as server:
        set_in_file(opened, llm_base_url=server.base_url)
        opened.reload_settings()
        replaced = opened._answering
        events = opened.stream(ASKED)
        while replaced._llm is None:
            next(events)
        client = replaced._llm._http_client
        set_in_file(opened, llm_base_url=None)
        opened.reload_settings()
        assert not client.is_closed
        list(events)
        assert client.is_closed
        assert server.requests
        assert opened.ask(ASKED).trace.models["writer"] == "quotes"


def test_a_question_may_be_asked_with_other_settings(opened) -> None:
    with MisbehavingServer("saying", words=("Tessel Bay ", "bought the crane ", "[1].")) as server:
        set_in_file(opened, llm_base_url=server.base_url)
        opened.reload_settings()
        other = opened.asked_with(writer="quotes", passages=1)
        answer = other.ask(ASKED)
        assert answer.trace.models["writer"] == "quotes"
        assert not server.requests
        assert (other.settings.passages, other.settings.llm_base_url) == (1, server.base_url)
        assert answer.trace.settings_fingerprint == other.settings.fingerprint
        assert opened.ask(ASKED).trace.models["writer"] != "quotes"
    assert opened.asked_with(passages=opened.settings.passages) is opened
    with pytest.raises(SettingsError, match="passages is 51; it must lie between 1 and 50"):
        opened.asked_with(passages=51)


def test_a_model_that_one_question_asked_for_is_closed_after_it(opened) -> None:
    with MisbehavingServer("saying", words=("Tessel Bay ", "bought the crane ", "[1].")) as server:
        set_in_file(opened, llm_base_url=server.base_url, writer="quotes")
        opened.reload_settings()
        other = opened.asked_with(writer="endpoint")
        events = other.stream(ASKED)
        while other._answering._llm is None:
            next(events)
        client = other._answering._llm._http_client
        list(events)
        assert client.is_closed
        assert len(server.requests) == 1


def test_removed_quotes_holds_at_once(opened, tmp_path: Path) -> None:
    answer = opened.ask(ASKED)
    conversation = opened.conversations.add(answer).conversation_id
    opened.remove(answer.sources[0].document_id)
    kept = opened.conversations.answers(conversation)
    assert "bought" in kept[0].answer.claims[0].text
    set_in_file(opened, removed_quotes="drop")
    opened.reload_settings()
    left = opened.conversations.answers(conversation)
    assert all("bought" not in claim.text for claim in left[0].answer.claims)


def saved(assistant: Assistant, **values: str | None) -> str:
    """What the page says to a visitor of this machine who saves."""
    handlers = SettingsHandlers(assistant, public_only=False)
    visitor = Visitor(name="address:127.0.0.1")
    request = SimpleNamespace(request=SimpleNamespace(scope={VISITOR: visitor}))
    form, _ = handlers.save(request, SimpleNamespace(values=values))
    return form


def test_what_does_not_go_with_the_environment_is_not_left_in_the_file(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_WRITER", "endpoint")
    file = tmp_path / "library" / SETTINGS_FILE
    file.parent.mkdir()
    file.write_text('llm_base_url = "http://127.0.0.1:9/v1" # mine\n', encoding="utf-8")
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        assert "Nothing has changed. Setting writer" in saved(assistant, llm_base_url="")
        assert assistant.settings.llm_base_url == "http://127.0.0.1:9/v1"
        assert "# mine" in file.read_text(encoding="utf-8")
        assert "It holds from the next question on" in saved(assistant, passages="3")
        assert assistant.settings.passages == 3


def test_what_is_taken_back_takes_nobody_elses_save_along(opened, monkeypatch) -> None:
    reloading, go_on = threading.Event(), threading.Event()

    def refusing() -> tuple[str, ...]:
        reloading.set()
        go_on.wait(0.5)  # nobody else comes in between, however long that takes
        raise SettingsError("No.")

    monkeypatch.setattr(opened, "reload_settings", refusing)
    with ThreadPoolExecutor(2) as pool:
        refused = pool.submit(saved, opened, answer_words="30")
        assert reloading.wait(10)
        other = pool.submit(set_in_file, opened, keep_unsupported="true")
        other.add_done_callback(lambda _: go_on.set())
        assert "Nothing has changed. No." in refused.result()
        other.result()
    written = read_written(opened.library_path / SETTINGS_FILE)
    assert written == {"abstention_threshold": 0.0, "keep_unsupported": True}


def test_a_browser_cannot_write_what_its_form_does_not_offer(opened) -> None:
    file = opened.library_path / SETTINGS_FILE
    before = file.read_bytes()
    sent = {"candidates": "3", "threads": "1", "llm_api_key": KEY, "unheard_of": "1"}
    assert "Nothing was changed." in saved(opened, **sent)
    assert file.read_bytes() == before


# A language model is tried.
def tried(behaviour: str, **options):
    with MisbehavingServer(behaviour) as server:
        values = {"llm_base_url": server.base_url, "llm_api_key": KEY, "llm_timeout": 20.0}
        return try_model(Settings(**{**values, **options}))


def test_a_model_that_answers_tells_how_long_it_took() -> None:
    found = tried("well")
    assert found.text == "The ministry denied the deal [1]."
    assert 0 < found.first_word <= found.seconds < 20


@pytest.mark.parametrize(
    ("behaviour", "error", "said"),
    [
        ("wrong_key", EndpointRefused, "refused the key"),
        ("unknown_model", EndpointRefused, "check llm_model, which is 'm'"),
        ("web_page", EndpointRefused, "usually /v1"),
        ("never", EndpointUnreachable, "raise llm_timeout"),
    ],
)
def test_a_model_that_does_not_is_a_sentence_without_the_key(behaviour, error, said) -> None:
    with pytest.raises(error) as raised:
        tried(behaviour, llm_model="m", llm_timeout=2.0)
    assert said in str(raised.value)
    assert KEY not in str(raised.value)


def test_nothing_at_the_address_is_a_sentence() -> None:
    with pytest.raises(EndpointUnreachable, match="Nothing answers at http"):
        try_model(Settings(llm_base_url="http://127.0.0.1:9/v1"))
