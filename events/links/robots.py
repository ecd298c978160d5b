"""What a host asks of robots, read once for a run (RFC 9309)."""

from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

# What the RFC asks to read at least.
MOST_BYTES = 500 * 1024


@dataclass(frozen=True)
class Robots:
    """The rules of one host for us."""

    parser: RobotFileParser
    agent: str

    def may(self, url: str) -> bool:
        return self.parser.can_fetch(self.agent, url)

    @property
    def pause(self) -> float:
        """The seconds that the host asks for between two requests."""
        delay = self.parser.crawl_delay(self.agent)
        return float(delay or 0)


def rules(text: bytes, agent: str) -> Robots:
    """The rules of a robots.txt; of an empty one, or one that cannot be read, that everything may be asked."""
    parser = RobotFileParser()
    try:
        parser.parse(text.decode("utf-8", "replace").splitlines())
    except ValueError:
        # "Crawl-delay: ²" and the like.
        parser = RobotFileParser()
        parser.parse([])
    return Robots(parser, agent)
