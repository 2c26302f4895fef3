"""What the responder counts."""

from typing import Final

from prometheus_client import Counter

SENDS: Final = Counter(
    "etiqueta_responder_sends", "Calls to providers, by what they came to", ("provider", "answer")
)
BLOCKS: Final = Counter(
    "etiqueta_responder_blocks",
    "Calls that block or lift, by what they came to",
    ("provider", "action", "answer"),
)
