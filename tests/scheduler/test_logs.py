"""Log lines: readable, parsable, and never with a secret."""

import json
import logging

import pytest

from scheduler.logs import Mask, say, set_up


@pytest.fixture
def lines(capsys):
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("written", ["p@ss/word", "p%40ss%2Fword", "p%40ss/word"])
def test_no_form_of_a_secret_reaches_a_log_line(lines, as_json, written):
    set_up(Mask(["p@ss/word"]), as_json=as_json)

    try:
        raise RuntimeError(f"refused mailtos://me:{written}@smtp.example")
    except RuntimeError:
        say("delivery", f"sending with {written} failed", {"url": written}, level=logging.ERROR, trace=True)
    logging.getLogger("some.library").warning("connecting to %s", written)

    log = lines()
    assert "word" not in log
    assert log.count("***") >= 3


def test_a_json_line_has_the_fields_of_its_event(lines):
    set_up(Mask([]), as_json=True)

    say("poll", "Новости: 3 new of 20", {"source": "Новости", "articles": 3})

    row = json.loads(lines())
    assert (row["event"], row["source"], row["articles"], row["level"]) == ("poll", "Новости", 3, "info")


def test_a_secret_too_short_to_mask_without_blotting_out_words_is_left(lines):
    set_up(Mask(["a", ""]))

    say("start", "watching 3 sources")

    assert lines().endswith("start     watching 3 sources\n")
