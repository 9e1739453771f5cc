"""Files are added and removed from the page, and what they contain is only ever text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from rag import open_assistant
from tests.integration.web_server import WebServer, answer

pytestmark = pytest.mark.browser

FERRY = "The ferry to Aldermoor will run every hour from May, the company said.\n"


def test_an_empty_library_explains_itself_and_takes_the_examples(empty_site, visit) -> None:
    page = visit(empty_site)
    assert "Start with documents" in page.inner_text(".welcome")
    assert page.inner_text(".library-total") == "No documents yet"
    page.click("[data-examples]")
    page.wait_for_selector("#report [data-dismiss]")
    added = len(empty_site.assistant.documents())
    assert page.inner_text(".adding-total").startswith(f"{added} files added")
    assert page.locator("table.documents tbody tr").count() == added
    assert page.inner_text(".welcome .chip") == "What does North Korea want in return?"


def test_an_empty_library_answers_a_question_with_how_to_begin(empty_site, visit, ask) -> None:
    page = visit(empty_site)
    ask(page, "Who is there?")
    assert "empty" in page.inner_text(".refusal")
    assert page.locator(".exchange [data-choose]").count() == 1


def test_uploads_are_reported_file_by_file_with_reasons(empty_site, visit, tmp_path: Path) -> None:
    files = {
        "ferry.txt": FERRY.encode(),
        "empty.txt": b"",
        "broken.pdf": b"%PDF-1.7 and then nothing of the kind",
    }
    page = visit(empty_site)
    upload(page, [written(tmp_path / name, data) for name, data in files.items()])
    rows = {row.inner_text().splitlines()[0]: row for row in page.locator(".file-row").all()}
    assert set(rows) == set(files)
    assert "added" in rows["ferry.txt"].locator(".outcome").inner_text()
    for name in ("empty.txt", "broken.pdf"):
        assert rows[name].locator(".reason").inner_text().strip()
    (document,) = empty_site.assistant.documents()
    assert Path(document.sources[0]).name == "ferry.txt"
    assert page.inner_text(".library-total").startswith("1 document,")


def test_staged_copies_are_gone_and_the_document_stays(empty_site, visit, tmp_path: Path) -> None:
    page = visit(empty_site)
    upload(page, [written(tmp_path / "ferry.txt", FERRY.encode())])
    staged = empty_site.assistant.library_path / "uploads"
    page.wait_for_timeout(300)
    assert not staged.exists()
    page.click("table.documents button.open")
    page.wait_for_selector(".source-text")
    assert page.inner_text(".source-text").strip() == FERRY.strip()


def test_two_uploads_of_one_name_are_two_documents(empty_site, visit, tmp_path: Path) -> None:
    page = visit(empty_site)
    for folder, text in (("first", FERRY), ("second", FERRY.replace("hour", "day"))):
        (tmp_path / folder).mkdir()
        upload(page, [written(tmp_path / folder / "article.txt", text.encode())])
        page.click("[data-dismiss]")
        page.wait_for_selector("#report [data-dismiss]", state="detached")
    documents = empty_site.assistant.documents()
    assert [Path(document.sources[0]).name for document in documents] == ["article.txt"] * 2
    assert len({document.sources[0] for document in documents}) == 2


def test_adding_is_stopped_and_gone_on_with(empty_site, visit, tmp_path: Path) -> None:
    archive = tmp_path / "reports.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for number in range(600):
            target.writestr(f"{number:03}.txt", f"On day {number} it rained again. " * 60)
    page = visit(empty_site)
    ferry = written(tmp_path / "ferry.txt", FERRY.encode())
    page.set_input_files("#library-column input[type=file]", [str(archive), str(ferry)])
    page.wait_for_function("/[1-9]\\d* passages/.test(document.querySelector('.pace')?.innerText)")
    page.click("[data-stop]")
    page.wait_for_selector("[data-resume]")
    added = len(empty_site.assistant.documents())
    assert 0 < added < 600
    assert page.inner_text(".adding-total") == f"{added} files added, 2 not read"
    assert [row.inner_text().split() for row in page.locator(".file-row.left").all()] == [
        ["reports.zip", "not", "read"],
        ["ferry.txt", "not", "read"],
    ]
    assert "left" in page.locator(".file-row").first.get_attribute("class")
    assert page.locator("[data-stop]").count() == 0
    page.wait_for_selector(f'.library-total[data-documents="{added}"]')

    page.click("[data-resume]")
    page.wait_for_selector('.library-total[data-documents="601"]')
    assert "not read" not in page.inner_text(".adding")
    assert page.locator("[data-resume]").count() == 0
    page.click("[data-dismiss]")
    page.wait_for_selector(".adding", state="detached")


def test_dropped_files_are_added(empty_site, visit) -> None:
    page = visit(empty_site)
    page.evaluate(
        """text => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "dropped.txt", { type: "text/plain" }));
          const event = new DragEvent("drop", {
            dataTransfer: transfer, bubbles: true, cancelable: true,
          });
          document.body.dispatchEvent(event);
        }""",
        FERRY,
    )
    page.wait_for_selector("#report [data-dismiss]")
    (document,) = empty_site.assistant.documents()
    assert Path(document.sources[0]).name == "dropped.txt"


def test_a_pasted_web_address_is_added(tmp_path: Path, tiny_model: Path, serving, visit) -> None:
    ferry = answer(f"<title>Every hour</title><p>{FERRY}</p>".encode())
    options = {"embedding_model": str(tiny_model), "allow_private_addresses": True}
    with (
        WebServer({"/news/ferry": ferry}) as web,
        open_assistant(tmp_path / "library", **options) as assistant,
        serving(assistant) as site,
    ):
        page = visit(site)
        paste(page, f"{web.at('/news/ferry')} {web.at('/gone')}")
        # What needs a look comes first.
        failed, added = (row.inner_text() for row in page.locator(".file-row").all())
        assert [web.at("/news/ferry") in added, "added" in added] == [True, True]
        assert [web.at("/gone") in failed, "HTTP 404" in failed] == [True, True]
        assert page.input_value("#address :is(input, textarea)") == ""
        page.click("table.documents button.open")
        page.wait_for_selector(".source-text")
        assert page.inner_text(".source-text").strip() == FERRY.strip()
        assert page.inner_text(".facts .file") == web.at("/news/ferry")


def test_what_is_pasted_reaches_neither_this_machine_nor_its_files(
    empty_site, visit, tmp_path: Path
) -> None:
    secret = written(tmp_path / "secret.txt", FERRY.encode())
    page = visit(empty_site)
    paste(page, f"{empty_site.address}/ {secret}")
    reasons = [reason.inner_text() for reason in page.locator(".file-row .reason").all()]
    assert "private network" in reasons[0]
    assert "no web address" in reasons[1]
    assert empty_site.assistant.documents() == ()


def test_visitors_from_elsewhere_reach_no_private_network(
    tmp_path: Path, tiny_model: Path, serving, visit
) -> None:
    options = {"embedding_model": str(tiny_model), "allow_private_addresses": True}
    with (
        WebServer({"/": answer(FERRY.encode())}) as web,
        open_assistant(tmp_path / "library", **options) as assistant,
        serving(assistant, host="0.0.0.0") as site,
    ):
        page = visit(site)
        paste(page, web.at("/"))
        assert page.inner_text(".file-row .outcome") == "not added"
        assert "private network" in page.inner_text(".file-row .reason")
        assert web.asked == []


def test_removing_asks_once_and_then_removes(empty_site, visit, tmp_path: Path) -> None:
    kept = written(tmp_path / "kept.txt", b"The tower was painted green in June.\n")
    empty_site.assistant.add(kept, written(tmp_path / "ferry.txt", FERRY.encode()))
    page = visit(empty_site)
    row = page.locator("table.documents tbody tr", has_text="ferry")
    row.locator("button.open").click()
    page.wait_for_selector(".source-text")
    row.locator(".pick-box").check()
    page.click("[data-remove=ask]")
    page.click("[data-remove=no]")
    assert len(empty_site.assistant.documents()) == 2
    page.click("[data-remove=ask]")
    page.click("[data-remove=yes]")
    page.wait_for_selector("#report [data-undo]")
    assert [Path(left.sources[0]).name for left in empty_site.assistant.documents()] == ["kept.txt"]
    assert page.locator("table.documents tbody tr").count() == 1
    assert page.locator("#source .pane-empty").is_visible()


def test_a_document_is_found_by_a_part_of_its_title(articles_site, visit) -> None:
    page = visit(articles_site)
    everything = page.locator("table.documents tbody tr").count()
    page.fill("#find input", "submarine")
    page.wait_for_function(
        "before => document.querySelectorAll('table.documents tbody tr').length < before",
        arg=everything,
    )
    assert page.locator("table.documents tbody tr", has_text="submarine").count() >= 1


def test_a_question_can_be_kept_to_the_documents_found(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    assert not page.locator("#only input").is_visible()
    page.fill("#find input", "ferries saltmarsh")
    page.wait_for_selector("text=1 of 16 documents")
    page.check("#only input")
    ask(page, "What does North Korea want in return?")
    assert "Asked only of 1 document" in page.inner_text(".exchange")
    cards = page.locator(".exchange ol.cards > li")
    assert cards.count() > 0
    assert all("Saltmarsh Herald" in text for text in cards.all_inner_texts())
    page.fill("#find input", "")
    page.wait_for_selector("text=16 documents, ")
    assert not page.locator("#only input").is_visible()
    ask(page, "What does North Korea want in return?")
    assert "Asked only of" not in page.locator(".exchange").last.inner_text()
    assert "satellite" in page.locator(".exchange").last.inner_text()


def test_a_hostile_document_is_shown_as_text_and_does_nothing(
    empty_site, visit, ask, tmp_path: Path
) -> None:
    title = "<img src=x onerror=window.hacked=1> ferry \u202ereversed"
    lines = [
        title,
        "<script>window.hacked = 1; fetch('http://198.51.100.7/')</script>",
        '<a href="javascript:window.hacked=1">Ferry to Aldermoor</a> runs every hour ${hacked=1}.',
        "{{constructor}} <svg onload=window.hacked=1></div></article><style>*{opacity:0}</style>",
    ]
    name = "ferry<img src=x onerror=window.hacked=1>.md.txt"
    page = visit(empty_site)
    upload(page, [written(tmp_path / name, "\n\n".join(lines).encode())])
    ask(page, "How often does the ferry to Aldermoor run? <img src=x onerror=window.hacked=1>")
    page.click("table.documents button.open")
    page.wait_for_selector(".source-text")
    (document,) = empty_site.assistant.documents()
    text = empty_site.assistant.document(document.id).text
    shown = page.locator(".source-text").text_content()
    assert "".join(shown.split()) == "".join(text.split())
    assert lines[1] in shown
    assert "<img src=x onerror" in page.inner_text(".question")
    planted = "#columns :is(script, img, svg, iframe, style, a[href])"
    assert page.locator(planted).count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_removal_can_be_undone_for_a_while(empty_site, visit, tmp_path: Path) -> None:
    empty_site.assistant.add(written(tmp_path / "ferry.txt", FERRY.encode()), tags=["north"])
    before = empty_site.assistant.documents()
    page = visit(empty_site)
    remove_first(page)
    assert empty_site.assistant.documents() == ()
    assert page.inner_text(".library-total") == "No documents yet"
    page.click("[data-undo]")
    page.wait_for_selector("text=1 document put back.")
    assert empty_site.assistant.documents() == before
    page.wait_for_selector("table.documents tbody tr")


def test_undoing_too_late_is_a_sentence(
    empty_site, visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pincite.ui.undo.Undo.take", lambda self, key: ())
    empty_site.assistant.add(written(tmp_path / "ferry.txt", FERRY.encode()))
    page = visit(empty_site)
    remove_first(page)
    page.click("[data-undo]")
    page.wait_for_selector("#report .notice.trouble")
    assert "too late" in page.inner_text("#report")
    assert empty_site.assistant.documents() == ()


def test_the_list_is_sorted_by_its_heads(articles_site, visit) -> None:
    page = visit(articles_site)
    documents = articles_site.assistant.documents()
    titles = sorted((each.title for each in documents), key=str.casefold)
    for state, wanted in (("ascending", titles), ("descending", titles[::-1])):
        page.click("[data-sort=title]")
        page.wait_for_selector(f"th.title[aria-sort={state}]")
        assert page.locator("button.open").all_text_contents() == wanted
    # By keyboard: the head keeps the focus.
    page.wait_for_function("document.activeElement.dataset.sort === 'title'")
    page.keyboard.press("Enter")
    page.wait_for_selector("th.title[aria-sort=ascending]")
    page.click("[data-sort=passages]")
    page.wait_for_selector("th.passages[aria-sort=descending]")
    counts = [int(count) for count in page.locator("td.passages").all_text_contents()]
    assert counts == sorted(counts, reverse=True)
    assert page.locator("th[aria-sort=none]").count() == 4


def test_the_list_is_filtered_and_questions_kept_to_it(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    page.click("#filters summary")
    page.select_option("[data-filter=outlet]", "Meridian Wire")
    page.wait_for_selector("text=2 of 16 documents")
    assert page.inner_text("#filters summary") == "Filter (1)"
    assert set(page.locator("td.outlet").all_inner_texts()) == {"Meridian Wire"}
    page.fill("[data-filter=since]", "2023-11-01")
    page.wait_for_selector("text=1 of 16 documents")
    page.check("#only input")
    ask(page, "What does North Korea want in return?")
    assert "Asked only of 1 document" in page.inner_text(".exchange")
    page.click("[data-clear]")
    page.wait_for_selector("text=16 documents, ")
    assert not page.locator("#only input").is_visible()
    page.select_option("[data-filter=state]", "undated")
    undated = [each for each in articles_site.assistant.documents() if not each.published_at]
    page.wait_for_selector(f"text={len(undated)} of 16 documents")
    assert page.locator("td.day").count() == page.locator("td.day.unknown").count() > 0


def test_tags_are_collections_that_a_conversation_is_kept_to(
    tmp_path: Path, tiny_model: Path, serving, visit, ask
) -> None:
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(tmp_path / "library", **options) as assistant, serving(assistant) as site:
        tower = "The ferry to Aldermoor is painted green, the keeper said.\n"
        assistant.add(
            written(tmp_path / "ferry.txt", FERRY.encode()),
            written(tmp_path / "tower.txt", tower.encode()),
        )
        page = visit(site)
        page.locator("table.documents tr", has_text="tower").locator(".pick-box").check()
        page.fill(".tag-name", "Paint & Co")
        page.press(".tag-name", "Enter")
        page.wait_for_selector("text=1 document now has the tag #Paint & Co.")
        assert "#Paint & Co" in page.inner_text("table.documents")
        page.click("#collections summary")
        page.check("[data-collection='Paint & Co']")
        assert page.inner_text(".reads") == "#Paint & Co"
        ask(page, "What is known of the ferry to Aldermoor?")
        assert "Asked only of 1 document in #Paint & Co" in page.inner_text(".exchange")
        cards = page.locator(".exchange .card").all_inner_texts()
        assert len(cards) == 1
        assert "green" in cards[0]

        page.locator("table.documents tr", has_text="tower").locator(".pick-box").check()
        page.fill(".tag-name", "paint & co")
        page.click("[data-tag=remove]")
        page.wait_for_selector("text=no longer has the tag")
        page.fill("#question textarea", "What is known of the ferry?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#remark .notice")
        assert "collections" in page.inner_text("#remark")
        page.uncheck("[data-collection='Paint & Co']")
        page.wait_for_function("document.querySelector('.reads').innerText === 'all documents'")
        ask(page, "What is known of the ferry to Aldermoor?")
        assert "Asked only" not in page.locator(".exchange").last.inner_text()


MINUTES = "Minutes of the harbour council, 3 May"


def test_pasted_text_is_added_under_its_title(empty_site, visit) -> None:
    page = visit(empty_site)
    page.click("#paste summary")
    longer = [f"{FERRY}\nNobody objected. {end}" for end in ("It rained.", "It snowed.")]
    for text in longer:
        page.fill(".paste-title", MINUTES)
        page.fill(".paste-text", text)
        page.click("[data-paste]")
        page.wait_for_selector("#report [data-dismiss]")
        page.wait_for_function("document.querySelector('.paste-text').value === ''")
        page.click("[data-dismiss]")
        page.wait_for_selector("#report [data-dismiss]", state="detached")
    documents = empty_site.assistant.documents()
    assert [document.title for document in documents] == [MINUTES] * 2
    texts = {empty_site.assistant.document(each.id).text.strip() for each in documents}
    assert texts == {long.strip() for long in longer}
    page.click("[data-paste]")
    page.wait_for_function("document.activeElement.matches('.paste-text')")


def test_a_dropped_folder_is_added_without_its_hidden_files(empty_site, visit) -> None:
    page = visit(empty_site)
    # Folders cannot be made by a script; these have the methods of the browser's.
    page.evaluate(
        """words => {
          const file = (path, text) => ({
            isFile: true, isDirectory: false, name: path.split("/").at(-1), fullPath: path,
            file: give => give(new File([text], path.split("/").at(-1), { type: "text/plain" })),
          });
          const folder = (path, inside) => ({
            isFile: false, isDirectory: true, name: path.split("/").at(-1), fullPath: path,
            createReader: () => {
              const batches = [inside.slice(0, 1), inside.slice(1), []];
              return { readEntries: give => give(batches.shift()) };
            },
          });
          const tree = folder("/reports", [
            file("/reports/ferry.txt", words),
            file("/reports/.DS_Store", words + "hidden"),
            folder("/reports/.git", [file("/reports/.git/config.txt", words + "hidden too")]),
            folder("/reports/may", [file("/reports/may/notes.txt", words + "In May.")]),
            folder("/reports/june", [file("/reports/june/notes.txt", words + "In June.")]),
          ]);
          const transfer = { types: ["Files"], files: [], items: [
            { webkitGetAsEntry: () => tree }] };
          const event = new Event("drop", { bubbles: true, cancelable: true });
          Object.defineProperty(event, "dataTransfer", { value: transfer });
          document.body.dispatchEvent(event);
        }""",
        FERRY,
    )
    page.wait_for_selector("#report [data-dismiss]")
    names = sorted(Path(each.sources[0]).name for each in empty_site.assistant.documents())
    assert names == ["ferry.txt", "june - notes.txt", "may - notes.txt"]


def test_an_empty_folder_is_said(empty_site, visit) -> None:
    page = visit(empty_site)
    page.evaluate(
        """() => {
          const folder = { isFile: false, isDirectory: true, name: "a", fullPath: "/a",
            createReader: () => ({ readEntries: give => give([]) }) };
          const event = new Event("drop", { bubbles: true, cancelable: true });
          Object.defineProperty(event, "dataTransfer", { value: {
            types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => folder }] } });
          document.body.dispatchEvent(event);
        }"""
    )
    page.locator("#report .announced").wait_for(state="visible")
    assert "no file in what was dropped" in page.inner_text("#report")


def test_files_too_large_together_are_not_sent(empty_site, visit) -> None:
    page = visit(empty_site)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate(
        """() => {
          const part = new Blob([new ArrayBuffer(2 ** 26)]);
          const transfer = new DataTransfer();
          for (const name of ["a.txt", "b.txt"]) {
            transfer.items.add(new File(Array(17).fill(part), name, { type: "text/plain" }));
          }
          const event = new DragEvent("drop", {
            dataTransfer: transfer, bubbles: true, cancelable: true,
          });
          document.body.dispatchEvent(event);
        }"""
    )
    page.locator("#report .announced").wait_for(state="visible")
    assert "2.1 GB together, and 2 GB can be added at once" in page.inner_text("#report")
    assert not [url for url in sent if "upload" in url]


def test_a_chosen_folder_is_added_without_its_hidden_files(
    empty_site, visit, tmp_path: Path
) -> None:
    for name in ("ferry.txt", ".hidden.txt", "may/notes.txt", "june/notes.txt", ".git/config.txt"):
        path = tmp_path / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{FERRY} {name}")
    page = visit(empty_site)
    with page.expect_file_chooser() as chooser:
        page.click("#paste [data-choose=folder]")
    chooser.value.set_files(str(tmp_path / "reports"))
    page.wait_for_selector("#report [data-dismiss]")
    names = sorted(Path(each.sources[0]).name for each in empty_site.assistant.documents())
    assert names == ["ferry.txt", "june - notes.txt", "may - notes.txt"]


def test_the_library_is_checked_and_repaired_from_the_page(
    empty_site, visit, tmp_path: Path
) -> None:
    empty_site.assistant.add(written(tmp_path / "ferry.txt", FERRY.encode()))
    page = visit(empty_site)
    page.click("#health summary")
    page.wait_for_selector("#health [role=status]")
    assert "The library takes" in page.inner_text("#health")
    page.click("[data-health=check]")
    page.wait_for_selector("#health .notice.done")
    assert "All is well: 1 document, 1 passage" in page.inner_text("#health")
    with empty_site.assistant.library.catalog.writing() as connection:
        connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
    page.click("[data-health=check]")
    page.wait_for_selector("[data-health=repair]")
    assert "word index differs" in page.inner_text("#health .problems")
    page.click("[data-health=repair]")
    page.wait_for_selector("#health .notice.done")
    assert empty_site.assistant.verify().sound


def remove_first(page) -> None:
    page.locator(".pick-box").first.check()
    page.click("[data-remove=ask]")
    page.click("[data-remove=yes]")
    page.wait_for_selector("#report [data-undo]")


def upload(page, paths: list[Path]) -> None:
    page.set_input_files("#library-column input[type=file]", [str(path) for path in paths])
    page.wait_for_selector("#report [data-dismiss]")


def paste(page, text: str) -> None:
    page.fill("#address :is(input, textarea)", text)
    page.press("#address :is(input, textarea)", "Enter")
    page.wait_for_selector("#report [data-dismiss]")


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
