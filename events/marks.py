"""The marks that other sites add to a link to follow its readers: they name no page and no filter."""

PREFIXES = ("utm_", "fb_", "mc_", "pk_", "matomo_", "hsa_", "oly_")
NAMES = frozenset(
    [
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "twclid",
        "ttclid",
        "yclid",
        "igshid",
        "igsh",
        "mkt_tok",
        "ref_src",
        "ref_url",
        "cmpid",
        "_ga",
        "_gl",
        "srsltid",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "vero_id",
        "s_cid",
    ]
)


def is_tracking_mark(name: str) -> bool:
    """Whether a query parameter only follows readers around (utm_source, fbclid, ...)."""
    name = name.lower()
    return name in NAMES or name.startswith(PREFIXES)
