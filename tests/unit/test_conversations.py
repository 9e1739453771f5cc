"""The file of stored conversations on its own: what is kept, named, erased and refused."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.errors import (
    LibraryClosed,
    LibraryDamaged,
    LibraryUnwritable,
    UnknownConversation,
    UsageError,
)
from rag.conversations import CONVERSATIONS_FILE, Conversations
from rag.models import Answer, Citation, Claim, Question, Rejection, Trace
from rag.removed import LEFT_OUT

FERRY = "The ferry sails at noon on Tuesdays."
HARBOUR = "The harbour closes in the winter months."


def citation(quote: str = FERRY, document: str = "a", start: int = 0) -> Citation:
    return Citation(
        document_id=document * 32,
        title="Timetable",
        outlet=None,
        source=f"/notes/{document}.txt",
        published_at=None,
        page=None,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


def answer_to(text: str, *claims: Claim, **fields: object) -> Answer:
    sources = tuple(dict.fromkeys(place for claim in claims for place in claim.citations))
    question = Question(text=text, standalone=text, parts=(text,))
    return Answer(question=question, claims=claims, sources=sources, **fields)  # type: ignore[arg-type]


def quoting(*places: Citation) -> Claim:
    return Claim(text=places[0].quote, citations=places, verdict="quoted")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / CONVERSATIONS_FILE


@pytest.fixture
def conversations(path: Path):
    opened = Conversations(path)
    yield opened
    opened.close()


ANSWER = answer_to("When does the ferry sail?", quoting(citation()))


class TestKeeping:
    def test_an_answer_comes_back_as_it_was(self, conversations: Conversations) -> None:
        before = datetime.now(UTC)
        stored = conversations.add(ANSWER)
        assert (stored.number, stored.answer, stored.unreadable) == (1, ANSWER, None)
        assert before <= stored.asked_at <= datetime.now(UTC)
        assert stored.asked_at.utcoffset() == timedelta(0)
        assert conversations.answers(stored.conversation_id) == (stored,)

    def test_a_conversation_grows_and_tells_its_times(self, conversations: Conversations) -> None:
        first = conversations.add(ANSWER)
        second = conversations.add(answer_to("And back?"), conversation=first.conversation_id)
        (found,) = conversations.newest_first()
        assert found.title == "When does the ferry sail?"
        assert (found.started_at, found.changed_at) == (first.asked_at, second.asked_at)
        assert (found.count, second.number) == (2, 2)

    def test_the_conversation_with_the_latest_answer_comes_first(
        self, conversations: Conversations
    ) -> None:
        first, second = (conversations.add(ANSWER).conversation_id for _ in range(2))
        assert [entry.id for entry in conversations.newest_first()] == [second, first]
        conversations.add(ANSWER, conversation=first)
        assert [entry.id for entry in conversations.newest_first()] == [first, second]

    def test_another_process_finds_what_was_stored(
        self, conversations: Conversations, path: Path
    ) -> None:
        stored = conversations.add(ANSWER)
        conversations.close()
        again = Conversations(path)
        assert again.answers(stored.conversation_id) == (stored,)
        again.close()

    def test_reading_makes_no_file(self, conversations: Conversations, path: Path) -> None:
        assert conversations.newest_first() == ()
        for use in (
            lambda: conversations.find("a"),
            lambda: conversations.answers("a"),
            lambda: conversations.add(ANSWER, conversation="a"),
            lambda: conversations.rename("a", "b"),
            lambda: conversations.delete("a"),
        ):
            with pytest.raises(UnknownConversation):
                use()
        conversations.erase_quotes(lambda _: True, naming=["a"])
        assert not path.exists()

    def test_threads_add_to_one_conversation_and_to_new_ones(
        self, conversations: Conversations
    ) -> None:
        first = conversations.add(ANSWER).conversation_id
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(conversations.add, ANSWER, conversation=name)
                for _ in range(20)
                for name in (first, None)
            ]
            for job in jobs:
                job.result()
        assert [entry.number for entry in conversations.answers(first)] == list(range(1, 22))
        assert len(conversations.newest_first()) == 21

    @pytest.mark.parametrize(
        ("question", "title"),
        [
            ("Who?", "Who?"),
            ("  Who\n sails \t there? ", "Who sails there?"),
            ("ferry " * 30, "ferry ferry ferry ferry ferry ferry ferry ferry ferry ferry…"),
            ("船" * 200, "船" * 59 + "…"),
            ("lone \ud800 surrogate", r"lone \ud800 surrogate"),
        ],
    )
    def test_the_title_is_the_question_shortened(
        self, conversations: Conversations, question: str, title: str
    ) -> None:
        stored = conversations.add(answer_to(question))
        assert conversations.find(stored.conversation_id).title == title
        assert stored.answer == conversations.answers(stored.conversation_id)[0].answer


class TestNames:
    def test_the_beginning_of_an_id_will_do(self, conversations: Conversations) -> None:
        name = conversations.add(ANSWER).conversation_id
        for reference in (name, name.upper(), f" {name[:6]} "):
            assert conversations.find(reference).id == name

    def test_what_begins_several_ids_is_refused(self, conversations: Conversations) -> None:
        names = [conversations.add(ANSWER).conversation_id for _ in range(17)]
        initials = [name[0] for name in names]
        twice = next(initial for initial in initials if initials.count(initial) > 1)
        with pytest.raises(UnknownConversation, match=r"begins the ids of \d+ .*more of its digit"):
            conversations.find(twice)

    @pytest.mark.parametrize("name", ["", "  ", "none", "%", "_", "\udcff", "a\0b"])
    def test_what_names_nothing_says_so(self, conversations: Conversations, name: str) -> None:
        conversations.add(ANSWER)
        with pytest.raises(UnknownConversation, match="No stored conversation has the id"):
            conversations.answers(name)

    def test_renaming_changes_the_title_alone(self, conversations: Conversations) -> None:
        before = conversations.find(conversations.add(ANSWER).conversation_id)
        renamed = conversations.rename(before.id[:8], " The  ferry\n")
        assert renamed == replace(before, title="The ferry") == conversations.find(before.id)
        with pytest.raises(UsageError, match="The title is empty"):
            conversations.rename(before.id, " \n")


class TestOwners:
    def test_an_owner_sees_and_changes_only_what_is_theirs(
        self, conversations: Conversations
    ) -> None:
        anna, ben = conversations.of("anna"), conversations.of("ben")
        hers = anna.add(ANSWER).conversation_id
        his = ben.add(answer_to("Where?", quoting(citation(HARBOUR, "b")))).conversation_id
        nobodys = conversations.add(ANSWER).conversation_id
        assert [entry.id for entry in anna.newest_first()] == [hers]
        assert anna.find(hers[:8]).owner == "anna"
        assert anna.naming([citation().document_id]) == (hers,)
        for other in (his, nobodys):
            for use in (
                anna.find,
                anna.answers,
                lambda name: anna.add(ANSWER, conversation=name),
                lambda name: anna.rename(name, "Mine"),
                anna.delete,
            ):
                with pytest.raises(UnknownConversation, match="No stored conversation has the id"):
                    use(other)
        assert {entry.id for entry in conversations.newest_first()} == {hers, his, nobodys}

    def test_what_goes_on_keeps_its_owner(self, conversations: Conversations) -> None:
        name = conversations.of("anna").add(ANSWER).conversation_id
        conversations.add(ANSWER, conversation=name)
        assert [entry.number for entry in conversations.of("anna").answers(name)] == [1, 2]

    def test_the_beginning_of_an_id_is_unique_among_ones_own(
        self, conversations: Conversations
    ) -> None:
        mine = conversations.of("anna").add(ANSWER).conversation_id
        others = conversations.of("ben")
        while others.add(ANSWER).conversation_id[0] != mine[0]:
            pass
        assert conversations.of("anna").find(mine[0]).id == mine
        with pytest.raises(UnknownConversation, match="begins the ids"):
            conversations.find(mine[0])

    def test_words_of_a_removed_document_leave_every_owners_answers(
        self, conversations: Conversations
    ) -> None:
        name = conversations.of("anna").add(ANSWER).conversation_id
        conversations.of("ben").erase_quotes(lambda _: True, naming=[citation().document_id])
        assert conversations.answers(name)[0].answer.sources[0].quote == LEFT_OUT

    def test_a_file_from_before_there_were_owners_is_brought_up_to_date(
        self, conversations: Conversations, path: Path
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        conversations.close()
        connection = sqlite3.connect(path)
        connection.execute("ALTER TABLE conversations DROP COLUMN owner")
        connection.execute("PRAGMA user_version = 1")
        connection.close()
        again = Conversations(path)
        assert again.find(name).owner is None
        assert again.of("anna").newest_first() == ()
        mine = again.of("anna").add(ANSWER).conversation_id
        again.close()
        once_more = Conversations(path)
        assert once_more.of("anna").find(mine).owner == "anna"
        assert once_more.answers(name)[0].answer == ANSWER
        once_more.close()


class TestReplacing:
    def test_an_answer_takes_the_place_of_those_from_a_number_on(
        self, conversations: Conversations, path: Path
    ) -> None:
        name = conversations.add(answer_to("First?")).conversation_id
        conversations.add(ANSWER, conversation=name)
        conversations.add(answer_to("Third?"), conversation=name)
        new = answer_to("Where?", quoting(citation(HARBOUR)))
        stored = conversations.add(new, conversation=name, replacing=2)
        assert stored.number == 2
        kept = conversations.answers(name)
        assert [entry.answer.question.text for entry in kept] == ["First?", "Where?"]
        assert conversations.find(name).title == "First?"
        assert FERRY not in on_disk(path)
        assert "Third?" not in on_disk(path)

    @pytest.mark.parametrize(("given", "title"), [(None, "Where?"), ("The ferry", "The ferry")])
    def test_a_first_question_replaced_changes_a_title_nobody_gave(
        self, conversations: Conversations, given: str | None, title: str
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        if given:
            conversations.rename(name, given)
        conversations.add(answer_to("Where?"), conversation=name, replacing=1)
        assert conversations.find(name).title == title
        assert conversations.find(name).count == 1

    def test_what_is_not_there_replaces_nothing(self, conversations: Conversations) -> None:
        name = conversations.add(ANSWER).conversation_id
        assert conversations.add(ANSWER, conversation=name, replacing=9).number == 2


class TestDeleting:
    def test_a_deleted_conversation_is_gone_from_the_file(
        self, conversations: Conversations, path: Path
    ) -> None:
        kept = conversations.add(answer_to("Where?", quoting(citation(HARBOUR)))).conversation_id
        gone = conversations.add(ANSWER).conversation_id
        assert FERRY in on_disk(path)
        conversations.delete(gone[:12])
        assert [entry.id for entry in conversations.newest_first()] == [kept]
        assert FERRY not in on_disk(path)
        assert "When does the ferry sail" not in on_disk(path)
        assert HARBOUR in on_disk(path)
        with pytest.raises(UnknownConversation):
            conversations.answers(gone)


def on_disk(path: Path) -> str:
    """Everything in the file and in the log beside it."""
    files = path.parent.glob(f"{path.name}*")
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


class TestErasing:
    def test_the_words_of_a_removed_document_leave_the_file(
        self, conversations: Conversations, path: Path
    ) -> None:
        lost, kept = citation(FERRY, "a"), citation(HARBOUR, "b")
        answer = answer_to(
            "When?",
            quoting(lost),
            quoting(kept),
            Claim(text="It sails at noon.", citations=(lost,), verdict="supported", speaker="Ann"),
            Claim(text=f"He said: {FERRY}", citations=(), verdict="unsupported"),
            trace=Trace(rejected=(Rejection(text=f"Yes. {FERRY}", reason="no"),)),
        )
        refusal = answer_to("Why?", abstained_because="Unknown.", nearest=(lost, kept))
        name = conversations.add(answer).conversation_id
        conversations.add(refusal, conversation=name)
        for _ in range(200):  # so that rows move between pages
            conversations.add(answer, conversation=name)
        conversations.erase_quotes(
            lambda place: place.document_id == lost.document_id, naming=[lost.document_id]
        )
        assert FERRY not in on_disk(path)
        assert "sails at noon" not in on_disk(path)
        assert HARBOUR in on_disk(path)
        first, second, *_ = (entry.answer for entry in conversations.answers(name))
        assert [claim.text for claim in first.claims] == [LEFT_OUT, HARBOUR, LEFT_OUT, LEFT_OUT]
        assert first.claims[2].speaker is None
        assert first.sources == (replace(lost, quote=LEFT_OUT), kept)
        assert first.markers(first.claims[0]) == "[1]"
        assert second.nearest == first.sources

    def test_an_answer_that_cites_nothing_of_it_stays_byte_for_byte(
        self, conversations: Conversations, path: Path
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        before = raw(path)
        conversations.erase_quotes(lambda _: False, naming=[citation().document_id])
        assert raw(path) == before
        assert conversations.answers(name)[0].answer == ANSWER

    def test_an_answer_that_cannot_be_read_loses_everything(
        self, conversations: Conversations, path: Path
    ) -> None:
        names = [conversations.add(ANSWER).conversation_id for _ in range(3)]
        altered = json.loads(raw(path)[0]) | {"schema": "pincite.answer/9"}
        store_raw(path, names[0], json.dumps(altered))
        store_raw(path, names[1], json.dumps(altered)[:-5])
        conversations.erase_quotes(lambda _: True, naming=[citation().source])
        assert FERRY not in on_disk(path)
        assert "pincite.answer/9" in str(conversations.answers(names[0])[0].unreadable)
        assert conversations.answers(names[1])[0].unreadable
        assert conversations.answers(names[2])[0].answer.sources[0].quote == LEFT_OUT


def raw(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT answer FROM answers ORDER BY rowid").fetchall()
    connection.close()
    return [row[0] for row in rows]


def store_raw(path: Path, name: str, text: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE answers SET answer = ? WHERE conversation_id = ?", [text, name])
    connection.commit()
    connection.close()


class TestTrouble:
    def test_an_answer_of_another_schema_says_so_and_hides_no_other(
        self, conversations: Conversations, path: Path
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        store_raw(path, name, json.dumps(json.loads(raw(path)[0]) | {"schema": "pincite.answer/2"}))
        conversations.add(ANSWER, conversation=name)
        strange, plain = conversations.answers(name)
        assert strange.unreadable is not None
        assert "'pincite.answer/2'" in strange.unreadable
        assert strange.answer.abstained_because == strange.unreadable
        assert strange.answer.question.text == ANSWER.question.text
        assert (plain.answer, plain.unreadable) == (ANSWER, None)

    @pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"question": 3}', "rubbish"])
    def test_an_answer_that_is_none_says_so(
        self, conversations: Conversations, path: Path, text: str
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        store_raw(path, name, text)
        (entry,) = conversations.answers(name)
        assert entry.unreadable
        assert entry.answer.question.text == "(The question cannot be read.)"

    def test_a_file_of_a_newer_version_is_refused_and_kept(
        self, conversations: Conversations, path: Path
    ) -> None:
        conversations.add(ANSWER)
        conversations.close()
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 4")
        connection.close()
        before = raw(path)
        again = Conversations(path)
        for use in (again.newest_first, lambda: again.add(ANSWER)):
            with pytest.raises(LibraryDamaged, match=r"newer Pincite \(version 4, this one reads"):
                use()
        again.close()
        assert raw(path) == before

    @pytest.mark.parametrize("content", [b"rubbish" * 10_000, b"SQLite format 3\0" + b"x" * 5000])
    def test_a_file_that_is_no_database_is_damaged(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        opened = Conversations(path)
        for use in (opened.newest_first, lambda: opened.add(ANSWER)):
            with pytest.raises(LibraryDamaged, match=r"conversations .*is damaged.*move it away"):
                use()
        opened.close()
        assert path.read_bytes() == content

    def test_a_file_that_cannot_be_made_is_unwritable(self, path: Path) -> None:
        path.mkdir()
        opened = Conversations(path)
        with pytest.raises(LibraryUnwritable, match=r"stored conversations .* cannot be written"):
            opened.add(ANSWER)

    def test_an_empty_file_is_a_file_to_begin_with(self, path: Path) -> None:
        path.touch()
        opened = Conversations(path)
        assert opened.newest_first() == ()
        assert opened.add(ANSWER).number == 1
        opened.close()

    def test_closed_conversations_say_so(self, conversations: Conversations) -> None:
        conversations.close()
        conversations.close()
        for use in (conversations.newest_first, lambda: conversations.add(ANSWER)):
            with pytest.raises(LibraryClosed, match="has been closed"):
                use()


class TestFeedback:
    def test_what_was_thought_is_kept_with_the_answer_until_taken_back(
        self, conversations: Conversations
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        conversations.rate(name[:8], 1, "down", note=" the other ferry ")
        (kept,) = conversations.feedback(name)
        assert (kept.rating, kept.note, kept.stored.answer) == ("down", "the other ferry", ANSWER)
        conversations.rate(name, 1, "up")
        (changed,) = conversations.feedback()
        assert (changed.rating, changed.note) == ("up", "")
        conversations.rate(name, 1, None)
        assert conversations.feedback() == ()

    def test_it_outlives_its_answer_but_not_its_conversation(
        self, conversations: Conversations, path: Path
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        conversations.rate(name, 1, "down")
        conversations.add(answer_to("Where?"), conversation=name, replacing=1)
        conversations.rate(name, 1, "up")
        later, earlier = conversations.feedback(name)
        assert (later.stored.answer.question.text, earlier.stored.answer) == ("Where?", ANSWER)
        conversations.delete(name)
        assert conversations.feedback() == ()
        assert FERRY not in on_disk(path)

    def test_what_is_not_there_cannot_be_rated(self, conversations: Conversations) -> None:
        with pytest.raises(UnknownConversation):
            conversations.rate("a", 1, "up")
        name = conversations.add(ANSWER).conversation_id
        with pytest.raises(UsageError, match="has no answer 2: give one from 1 to 1"):
            conversations.rate(name, 2, "up")

    def test_an_owner_rates_and_sees_their_own(self, conversations: Conversations) -> None:
        anna, ben = conversations.of("anna"), conversations.of("ben")
        name = anna.add(ANSWER).conversation_id
        anna.rate(name, 1, "up")
        assert ben.feedback() == ()
        with pytest.raises(UnknownConversation):
            ben.rate(name, 1, "down")
        assert len(anna.feedback()) == len(conversations.feedback()) == 1

    def test_the_words_of_a_removed_document_leave_answers_and_notes(
        self, conversations: Conversations, path: Path
    ) -> None:
        lost = citation(FERRY, "a")
        name = conversations.add(answer_to("When?", quoting(lost))).conversation_id
        conversations.rate(name, 1, "down", note=f"It says: {FERRY}")
        other = conversations.add(answer_to("When?", quoting(lost))).conversation_id
        conversations.rate(other, 1, "up", note="Quite so.")
        conversations.erase_quotes(lambda _: True, naming=[lost.document_id])
        assert FERRY not in on_disk(path)
        assert "sails at noon" not in on_disk(path)
        assert {entry.note for entry in conversations.feedback()} == {LEFT_OUT, "Quite so."}
        assert all(
            entry.stored.answer.sources[0].quote == LEFT_OUT for entry in conversations.feedback()
        )

    @pytest.mark.parametrize("version", [1, 2])
    def test_a_file_from_before_there_was_feedback_takes_it(
        self, conversations: Conversations, path: Path, version: int
    ) -> None:
        name = conversations.add(ANSWER).conversation_id
        conversations.close()
        connection = sqlite3.connect(path)
        connection.execute("DROP TABLE feedback")
        if version == 1:
            connection.execute("ALTER TABLE conversations DROP COLUMN owner")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        again = Conversations(path)
        again.rate(name, 1, "up")
        assert again.feedback()[0].stored.answer == ANSWER
        again.close()
