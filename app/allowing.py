"""Who may use a route: one declaration on every view, and no application with a view that has none.

What a person may do with one particular ticket or task is decided by `engine.rulings`; this is about the route alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from engine.values.actors import Permission, Scope

V = TypeVar("V", bound=Callable[..., Any])

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Public:
    """Anybody, without saying who they are."""


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Any active user. A token needs the scope: by default `read` to read and `write` to change."""

    scope: Scope | None = None


@dataclass(frozen=True)
class Holding:
    """A user who holds any of the permissions. A token needs the scope: by default `read`, or `admin` to change."""

    permissions: frozenset[Permission]
    scope: Scope | None = None

    @classmethod
    def any_of(cls, *permissions: Permission, scope: Scope | None = None) -> "Holding":
        """Any of these permissions."""
        return cls(frozenset(permissions), scope)


Allow = Public | SignedIn | Holding


class UndeclaredError(RuntimeError):
    """A view without a declaration: the application is not made."""


def allowing(allow: Allow) -> Callable[[V], V]:
    """Declare who may use this view."""

    def declare(view: V) -> V:
        view.allow = allow  # type: ignore[attr-defined]
        return view

    return declare


def allow_of(view: object) -> Allow | None:
    """What a view declares."""
    declared: Allow | None = getattr(view, "allow", None)
    return declared


def check_declared(app: Flask) -> None:
    """Return when every view of the application says who may use it.

    Raises: UndeclaredError naming those that do not.
    """
    silent = sorted(name for name, view in app.view_functions.items() if allow_of(view) is None)
    if silent:
        raise UndeclaredError(f"views that do not declare who may use them: {', '.join(silent)}")


def required(allow: Allow) -> frozenset[Permission] | None:
    """The permissions of which one is needed, for the gate."""
    return allow.permissions if isinstance(allow, Holding) else None


def scope_of(allow: Allow, method: str) -> Scope:
    """The scope that a token needs for this method."""
    if not isinstance(allow, Public) and allow.scope is not None:
        return allow.scope
    if method in _SAFE:
        return Scope.READ
    return Scope.ADMIN if isinstance(allow, Holding) else Scope.WRITE
