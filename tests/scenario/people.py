"""The story's people. Each is known by what comes over HTTP alone: a session for pages, a bearer token for the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

JSON = dict[str, Any]
TIMEOUT_S = 60


class Person:
    """Somebody who signed in with their password and made themselves a token."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.name, self._url = name, url
        self._browser, self._api = requests.Session(), requests.Session()
        self._browser.headers.update({"Origin": url, "Accept-Language": "en"})
        signed_in = self._send(self._browser, "POST", "session", json={"name": name, "password": password})
        expires = datetime.now(UTC) + timedelta(days=1)
        made = self._send(
            self._browser,
            "POST",
            "tokens",
            json={"name": "story", "scopes": ["read", "write", "admin"], "expires_at": expires.isoformat()},
            headers={"X-CSRF-Token": self._json(signed_in, 201)["csrf_token"]},
        )
        self.token = str(self._json(made, 201)["secret"])
        self._api.headers.update({"Authorization": f"Bearer {self.token}", "Accept-Language": "en"})

    def sees(self, path: str) -> Any:
        """The JSON at this address."""
        return self._json(self._send(self._api, "GET", path), 200)

    def gets(self, path: str) -> requests.Response:
        """The answer at this address, whatever it is."""
        return self._send(self._api, "GET", path)

    def sends(
        self, path: str, body: JSON | None = None, *, status: int = 200, method: str = "POST", **more: Any
    ) -> Any:
        """The JSON of a change that must end with this status."""
        return self._json(self._send(self._api, method, path, json=body, **more), status)

    def makes(self, path: str, body: JSON) -> Any:
        """The JSON of what was made."""
        return self.sends(path, body, status=201)

    def changes(self, thing: str, body: JSON, *, by: str = "", method: str = "POST") -> Any:
        """Change a thing as it was just read: its ETag goes back as If-Match."""
        etag = self.gets(thing).headers["ETag"]
        return self.sends(f"{thing}{by}", body, method=method, headers={"If-Match": etag})

    def imports(self, content: bytes, *, status: int, message: str = "") -> Any:
        """Import a process text."""
        file = {"file": ("fault-handling.bpmn", content, "application/xml")}
        return self._json(self._send(self._api, "POST", "versions", files=file, data={"message": message}), status)

    def uploads(self, name: str, content: bytes) -> str:
        """The id of a file in one's own space."""
        sent = self._send(self._api, "POST", "uploads", files={"file": (name, content)})
        return str(self._json(sent, 201)["id"])

    def tries(self, path: str) -> requests.Response:
        """The answer to a change, whatever it is."""
        return self._send(self._api, "POST", path)

    def claims(self, task: str, *, status: int = 200) -> Any:
        """Claim a task."""
        return self.sends(f"tasks/{task}/claim", status=status)

    def completes(self, task: str, answers: JSON, **more: Any) -> Any:
        """Complete a task that one holds."""
        return self.sends(f"tasks/{task}/complete", {"answers": answers, **more})

    def inbox(self, view: str = "claimable") -> list[tuple[str, str]]:
        """The tasks in a part of one's inbox: id and element."""
        return [(each["id"], each["element"]) for each in self.sees(f"tasks?view={view}")["items"]]

    def page(self, address: str) -> str:
        """The text of a page, as signed in."""
        answer = self._browser.get(f"{self._url}{address}", timeout=TIMEOUT_S)
        assert answer.ok, (self.name, address, answer.status_code)
        assert answer.headers["Content-Type"].startswith("text/html")
        return answer.text

    def close(self) -> None:
        """Let go of the connections."""
        self._browser.close()
        self._api.close()

    def _send(self, by: requests.Session, method: str, path: str, **more: Any) -> requests.Response:
        return by.request(method, f"{self._url}/api/v1/{path}", timeout=TIMEOUT_S, **more)

    def _json(self, answer: requests.Response, status: int) -> Any:
        assert answer.status_code == status, (self.name, answer.url, answer.status_code, answer.text)
        return answer.json() if answer.content else None
