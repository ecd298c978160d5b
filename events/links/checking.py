"""What an address answers in the end, and what that means: redirects followed by hand, robots and pauses kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.utils.encoding import iri_to_uri

from events.links import robots
from events.links.robots import Robots
from events.links.web import Answer, NoAnswer, NotPublic, Web
from events.models.choices import LinkStatus
from events.models.source import normalised_url

MOST_REDIRECTS = 8
REDIRECTS, FOR_GOOD = (301, 302, 303, 307, 308), (301, 308)
# Seconds between two requests to one host, unless it asks for more; one that asks for much more is not waited for.
PAUSE, LONGEST_PAUSE = 1.0, 30.0
# A host that failed so often in a run, or says that we ask too often, is left alone until the next.
TIRED = 3


@dataclass(frozen=True)
class Outcome:
    """What became of one address. `why` is for editors; `milliseconds` is the last request's."""

    status: LinkStatus
    http_status: int | None = None
    final_url: str = ""
    milliseconds: int = 0
    why: str = ""


@dataclass
class Host:
    """What a run knows of one host."""

    rules: Robots | None = None
    asked_at: float | None = None
    failures: int = 0
    asks_for_rest: bool = False

    @property
    def is_tired(self) -> bool:
        return self.asks_for_rest or self.failures >= TIRED


@dataclass
class Checker:
    """One run over many addresses. `name` is what robots.txt may call us; `sleep` waits so many seconds."""

    web: Web
    name: str
    pause: float = PAUSE
    sleep: Callable[[float], None] = time.sleep
    hosts: dict[str, Host] = field(default_factory=dict)

    def is_tired_of_us(self, url: str) -> bool:
        """Whether the host of `url` is better left alone for the rest of the run."""
        host = self.hosts.get(_origin(url))
        return host is not None and host.is_tired

    def check(self, url: str) -> Outcome:
        """Asks for the head of `url`; where that is refused or fails, for the page, whose body is not read."""
        outcome = self._follow("HEAD", url)
        if outcome.status in (LinkStatus.OK, LinkStatus.MOVED, LinkStatus.ROBOTS, LinkStatus.REFUSED):
            return outcome
        # Many servers answer HEAD with an error of any kind. Nothing is called dead that was not asked for by GET.
        if self.is_tired_of_us(url) or self._host(url).rules is None:
            return outcome
        return self._follow("GET", url)

    def _follow(self, method: str, url: str) -> Outcome:
        here, seen, moved_to, is_for_good = url, {url}, "", True
        while True:
            asked = time.monotonic()
            host = self._host(here)
            try:
                if not self._rules(here).may(here):
                    return Outcome(LinkStatus.ROBOTS, None, _unless(url, here))
                self._wait(host)
                answer = self.web.ask(method, here)
            except NotPublic as error:
                return Outcome(LinkStatus.REFUSED, None, _unless(url, here), why=str(error))
            except NoAnswer as error:
                host.failures += 1
                return Outcome(LinkStatus.FAILING, None, _unless(url, here), why=str(error))
            took = round((time.monotonic() - asked) * 1000)
            if answer.status == 429 or (answer.status == 503 and answer.retry_after):
                host.asks_for_rest = True
            if answer.status not in REDIRECTS or not answer.location:
                return self._ended(url, here, moved_to, answer, took)
            is_for_good = is_for_good and answer.status in FOR_GOOD
            try:
                here = iri_to_uri(urljoin(here, answer.location).partition("#")[0])
            except ValueError:
                return Outcome(LinkStatus.FAILING, answer.status, _unless(url, here), took, "A redirect to no address.")
            if is_for_good:
                moved_to = here
            if here in seen or len(seen) > MOST_REDIRECTS:
                why = "Redirects in a circle." if here in seen else "Too many redirects."
                return Outcome(LinkStatus.FAILING, answer.status, _unless(url, here), took, why)
            seen.add(here)

    def _ended(self, url: str, here: str, moved_to: str, answer: Answer, took: int) -> Outcome:
        match answer.status:
            case 404:
                status = LinkStatus.MISSING
            case 410:
                status = LinkStatus.GONE
            case n if n < 400:
                # Another spelling of the same address is no move.
                moved = moved_to and normalised_url(moved_to) != normalised_url(url)
                status = LinkStatus.MOVED if moved else LinkStatus.OK
            case n if n < 500:
                status = LinkStatus.DENIED
            case _:
                status = LinkStatus.FAILING
        return Outcome(status, answer.status, _unless(url, here), took)

    def _host(self, url: str) -> Host:
        return self.hosts.setdefault(_origin(url), Host())

    def _rules(self, url: str) -> Robots:
        """What the host of `url` asks of robots. Where it has no such file, nothing; where it fails, it is not asked.

        Raises NotPublic and NoAnswer.
        """
        host = self._host(url)
        if host.rules is None:
            where = f"{_origin(url)}/robots.txt"
            for _hop in range(MOST_REDIRECTS):
                self._wait(self._host(where))
                answer = self.web.ask("GET", where, robots.MOST_BYTES)
                if answer.status not in REDIRECTS or not answer.location:
                    break
                try:
                    where = urljoin(where, answer.location)
                except ValueError as error:
                    raise NoAnswer("robots.txt redirects to no address.") from error
            if answer.status >= 500 or answer.status == 429:
                raise NoAnswer(f"robots.txt: HTTP {answer.status}")
            host.rules = robots.rules(answer.body if answer.status == 200 else b"", self.name)
        return host.rules

    def _wait(self, host: Host) -> None:
        """Waits until the host may be asked again."""
        now = time.monotonic()
        pause = max(self.pause, min(host.rules.pause if host.rules else 0, LONGEST_PAUSE))
        if host.asked_at is not None and (left := host.asked_at + pause - now) > 0:
            self.sleep(left)
        host.asked_at = time.monotonic()


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _unless(url: str, here: str) -> str:
    """Where it ended, if that is elsewhere."""
    return "" if here == url else here[:1000]
