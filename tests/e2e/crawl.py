"""Finds the pages that a person can reach, by following links as they would."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import APIRequestContext

# How many addresses of one route are worth visiting: every step of the wizard, one of everything else, and one more of
# a page with filters.
EVERY_STEP = {"strategy:step": 8}
MOST_PAGES = 250


@dataclass
class Found:
    """What a crawl met, each address with what it answered."""

    pages: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.hrefs.append(href)


def links_of(html: str, address: str) -> Iterator[str]:
    """Addresses of the same site that the page links to, without their fragment."""
    parser = _Links()
    parser.feed(html)
    for href in parser.hrefs:
        target = urldefrag(urljoin(address, href)).url
        if urlsplit(target)[:2] == urlsplit(address)[:2]:
            yield target


def route_of(address: str) -> tuple[tuple[str, ...], int]:
    """What makes two addresses the same page for us, and how many of them to visit."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return (parts.path,), 1
    if any(value for _, value in parse_qsl(parts.query)):
        return (match.view_name, "filtered"), 1
    return (match.view_name,), EVERY_STEP.get(match.view_name, 1)


def crawl(http: APIRequestContext, start: str) -> Found:
    """Follow links from one page, GET only, until every route has its samples."""
    found, queue, known, visits = Found(), deque([start]), {start}, Counter()
    while queue and len(found.pages) < MOST_PAGES:
        address = queue.popleft()
        route, samples = route_of(address)
        if visits[route] >= samples:
            continue
        visits[route] += 1
        response = http.get(address)
        if response.status != 200:
            found.broken.append(f"{response.status} {address}")
        elif "text/html" not in response.headers.get("content-type", ""):
            found.downloads.append(address)
        else:
            landed = urldefrag(response.url).url
            if landed != address and landed in known:
                continue
            known.add(landed)
            found.pages.append(landed)
            fresh = [link for link in links_of(response.text(), landed) if link not in known]
            known.update(fresh)
            queue.extend(dict.fromkeys(fresh))
    return found
