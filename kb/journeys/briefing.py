"""A brief asked of the search's index: the database need not be opened when nothing has changed."""

from __future__ import annotations

from datetime import datetime

from kb.errors import NotFound
from kb.journeys.brief import Brief, brief, facets
from kb.journeys.find import Finder
from kb.journeys.naming import not_one, wanted
from kb.journeys.obstacles import ahead
from kb.model import Deployment, Entry, System
from kb.model.standing import AHEAD


def meant(finder: Finder, fragment: str, now: datetime) -> Deployment:
    """The deployment of an id or a unique part of one; of an empty one, the next that is planned or running.

    Raises:
        NotFound: there is none.
        Ambiguous: there are several; the message lists them.
    """
    if not fragment.strip():
        return _next(finder, now)
    name = wanted(fragment)
    found = finder.ask(lambda index: index.named(name, "deployment")) if name else []
    exact = [pair for pair in found if pair[0] == name] or found
    if len(exact) != 1:
        raise not_one(fragment, "deployment", found)
    return _deployments(finder, f"id:{exact[0][0]}")[0]


def _next(finder: Finder, now: datetime) -> Deployment:
    coming = [one for status in AHEAD for one in _deployments(finder, f"status:{status.replace(' ', '-')}")]
    if not coming:
        hint = 'kb new deployment "Release 4.11" --service storefront=4.11, or kb brief --service storefront'
        raise NotFound("no deployment is planned or in progress", hint)
    return min(coming, key=lambda one: (not ahead(one, now), _start(one), one.id))


def _start(one: Deployment) -> str:
    moment = one.window_start or one.started
    return moment.utc.isoformat() if moment else "9"


def _deployments(finder: Finder, facet: str) -> list[Deployment]:
    found = finder.ask(lambda index: index.own([facet]))
    return [entry for entry in found if isinstance(entry, Deployment)]


def briefed(finder: Finder, plan: Deployment, now: datetime) -> Brief:
    """What the past says of a deployment, recorded or not."""
    systems = [entry for entry in finder.ask(lambda index: index.own(["kind:system"])) if isinstance(entry, System)]
    named = finder.ask(lambda index: index.own(facets(plan, systems)))
    own: list[Entry] = [*systems, *(entry for entry in named if not isinstance(entry, System))]
    matches = finder.ask(lambda index: index.likes(plan))
    return brief(plan, own, matches, now, finder.settings.soak_hours, finder.settings.freeze)
