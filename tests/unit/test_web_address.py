"""What a typed address becomes, and what is refused before anything is looked up."""

from __future__ import annotations

import pytest

from index.errors import FetchFailed
from index.web_address import document_name, normal_address, parsed


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        (" HTTPS://News.Example/Ferry?Id=3#top ", "https://news.example/Ferry?Id=3"),
        ("http://news.example:80", "http://news.example/"),
        ("https://news.example:8443/", "https://news.example:8443/"),
        (
            "https://hafenblatt.münchen.example/fähre",
            "https://hafenblatt.xn--mnchen-3ya.example/f%C3%A4hre",
        ),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_one_place_has_one_form(typed: str, source: str) -> None:
    assert normal_address(typed) == source
    assert normal_address(source) == source


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "ftp://news.example/a",
            "file:///etc/passwd",
            "/etc/passwd",
            "news.example",
            "",
            "https://",
        ),
        *(
            "https:///a",
            "http://h:0/",
            "http://h:99999/",
            "http://h:http/",
            "https://[fe80::1%25eth0]/",
        ),
        *("http://ada:secret@news.example/", "http://ada@news.example/", "http://a\nb.example/"),
    ],
)
def test_what_names_no_place_on_the_web_is_refused(typed: str) -> None:
    with pytest.raises(FetchFailed):
        normal_address(typed)


def test_an_endless_address_is_refused() -> None:
    with pytest.raises(FetchFailed, match="8,020 characters"):
        normal_address("https://news.example" + "/" * 8_000)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(FetchFailed, match="before the @") as refused:
        normal_address("https://ada:hunter2@news.example/")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("https://news.example/2026/ferry-strike.html?page=2", "text/html", "ferry-strike.html"),
        ("https://news.example/ferry%20strike/", "text/html", "ferry strike"),
        ("https://www.news.example/", "text/html", "news.example.html"),
        ("https://data.example/export?id=3", "text/csv", "export.csv"),
        ("https://data.example/notes.txt", "text/markdown", "notes.txt"),
        ("https://data.example/a/..%2F..%2Fetc%2Fpasswd", "", "passwd"),
        ("https://data.example/" + "a" * 300 + ".md", "", "a" * 197 + ".md"),
    ],
)
def test_a_document_is_called_by_the_end_of_its_path(url: str, media_type: str, name: str) -> None:
    assert document_name(parsed(url), media_type) == name
