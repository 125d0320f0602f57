"""One file = one classifier, with a function `build(folder) -> Classifier`."""

import os

# transformers warns at import that torch is absent, which is how Amends is meant to run.
os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
# Workers fork after their imports, which the tokenizer's own threads would not survive; and one thread a process is the rule here.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
