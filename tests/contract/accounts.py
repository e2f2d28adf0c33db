"""Accounts that may be harmed: what ends sessions or takes rights away is tried on them, never on the role's own."""

import functools
import json
import urllib.request


def call(url: str, token: str, body: dict | None = None) -> dict:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


class Spare:
    """A second account of the role. It signs in again whenever its session has ended."""

    def __init__(self, url: str, username: str, password: str):
        self.url, self.username, self.password = url, username, password
        self.tokens: set[str] = set()
        self.current = ""

    def token(self) -> str:
        if not self.current:
            body = {"username": self.username, "password": self.password}
            self.current = call(f"{self.url}/api/admin/auth/login", "", body)["access_token"]
            self.tokens.add(self.current)
        return self.current

    def signed_out(self):
        self.current = ""


class Decoy:
    """An account that stands in for those the tests themselves need. Only an admin can have one made."""

    def __init__(self, url: str, token: str, spare: Spare):
        self.url, self.token, self.spare = url, token, spare

    @functools.cached_property
    def needed(self) -> set[str]:
        """The ids of the accounts that must not be harmed."""
        return {call(f"{self.url}/api/admin/auth/me", token)["account"]["id"] for token in (self.token, self.spare.token())}

    @functools.cached_property
    def id(self) -> str:
        body = {"username": f"{self.spare.username}-decoy", "role": "viewer", "password": "correct-horse-battery"}
        return call(f"{self.url}/api/admin/accounts", self.token, body)["id"]
