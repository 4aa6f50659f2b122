"""Which files a file field takes (HTML standard, section 4.10.5.1.17, attribute `accept`)."""


def accepts(accept: str | None, *, media_type: str, name: str) -> bool:
    """Whether a file of this media type (as sniffed from its bytes) and name is one of those the field asks for.

    `accept` lists `.ext`, `type/subtype` and `image/*`, `audio/*`, `video/*`; without it every file is taken.
    """
    wanted = [part.strip().lower() for part in (accept or "").split(",") if part.strip()]
    return not wanted or any(_matches(part, media_type.lower(), name.lower()) for part in wanted)


def _matches(part: str, media_type: str, name: str) -> bool:
    if part.startswith("."):
        return name.endswith(part)
    if part.endswith("/*"):
        return part == "*/*" or media_type.startswith(part[:-1])
    return media_type == part
