"""The tagger that serves: chat, e-mail and calls, each by its own part, all with one model."""

from collections.abc import Sequence
from functools import cache
from typing import assert_never

from services.classifier.tagging.call import tag_call
from services.classifier.tagging.chat import tag_chats
from services.classifier.tagging.email import tag_email
from services.classifier.tagging.linear import Model, load_model
from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample, Sample, Tagger
from shared.events.decisions import Tags


class LinearTagger:
    """Tags with the trained model. Pure: the same samples, the same tags."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def tag(self, samples: Sequence[Sample]) -> Sequence[Tags]:
        """Tag samples: chats all at once, one answer for each sample, in order."""
        chats = [sample for sample in samples if isinstance(sample, ChatSample)]
        tagged = iter(tag_chats(self._model, chats) if chats else ())
        return [next(tagged) if isinstance(sample, ChatSample) else self._tag(sample) for sample in samples]

    def _tag(self, sample: EmailSample | CallSample) -> Tags:
        match sample:
            case EmailSample():
                return tag_email(self._model, self._model.dictionary, sample)
            case CallSample():
                return tag_call(self._model, sample)
            case _:
                assert_never(sample)


@cache
def load_tagger() -> Tagger:
    """Return the tagger that serves, loaded once."""
    return LinearTagger(load_model())
