"""A visitor without a script: reads pages, fills their forms in and sends them, as a plain browser does."""

import io
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

BASE = "http://127.0.0.1:8080"

File = tuple[str, bytes]


@dataclass
class Page:
    """A page as it came."""

    url: str
    response: TestResponse

    @property
    def status(self) -> int:
        """Its HTTP status."""
        return self.response.status_code

    @property
    def tree(self) -> Any:
        """Its elements."""
        return html.fromstring(self.response.text)

    @property
    def text(self) -> str:
        """What can be read on it, without scripts and markup."""
        return " ".join(self.tree.text_content().split())

    def all(self, selector: str) -> list[Any]:
        """The elements of an XPath."""
        found: list[Any] = self.tree.xpath(selector)
        return found

    def texts(self, selector: str) -> list[str]:
        """What stands in these elements."""
        return [" ".join(each.text_content().split()) for each in self.all(selector)]

    def form(self, action: str, *names: str) -> Any:
        """The form that is sent to this address (or to one that ends so) and has controls of these names."""
        for form in self.tree.forms:
            target = urlsplit(form.get("action") or self.url).path
            if (target == action or target.endswith(action)) and not {*names} - {
                *form.xpath(".//*[not(self::button)]/@name")
            }:
                return form
        raise AssertionError(f"no form for {action} on {self.url}: {[form.get('action') for form in self.tree.forms]}")


@dataclass
class Visitor:
    """Somebody at a browser."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    page: Page | None = None

    def go(self, address: str) -> Page:
        """Open a page, following where it sends one."""
        response = self.client.get(address, headers={"Accept": "text/html", **self.headers})
        return self._followed(address, response)

    def send(
        self,
        action: str,
        values: dict[str, Any] | None = None,
        *,
        button: str | None = None,
        files: dict[str, list[File]] | None = None,
        without: tuple[str, ...] = (),
    ) -> Page:
        """Fill in the form for this address and press a button (`name=value`; the first one by default)."""
        assert self.page is not None
        form = self.page.form(action, *(values or {}))
        posted = sent_by(form, values or {}, button=button)
        for name in without:
            posted.pop(name, None)
        return self.post(urljoin(self.page.url, form.get("action") or self.page.url), posted, files=files)

    def post(
        self, address: str, posted: dict[str, Any], *, files: dict[str, list[File]] | None = None, **headers: str
    ) -> Page:
        """Send these fields."""
        data: dict[str, Any] = dict(posted)
        for name, chosen in (files or {}).items():
            data[name] = [(io.BytesIO(content), file_name) for file_name, content in chosen]
        response = self.client.post(
            address, data=data, headers={"Accept": "text/html", "Origin": BASE, **self.headers, **headers}
        )
        return self._followed(address, response)

    def _followed(self, address: str, response: TestResponse) -> Page:
        hops = 0
        while response.status_code in (302, 303):
            address = urljoin(address, response.headers["Location"])
            response = self.client.get(address, headers={"Accept": "text/html", **self.headers})
            hops += 1
            assert hops < 5
        self.page = Page(url=address, response=response)
        return self.page


def sent_by(form: Any, values: dict[str, Any], *, button: str | None = None) -> dict[str, list[str]]:
    """What a browser would send: every control that has a name, with these values in place of what it holds."""
    posted: dict[str, list[str]] = {}
    for name, value in form.form_values():
        posted.setdefault(name, []).append(value)
    for control in form.xpath(".//*[@disabled]"):
        posted.pop(control.get("name"), None)
    names = {each.get("name") for each in form.xpath(".//*[@name]")}
    for name, value in values.items():
        assert name in names, f"{name} is no control of the form: {sorted(filter(None, names))}"
        posted[name] = value if isinstance(value, list) else [value]
    buttons = form.xpath(".//button[@name]")
    if button is not None:
        name, _, value = button.partition("=")
        assert any(each.get("name") == name and each.get("value") == value for each in buttons), f"no button {button}"
        posted[name] = [value]
    elif buttons:
        posted[buttons[0].get("name")] = [buttons[0].get("value")]
    return posted
