"""The layouts that are known from the start."""

from events.imports.layouts.erm import ERM
from events.imports.layouts.layout import Layout
from events.imports.layouts.models import AI_MODELS
from events.imports.layouts.own import OWN_EVENTS
from events.imports.layouts.sp500 import SP500
from events.imports.layouts.tech_lists import TECH_LIST, TECH_LIST_PLACES
from events.imports.layouts.transformer import WARN_TRANSFORMER
from events.imports.layouts.warn import WARN_CA, WARN_REGISTER

_ALL = (
    TECH_LIST, TECH_LIST_PLACES, WARN_CA, WARN_REGISTER, WARN_TRANSFORMER, ERM, OWN_EVENTS, SP500, AI_MODELS,
)  # fmt: skip
LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in _ALL}
NOT_READ = ("rejected row", "rejected because")  # the columns that a file of rejects has more
